import { type DistributionPoint, readDistributionPoints } from '../../policies/revocation/distribution-points.ts';
import type { CertificateFacts } from '../../policies/types.ts';
import type { ChainCertificate } from '../../policies/x509/chain/chain-certificate.ts';
import { DerReader } from '../../policies/x509/der.ts';

/** What is kept of a certificate for as long as a session lives: by it the session is found again when something changes. */
export interface Link {
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** Of the SubjectPublicKeyInfo, lower-case hex. */
  readonly keySha256: string;
  readonly certificate: CertificateFacts;
  /** Where lists about it are published. */
  readonly points: readonly DistributionPoint[];
}

const DISTRIBUTION_POINTS = '2.5.29.31';
const NO_POINTS: readonly DistributionPoint[] = [];

/** Authorities are few and their certificates live long: one link serves all sessions. */
const shared = new WeakMap<ChainCertificate, Link>();

/**
 * The links of a validated path, leaf first and anchor last.
 * @throws X509Error when a certificate names its distribution points in a way that is not read
 */
export function linksOf(path: readonly ChainCertificate[]): readonly Link[] {
  return path.map((certificate) => {
    const known = shared.get(certificate);
    if (known !== undefined) return known;
    const { sha256, keySha256 } = certificate;
    const link = { certificate: certificate.certificate.facts, sha256, keySha256, points: pointsOf(certificate) };
    shared.set(certificate, link);
    return link;
  });
}

/** @throws X509Error when the extension is not strict DER */
function pointsOf({ certificate: { der, extensions } }: ChainCertificate): readonly DistributionPoint[] {
  const found = extensions.find(({ oid }) => oid === DISTRIBUTION_POINTS);
  return found === undefined
    ? NO_POINTS
    : readDistributionPoints(new DerReader(der, found.value.content, found.value.end));
}
