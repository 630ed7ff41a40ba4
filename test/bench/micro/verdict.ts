/** What judging a client's chain takes: chains, a trust store, revocation lists, and the judge with and without a memory. */
import { hash, X509Certificate } from 'node:crypto';
import { buildRevocationIndex } from '../../../policies/revocation/build-index.ts';
import { readCrl } from '../../../policies/revocation/crl.ts';
import { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { type Authority, createAuthority } from '../../../proxy/cli/pki/authority.ts';
import { Revocation } from '../../../proxy/data-plane/revocation/revocation.ts';
import { checkRevocation } from '../../../proxy/data-plane/revocation/revocation-check.ts';
import type { ChainVerdict } from '../../../proxy/shared/trust/chain-verdict.ts';
import { ListenerTrust } from '../../../proxy/shared/trust/listener-trust.ts';
import { verifyClientChain } from '../../../proxy/shared/trust/verify-client-chain.ts';
import { largeCrl } from '../../policies/revocation/support/crl-writer.ts';

const STORE = 'bench-ca';
/** Milliseconds of a day. */
const DAY = 86_400_000;

/** A client with what it shows. */
export interface BenchChain {
  readonly title: string;
  /** PEM, the client's own certificate first; without the root. */
  readonly cert: string;
  readonly key: string;
  /** The same as DER. */
  readonly presented: readonly Buffer[];
}

export interface VerdictBench {
  /** PEM of the root. */
  readonly ca: string;
  readonly chains: readonly BenchChain[];
  /** Server certificate for localhost, and its key. */
  readonly server: { readonly cert: string; readonly key: string };
  readonly trust: ListenerTrust;
  /** The same beside a second store: of chains only signatures are remembered. */
  readonly twoStores: ListenerTrust;
}

/** One authority, a client under it, and one under an intermediate of it. */
export async function verdictBench(revocation: 'off' | 'require' = 'off'): Promise<VerdictBench> {
  const root = await createAuthority({ commonName: 'bench-ca', days: 2 });
  const between = await root.intermediate({ commonName: 'bench-issuing-ca', days: 2 });
  const server = await root.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server', days: 2 });
  const terms = { mode: revocation, ocspHosts: [], maxStaleness: 0, onStale: 'deny' } as const;
  const second = await createAuthority({ commonName: 'second-ca', days: 2 });
  const store = ({ cert }: Authority) =>
    ({ certificates: cert, anchors: 'roots', pins: [], revocation: terms }) as const;
  const client = { clientAuth: 'required', eku: 'strict', clockSkew: 0, profile: 'mozilla-modern' } as const;
  return {
    ca: root.cert,
    chains: [await chain('leaf', root, []), await chain('leaf and intermediate', between, [between.cert])],
    server,
    trust: new ListenerTrust({ [STORE]: store(root) }, client),
    twoStores: new ListenerTrust({ [STORE]: store(root), second: store(second) }, client),
  };
}

async function chain(title: string, issuer: Authority, issuers: readonly string[]): Promise<BenchChain> {
  const { cert, key } = await issuer.issue({ subject: 'O=Bench,CN=load-generator', eku: 'client', days: 2 });
  const presented = [cert, ...issuers].map((pem) => new X509Certificate(pem).raw);
  return { title, cert: [cert, ...issuers].join(''), key, presented };
}

/** Lists of both authorities of a bench, the one of the root with so many entries. */
export function listsOf({ trust, chains }: VerdictBench, entries: number): Revocation {
  const list = { complete: readCrl(largeCrl(entries)), delta: undefined };
  const short = { complete: readCrl(largeCrl(1)), delta: undefined };
  const [root] = trust.anchors.of(STORE);
  const between = chains.at(-1)?.presented[1] as Buffer;
  const spki = new X509Certificate(between).publicKey.export({ format: 'der', type: 'spki' });
  const freshUntil = Date.now() + DAY;
  const index = buildRevocationIndex([
    { name: 'root', issuerKeyHash: Buffer.from(root?.keySha256 ?? '', 'hex'), list, freshUntil },
    { name: 'between', issuerKeyHash: hash('sha256', spki, 'buffer'), list: short, freshUntil },
  ]);
  return new Revocation('bench', { index, deny: [] });
}

const NOTHING_REVOKED = new Revocation('none', { index: buildRevocationIndex([]), deny: [] });

/** Judges as a worker does; `signatures`: what it remembers, by default nothing. */
export function verdictOf(
  presented: readonly Buffer[],
  trust: ListenerTrust,
  signatures = new SignatureCache(),
  revocation = NOTHING_REVOKED,
): ChainVerdict {
  const verdict = verifyClientChain(presented, trust, Date.now(), signatures);
  const objection = objectionOf(verdict, trust, revocation);
  if (objection !== undefined) throw new Error(`${objection.cause}: ${objection.message}`);
  return verdict;
}

/** What lists and deny lists say of a client. */
export function objectionOf({ chain, store }: ChainVerdict, trust: ListenerTrust, revocation: Revocation) {
  const standing = { chain, store: trust.stores.get(store), principal: undefined, ocsp: undefined };
  return checkRevocation(standing, revocation, Date.now());
}
