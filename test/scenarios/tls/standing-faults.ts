/** Chains that hold and are refused for what is said of them: pins, lists, deny entries, identities; and none at all. */
import { testPki } from '../../support/pki.ts';
import { DENIED, REVOKED } from './refusing-gate.ts';
import { anchor, device, type RefusedChain, type ShownChain, shown, subjectOf } from './shown-chain.ts';

const pki = await testPki();

const withAuthority = ({ cert, key }: ShownChain, authority: string): ShownChain => ({ cert: cert + authority, key });

export const STANDING_FAULTS: readonly RefusedChain[] = [
  {
    what: 'a chain without the pinned key',
    listener: 'pinned',
    chain: () => shown(device(anchor)),
    cause: 'pin-mismatch',
    reason: /^no certificate of the chain has a key that the trust store pinned pins$/,
  },
  {
    what: 'a certificate on the list of its issuer',
    listener: 'listed',
    chain: async () => withAuthority(await pki.device(REVOKED), pki.ca),
    cause: 'revoked',
    reason: /list.*listed\.crl.*since \S+ \(keyCompromise\)$/,
  },
  {
    what: 'a certificate on the deny list',
    chain: () => shown(device(anchor, { subject: subjectOf('Acme', DENIED) })),
    cause: 'revoked',
    reason: /^denied by its subject \(entry 1 of .*deny\.yaml\): stolen in Riga$/,
  },
  {
    what: 'a certificate of whose issuer there is no list',
    listener: 'unlisted',
    chain: async () => withAuthority(await pki.device('pump-1'), pki.ca),
    cause: 'revocation-unknown',
    reason: /no revocation list .*covers the certificate$/,
  },
  {
    what: 'a certificate whose list ran out',
    listener: 'stale',
    chain: async () => withAuthority(await pki.foreigner('pump-1'), pki.foreign.cert),
    cause: 'revocation-unknown',
    reason: /list.*(out of date|stale|ran out|due)/,
  },
  {
    what: 'a certificate that is nobody',
    chain: () => shown(device(anchor, { subject: subjectOf('Other', 'nobody') }), anchor),
    cause: 'no-identity',
    reason: /identit/,
  },
  {
    what: 'no certificate',
    chain: () => undefined,
    cause: 'no-certificate',
    reason: /^the client sent no certificate$/,
  },
];
