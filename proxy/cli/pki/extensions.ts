import type { webcrypto } from 'node:crypto';
import type { Extension, JsonGeneralName, X509Certificate } from '@peculiar/x509';
import type { Library } from './library.ts';

export type LeafUsage = 'client' | 'server' | 'both' | 'none';

/** Subject alternative names and usage of a leaf. */
export interface LeafNames {
  readonly uri?: string | readonly string[];
  readonly dns?: string | readonly string[];
  readonly ip?: string | readonly string[];
  readonly email?: string | readonly string[];
  readonly eku?: LeafUsage;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const EKU: Record<LeafUsage, readonly string[]> = {
  client: [CLIENT_AUTH],
  server: [SERVER_AUTH],
  both: [CLIENT_AUTH, SERVER_AUTH],
  none: [],
};

/** CA:TRUE and the right to sign certificates and CRLs (RFC 5280 4.2.1.9, 4.2.1.3). */
export async function extensionsOfAuthority(
  library: Library,
  publicKey: webcrypto.CryptoKey,
  issuer?: X509Certificate,
): Promise<Extension[]> {
  const usages = library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign;
  return [
    new library.BasicConstraintsExtension(true, undefined, true),
    new library.KeyUsagesExtension(usages, true),
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
  return extensions;
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
