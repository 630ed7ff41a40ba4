import { TLS_PROFILES, type TlsProfileName } from '../../shared/tls/profiles.ts';

/** Code points of the IANA registry "TLS Supported Groups". */
const GROUP_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['MLKEM1024', 514],
  ['SecP256r1MLKEM768', 4587],
  ['X25519MLKEM768', 4588],
  ['SecP384r1MLKEM1024', 4589],
]);

const TLS13 = 0x0304;

/**
 * Whether the key agreement with this client is a post-quantum one, as its ClientHello decides: a
 * server does not get the group from Node, but under `profileOptions` one that both have always wins.
 */
export function isPostQuantum(
  name: TlsProfileName,
  hello: { readonly versions: readonly number[]; readonly groups: readonly number[] },
): boolean {
  if (!hello.versions.includes(TLS13)) return false;
  return TLS_PROFILES[name].groups.postQuantum.some((group) => {
    const number = GROUP_NUMBERS.get(group);
    return number !== undefined && hello.groups.includes(number);
  });
}
