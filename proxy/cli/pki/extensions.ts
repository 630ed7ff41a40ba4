import type { webcrypto } from 'node:crypto';
import type { Extension, JsonGeneralName, X509Certificate } from '@peculiar/x509';
import type { Library } from './library.ts';

/** Extended key usage of a certificate: id-kp-clientAuth, id-kp-serverAuth, both, id-kp-OCSPSigning, or no extension. */
export type LeafUsage = 'client' | 'server' | 'both' | 'ocsp' | 'none';

/** Subject alternative names, usage and where to ask about revocation, of a leaf. */
export interface LeafNames {
  readonly uri?: string | readonly string[];
  readonly dns?: string | readonly string[];
  readonly ip?: string | readonly string[];
  readonly email?: string | readonly string[];
  readonly eku?: LeafUsage;
  /** URLs of its CRL: cRLDistributionPoints (RFC 5280 4.2.1.13), one point each. */
  readonly crlUrl?: readonly string[];
  /** URLs of OCSP responders: authorityInfoAccess (RFC 5280 4.2.2.1). */
  readonly ocspUrl?: readonly string[];
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const EKU: Record<LeafUsage, readonly string[]> = {
  client: [CLIENT_AUTH],
  server: [SERVER_AUTH],
  both: [CLIENT_AUTH, SERVER_AUTH],
  ocsp: [OCSP_SIGNING],
  none: [],
};

/** CA:TRUE and the right to sign certificates and CRLs (RFC 5280 4.2.1.9, 4.2.1.3). */
export async function extensionsOfAuthority(
  library: Library,
  publicKey: webcrypto.CryptoKey,
  pathLength: number | undefined,
  issuer?: X509Certificate,
): Promise<Extension[]> {
  const { keyCertSign, cRLSign, digitalSignature } = library.KeyUsageFlags;
  return [
    new library.BasicConstraintsExtension(true, pathLength, true),
    // digitalSignature: it may sign OCSP answers itself.
    new library.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
    await library.SubjectKeyIdentifierExtension.create(publicKey),
    await library.AuthorityKeyIdentifierExtension.create(issuer ?? publicKey),
  ];
}

/** CA:FALSE, digital signatures, the names and usage asked for. */
export async function extensionsOfLeaf(
  library: Library,
  names: LeafNames,
  publicKey: webcrypto.CryptoKey,
  issuer: X509Certificate,
): Promise<Extension[]> {
  const extensions: Extension[] = [
    new library.BasicConstraintsExtension(false, undefined, true),
    new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
    await library.SubjectKeyIdentifierExtension.create(publicKey),
    await library.AuthorityKeyIdentifierExtension.create(issuer),
  ];
  const usage = EKU[names.eku ?? 'client'];
  if (usage.length > 0) extensions.push(new library.ExtendedKeyUsageExtension([...usage]));
  const alternative: JsonGeneralName[] = [
    ...list(names.uri).map((value) => ({ type: 'url' as const, value })),
    ...list(names.dns).map((value) => ({ type: 'dns' as const, value })),
    ...list(names.ip).map((value) => ({ type: 'ip' as const, value })),
    ...list(names.email).map((value) => ({ type: 'email' as const, value })),
  ];
  if (alternative.length > 0) extensions.push(new library.SubjectAlternativeNameExtension(alternative));
  const { crlUrl = [], ocspUrl = [] } = names;
  if (crlUrl.length > 0) extensions.push(new library.CRLDistributionPointsExtension([...crlUrl]));
  if (ocspUrl.length > 0) extensions.push(new library.AuthorityInfoAccessExtension({ ocsp: [...ocspUrl] }));
  return extensions;
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
