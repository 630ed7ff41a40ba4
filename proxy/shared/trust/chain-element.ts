import { readOcspUrls } from '../../../policies/revocation/authority-access.ts';
import { type DistributionPoint, readDistributionPoints } from '../../../policies/revocation/distribution-points.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import type { Certificate } from '../../../policies/x509/certificate.ts';
import type { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import { DerReader } from '../../../policies/x509/der.ts';

/** What is kept of a certificate for as long as a session lives: by it the session is found again when something changes. */
export interface ChainElement {
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** Of the SubjectPublicKeyInfo, lower-case hex. */
  readonly keySha256: string;
  readonly certificate: CertificateFacts;
  /** Where lists about it are published. */
  readonly points: readonly DistributionPoint[];
  /** URLs of OCSP responders that it names. */
  readonly responders: readonly string[];
  /** DER of it, of its name and of its key, for questions about what it issued; null for the leaf. */
  readonly authority: { readonly der: Uint8Array; readonly name: Uint8Array; readonly spki: Uint8Array } | null;
}

const DISTRIBUTION_POINTS = '2.5.29.31';
const AUTHORITY_ACCESS = '1.3.6.1.5.5.7.1.1';
const NONE: readonly never[] = [];

/** Authorities are few and their certificates live long: one element serves all sessions. */
const shared = new WeakMap<ChainCertificate, ChainElement>();

/**
 * The chain of a validated path, leaf first and anchor last.
 * @throws X509Error when a certificate names its distribution points or responders in a way that is not read
 */
export function chainElements(path: readonly ChainCertificate[]): readonly ChainElement[] {
  return path.map((certificate, i) => {
    const known = shared.get(certificate);
    if (known !== undefined && (i === 0 || known.authority !== null)) return known;
    const { sha256, keySha256, certificate: parsed } = certificate;
    const element: ChainElement = {
      certificate: parsed.facts,
      sha256,
      keySha256,
      points: pointsOf(certificate),
      responders: respondersOf(parsed),
      authority: i === 0 ? null : authorityOf(certificate),
    };
    if (i > 0) shared.set(certificate, element);
    return element;
  });
}

/** Where lists about a certificate are published. @throws X509Error when they cannot be read */
export function pointsOf({ certificate }: ChainCertificate): readonly DistributionPoint[] {
  return extensionOf(certificate, DISTRIBUTION_POINTS, readDistributionPoints) ?? NONE;
}

function authorityOf(certificate: ChainCertificate): NonNullable<ChainElement['authority']> {
  const { der, subject, publicKey } = certificate.certificate;
  return { der, name: certificate.bytes(subject), spki: certificate.bytes(publicKey) };
}

/** URLs of the OCSP responders that a certificate names. @throws X509Error when they cannot be read */
export function respondersOf(certificate: Certificate): readonly string[] {
  return extensionOf(certificate, AUTHORITY_ACCESS, readOcspUrls) ?? NONE;
}

function extensionOf<T>({ der, extensions }: Certificate, oid: string, read: (inside: DerReader) => T): T | undefined {
  const found = extensions.find((extension) => extension.oid === oid);
  return found && read(new DerReader(der, found.value.content, found.value.end));
}

/** When the first certificate of a chain expires, in milliseconds since the epoch. */
export function chainEnd(chain: readonly ChainElement[]): number {
  return chain.reduce((end, { certificate }) => Math.min(end, certificate.notAfter), Number.POSITIVE_INFINITY);
}
