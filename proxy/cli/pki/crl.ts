import type { X509Certificate } from '@peculiar/x509';
import { integer, pem, sequence, tagged, tlv } from './der-writer.ts';
import type { SigningKey } from './keys.ts';
import { loadLibrary } from './library.ts';
import { DAY } from './lifetime.ts';

/**
 * CRLReason of RFC 5280 5.3.1. Not unspecified (0): that must be left out, and the library would
 * write an empty list of extensions in its place, which is not DER. Not removeFromCRL (8): nothing
 * is taken off hold here.
 */
export const REASONS = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

/** A CRLReason of RFC 5280 5.3.1 by its name. */
export type ReasonName = keyof typeof REASONS;

export interface Revocation {
  /** Hexadecimal. */
  readonly serial: string;
  /** Default: `thisUpdate` of the CRL. */
  readonly date?: Date;
  /** Default 1, keyCompromise. */
  readonly reason?: (typeof REASONS)[ReasonName];
}

export interface CrlRequest {
  readonly revoked: readonly Revocation[];
  /** CRL number; must grow from one CRL to the next. */
  readonly number: number;
  /** Makes it a delta CRL (RFC 5280 5.2.4) to the complete one of this number. */
  readonly base?: number;
  /** Default now. */
  readonly thisUpdate?: Date;
  /** Default `thisUpdate` + `days`. */
  readonly nextUpdate?: Date;
  /** Default 365. */
  readonly days?: number;
  /** URLs that it is published at: issuingDistributionPoint (RFC 5280 5.2.5). Default: it is of all certificates. */
  readonly publishedAt?: readonly string[];
}

const CRL_NUMBER = '2.5.29.20';
const DELTA_CRL_INDICATOR = '2.5.29.27';
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
/** uniformResourceIdentifier [6] of GeneralName. */
const URI = 0x86;

/** IssuingDistributionPoint with distributionPoint [0] and in it fullName [0]. */
function published(urls: readonly string[]): Buffer {
  return sequence(tagged(0, tagged(0, ...urls.map((url) => tlv(URI, Buffer.from(url, 'latin1'))))));
}

/** Signs a CRL (RFC 5280 section 5) and gives it as PEM. */
export async function signCrl(request: CrlRequest, issuer: X509Certificate, signer: SigningKey): Promise<string> {
  const library = await loadLibrary();
  const number = (oid: string, critical: boolean, value: number) =>
    new library.Extension(oid, critical, new Uint8Array(integer(value)));
  const thisUpdate = request.thisUpdate ?? new Date();
  const crl = await library.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate,
    nextUpdate: request.nextUpdate ?? new Date(thisUpdate.getTime() + (request.days ?? 365) * DAY),
    entries: request.revoked.map(({ serial, date, reason }) => ({
      serialNumber: serial,
      revocationDate: date ?? thisUpdate,
      reason: reason ?? REASONS.keyCompromise,
    })),
    extensions: [
      await library.AuthorityKeyIdentifierExtension.create(issuer, false),
      number(CRL_NUMBER, false, request.number),
      ...(request.publishedAt === undefined
        ? []
        : [new library.Extension(ISSUING_DISTRIBUTION_POINT, true, new Uint8Array(published(request.publishedAt)))]),
      ...(request.base === undefined ? [] : [number(DELTA_CRL_INDICATOR, true, request.base)]),
    ],
    signingAlgorithm: signer.algorithm,
    signingKey: signer.key,
  });
  return pem('X509 CRL', new Uint8Array(crl.rawData));
}
