import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { TLS_PROFILES, type TlsProfileName } from './profiles.ts';

/**
 * What becomes of clients without a post-quantum key agreement. `prefer` serves them, and how many there
 * are of each identity is in the metrics; `report` keeps who they are, too.
 */
export const POST_QUANTUM_MODES = ['prefer', 'require', 'report'] as const;

/**
 * What a listener does with clients that agree on keys without a post-quantum group: take them (`prefer`), take and
 * report them, refuse them.
 */
export type PostQuantumMode = (typeof POST_QUANTUM_MODES)[number];

/** The same for every profile: a resumed session would skip the verdict on the certificate (RFC 5077, RFC 8446 4.6.1). */
const SECURE_OPTIONS = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;

/**
 * A profile as parameters of a TLS server; nothing is appended from OpenSSL's defaults. With
 * `require` post-quantum groups are the only ones, and so TLS 1.3 the only version.
 */
export function profileOptions(name: TlsProfileName, mode: PostQuantumMode = 'prefer'): TlsOptions {
  const { versions, suites, groups, signatures, order } = TLS_PROFILES[name];
  const allowed = mode === 'require' ? (['TLSv1.3'] as const) : versions;
  // "/" ends a rank: a post-quantum group wins even when the client sent a share only for a classic
  // one, at the price of one more round trip (OpenSSL 3.5, SSL_CTX_set1_groups_list).
  const ranks = [groups.postQuantum, mode === 'require' ? [] : groups.classic];
  return {
    minVersion: allowed[0] as 'TLSv1.2' | 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: allowed
      .toReversed()
      .flatMap((version) => suites[version])
      .join(':'),
    ecdhCurve: ranks
      .filter((rank) => rank.length > 0)
      .map((rank) => rank.join(':'))
      .join('/'),
    sigalgs: signatures.join(':'),
    honorCipherOrder: order === 'server',
    secureOptions: SECURE_OPTIONS,
  };
}
