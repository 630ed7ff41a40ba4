import { revocationFacts } from '../../../policies/revocation/facts.ts';
import type { RevocationIndex } from '../../../policies/revocation/index.ts';
import { type Delegate, delegatePoints } from '../../../policies/revocation/ocsp-delegate.ts';
import { type RevocationPolicy, revocationVerdict } from '../../../policies/revocation/verdict.ts';
import { type Listed, lookUp } from './revocation-lookup.ts';

/** A delegate that signed an answer and may itself be revoked. */
export type OcspSigner = Omit<Listed, 'isCa'>;

/** Who asks: a trust store, by its own lists. */
export interface SignerStore extends RevocationPolicy {
  readonly store: string;
}

/**
 * What is to be looked up about a delegate; undefined: nothing, its issuer asks that it be trusted while it is valid
 * (id-pkix-ocsp-nocheck).
 * @throws X509Error when its distribution points cannot be read
 */
export function signerOf({ certificate, noCheck }: Delegate): OcspSigner | undefined {
  return noCheck ? undefined : { serial: certificate.facts.serial, points: delegatePoints(certificate) };
}

/**
 * Why an answer that a delegate signed does not count (RFC 6960 4.2.2.2.1), in words. The lists of the store decide as
 * they do about clients: with `require` a delegate that no fresh list covers is not believed.
 * @param issuerKeySha256 of the authority that issued the delegate and the certificate in question, hex
 * @param now milliseconds since the epoch
 */
export function objectionToSigner(
  index: RevocationIndex,
  signer: OcspSigner,
  issuerKeySha256: string,
  { store, ...policy }: SignerStore,
  now: number,
): string | undefined {
  const found = lookUp(index, { ...signer, isCa: false }, issuerKeySha256, store, now);
  const facts = revocationFacts({ ...found, denied: undefined, ocsp: undefined }, now);
  const verdict = revocationVerdict(policy, facts);
  if (verdict.ok) return undefined;
  if (verdict.cause === 'revoked') return `the certificate of the OCSP responder is revoked: ${facts.details?.crl}`;
  const why =
    facts.crl === 'stale'
      ? `the revocation list of its issuer has expired: ${facts.details?.crl}`
      : `no revocation list of the trust store ${store} covers it`;
  return `the certificate of the OCSP responder may be revoked (it has no id-pkix-ocsp-nocheck), and ${why}`;
}
