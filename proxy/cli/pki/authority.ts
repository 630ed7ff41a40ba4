/**
 * A certificate authority for development, the demo and the tests: random 128-bit serial numbers,
 * extensions after RFC 5280. Not for production: its key lies in a file.
 */
import { randomBytes, type webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Extension, X509Certificate } from '@peculiar/x509';
import { type CrlRequest, signCrl } from './crl.ts';
import { pem } from './der-writer.ts';
import { extensionsOfAuthority, extensionsOfLeaf, type LeafNames, type LeafUsage } from './extensions.ts';
import { generateKey, importKey, type KeyKind, keyPem, type SigningKey, signingKey } from './keys.ts';
import { loadLibrary } from './library.ts';
import { type Lifetime, validity } from './lifetime.ts';
import { libraryName, type NameParts, parseSubject } from './subject.ts';

export interface AuthorityOptions extends Lifetime {
  readonly commonName: string;
  /** Default `P-256`. */
  readonly keyKind?: KeyKind;
  /** Authorities that may stand between this one and a leaf (pathLenConstraint); default: any number. */
  readonly pathLength?: number;
}

/** What a certificate is issued for. */
export interface IssueRequest extends LeafNames, Lifetime {
  /** Text such as `O=Acme,CN=pump-1` (see `parseSubject`) or the name as data; may be empty (`[]`) beside a SAN. */
  readonly subject: string | NameParts;
  /** Default `client`. */
  readonly eku?: LeafUsage;
  /** Default `P-256`. The weak ones exist for tests of refusals. */
  readonly keyKind?: KeyKind;
  /** Hexadecimal; default: 128 random bits. */
  readonly serial?: string;
  /** Further extensions, e.g. an unknown critical one in a test. */
  readonly extensions?: readonly { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array }[];
}

export interface Issued {
  /** PEM. */
  readonly cert: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  /** Upper-case hex, as policies/x509 and Node print it. */
  readonly serial: string;
}

export class Authority {
  /** PEM. */
  readonly cert: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly #certificate: X509Certificate;
  readonly #signer: SigningKey;

  /** Use `createAuthority` or `openAuthority`. */
  constructor(certificate: X509Certificate, signer: SigningKey, key: string) {
    this.cert = pem('CERTIFICATE', new Uint8Array(certificate.rawData));
    this.key = key;
    this.#certificate = certificate;
    this.#signer = signer;
  }

  /** Makes a key and a certificate for it. */
  async issue(request: IssueRequest): Promise<Issued> {
    const library = await loadLibrary();
    const keys = await generateKey(request.keyKind ?? 'P-256');
    const extensions = await extensionsOfLeaf(library, request, keys.publicKey, this.#certificate);
    for (const { oid, critical, value } of request.extensions ?? []) {
      extensions.push(new library.Extension(oid, critical, new Uint8Array(value).buffer));
    }
    const { cert, serial } = await this.#certify(request, keys.publicKey, extensions, 90);
    return { cert: pem('CERTIFICATE', new Uint8Array(cert.rawData)), key: await keyPem(keys.privateKey), serial };
  }

  /** Makes a subordinate authority; its chain file is its own `cert` followed by this one's. */
  async intermediate(options: AuthorityOptions): Promise<Authority> {
    const library = await loadLibrary();
    const kind = options.keyKind ?? 'P-256';
    const keys = await generateKey(kind);
    const extensions = await extensionsOfAuthority(library, keys.publicKey, options.pathLength, this.#certificate);
    const request = { ...options, subject: [{ CN: options.commonName }] };
    const { cert } = await this.#certify(request, keys.publicKey, extensions, 1825);
    return new Authority(cert, signingKey(keys.privateKey, kind), await keyPem(keys.privateKey));
  }

  /** Signs a CRL and gives it as PEM. */
  crl(request: CrlRequest): Promise<string> {
    return signCrl(request, this.#certificate, this.#signer);
  }

  async #certify(
    request: Pick<IssueRequest, 'subject' | 'serial'> & Lifetime,
    publicKey: webcrypto.CryptoKey,
    extensions: Extension[],
    days: number,
  ): Promise<{ cert: X509Certificate; serial: string }> {
    const library = await loadLibrary();
    const serial = request.serial?.toUpperCase() ?? randomSerial();
    const subject = typeof request.subject === 'string' ? parseSubject(request.subject) : request.subject;
    const cert = await library.X509CertificateGenerator.create({
      serialNumber: serial,
      subject: new library.Name(libraryName(subject)),
      issuer: this.#certificate.subjectName,
      ...validity(request, days),
      publicKey,
      signingKey: this.#signer.key,
      signingAlgorithm: this.#signer.algorithm,
      extensions,
    });
    return { cert, serial };
  }
}

/** Makes a self-signed authority. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const library = await loadLibrary();
  const kind = options.keyKind ?? 'P-256';
  const keys = await generateKey(kind);
  const signer = signingKey(keys.privateKey, kind);
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: new library.Name(libraryName([{ CN: options.commonName }])),
    ...validity(options, 3650),
    keys,
    signingAlgorithm: signer.algorithm,
    extensions: await extensionsOfAuthority(library, keys.publicKey, options.pathLength),
  });
  return new Authority(certificate, signer, await keyPem(keys.privateKey));
}

/** Reads `NAME.pem` and `NAME.key` of a directory that `headgate pki init` made. */
export async function openAuthority(dir: string, name: 'ca' | 'intermediate' = 'ca'): Promise<Authority> {
  const library = await loadLibrary();
  const read = (kind: string) => readFile(join(dir, `${name}.${kind}`), 'utf8');
  const [cert, key] = await Promise.all([read('pem'), read('key')]);
  return new Authority(new library.X509Certificate(cert), await importKey(key), key);
}

/** 128 bits, positive without a leading zero octet, and of one length in print. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex').toUpperCase();
}
