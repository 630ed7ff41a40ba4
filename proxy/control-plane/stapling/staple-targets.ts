import { hash, X509Certificate } from 'node:crypto';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import { respondersOf } from '../../shared/trust/chain-element.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';
import type { StapleTarget } from './staple-source.ts';

/** A server certificate of a listener that is to have a staple. */
export interface StapledCertificate {
  readonly listener: string;
  /** RFC 4514 where it can be read, else as Node writes it. */
  readonly subject: string;
  /** Upper-case hex. */
  readonly serial: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** The responders and what they are asked; a text: why nobody can be asked. */
  readonly target: StapleTarget | string;
}

/**
 * The server certificates of listeners that staple, each with its responders. Its issuer is searched for in its own
 * file and among the certificates of all trust stores.
 */
export function stapledCertificates(plans: readonly ListenerPlan[]): StapledCertificate[] {
  const stores = new Set(plans.flatMap((plan) => Object.values(plan.stores).map(({ certificates }) => certificates)));
  let authorities: readonly X509Certificate[] | undefined;
  return plans.flatMap(({ name: listener, tls }) => {
    const { stapling } = tls;
    if (stapling === undefined) return [];
    authorities ??= [...stores].flatMap(read);
    const others = authorities;
    return [tls, ...tls.certificates].flatMap(({ certificate }) => {
      const [leaf, ...chain] = read(certificate);
      if (leaf === undefined) return [];
      const { subject = '', serialNumber: serial } = leaf;
      const sha256 = hash('sha256', leaf.raw, 'hex');
      const target = stapleTarget(leaf, [...chain, ...others], stapling);
      return [{ listener, subject: subject.split('\n').reverse().join(','), serial, sha256, target }];
    });
  });
}

function read(pem: string): X509Certificate[] {
  return certificatesOf(pem).map((der) => new X509Certificate(der));
}

/** The responders of a certificate whose issuer is one of `candidates`; a text: why nobody can be asked. */
export function stapleTarget(
  leaf: X509Certificate,
  candidates: readonly X509Certificate[],
  stapling: string,
): StapleTarget | string {
  const issuer = candidates.find((one) => issued(one, leaf));
  if (issuer === undefined) return 'its issuer is neither in its file nor in a trust store';
  try {
    const certificate = parseCertificate(leaf.raw);
    const { der, subject, publicKey } = parseCertificate(issuer.raw);
    const urls = stapling === 'aia' ? respondersOf(certificate).filter(isWeb) : [stapling];
    if (urls.length === 0) return 'it names no OCSP responder';
    return {
      sha256: hash('sha256', leaf.raw, 'hex'),
      urls,
      issuerName: der.subarray(subject.start, subject.end),
      issuerSpki: der.subarray(publicKey.start, publicKey.end),
      serial: Buffer.from(certificate.facts.serial, 'hex'),
    };
  } catch (error) {
    return `it or its issuer cannot be read: ${(error as Error).message}`;
  }
}

function issued(issuer: X509Certificate, leaf: X509Certificate): boolean {
  try {
    return leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  } catch {
    // A key that node:crypto does not know signs nothing that could be stapled.
    return false;
  }
}

function isWeb(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
