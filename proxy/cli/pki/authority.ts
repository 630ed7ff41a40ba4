/**
 * A certificate authority for development, the demo and the tests: ECDSA P-256 with SHA-256,
 * random 128-bit serial numbers, extensions after RFC 5280. Not for production: its key lies in a file.
 */
import { randomBytes, type webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Extension, X509Certificate } from '@peculiar/x509';
import { extensionsOfAuthority, extensionsOfLeaf, type LeafNames, type LeafUsage } from './extensions.ts';
import { generateKey, importKey, type KeyKind, keyPem, SIGNING } from './keys.ts';
import { loadLibrary } from './library.ts';
import { DAY, type Lifetime, validity } from './lifetime.ts';
import { libraryName, type NameParts, parseSubject } from './subject.ts';

export interface AuthorityOptions extends Lifetime {
  readonly commonName: string;
}

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

export interface Revocation {
  /** Hexadecimal. */
  readonly serial: string;
  readonly date?: Date;
  /**
   * CRLReason number of RFC 5280 5.3.1; default 1, keyCompromise. Not 0: unspecified must be left
   * out, and the library would write an empty list of extensions in its place, which is not DER.
   */
  readonly reason?: 1 | 2 | 3 | 4 | 5 | 6 | 9 | 10;
}

export interface CrlRequest {
  readonly revoked: readonly Revocation[];
  /** CRL number; must grow from one CRL to the next. */
  readonly number: number;
  /** Default now. */
  readonly thisUpdate?: Date;
  /** Default `thisUpdate` + `days`. */
  readonly nextUpdate?: Date;
  /** Default 365. */
  readonly days?: number;
}

export class Authority {
  /** PEM. */
  readonly cert: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly #certificate: X509Certificate;
  readonly #signingKey: webcrypto.CryptoKey;

  /** Use `createAuthority` or `openAuthority`. */
  constructor(certificate: X509Certificate, signingKey: webcrypto.CryptoKey, key: string) {
    this.cert = pem('CERTIFICATE', certificate.rawData);
    this.key = key;
    this.#certificate = certificate;
    this.#signingKey = signingKey;
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
    return { cert: pem('CERTIFICATE', cert.rawData), key: await keyPem(keys.privateKey), serial };
  }

  /** Makes a subordinate authority; its chain file is its own `cert` followed by this one's. */
  async intermediate(options: AuthorityOptions): Promise<Authority> {
    const library = await loadLibrary();
    const keys = await generateKey('P-256');
    const extensions = await extensionsOfAuthority(library, keys.publicKey, this.#certificate);
    const request = { ...options, subject: [{ CN: options.commonName }] };
    const { cert } = await this.#certify(request, keys.publicKey, extensions, 1825);
    return new Authority(cert, keys.privateKey, await keyPem(keys.privateKey));
  }

  /** Signs a CRL (RFC 5280 section 5) and gives it as PEM. */
  async crl(request: CrlRequest): Promise<string> {
    const library = await loadLibrary();
    const thisUpdate = request.thisUpdate ?? new Date();
    const crl = await library.X509CrlGenerator.create({
      issuer: this.#certificate.subjectName,
      thisUpdate,
      nextUpdate: request.nextUpdate ?? new Date(thisUpdate.getTime() + (request.days ?? 365) * DAY),
      entries: request.revoked.map(({ serial, date, reason }) => ({
        serialNumber: serial,
        revocationDate: date ?? thisUpdate,
        reason: reason ?? 1,
      })),
      extensions: [
        await library.AuthorityKeyIdentifierExtension.create(this.#certificate, false),
        new library.Extension('2.5.29.20', false, derInteger(request.number)),
      ],
      signingAlgorithm: SIGNING,
      signingKey: this.#signingKey,
    });
    return pem('X509 CRL', crl.rawData);
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
      signingKey: this.#signingKey,
      signingAlgorithm: SIGNING,
      extensions,
    });
    return { cert, serial };
  }
}

/** Makes a self-signed authority. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const library = await loadLibrary();
  const keys = await generateKey('P-256');
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: new library.Name(libraryName([{ CN: options.commonName }])),
    ...validity(options, 3650),
    keys,
    signingAlgorithm: SIGNING,
    extensions: await extensionsOfAuthority(library, keys.publicKey),
  });
  return new Authority(certificate, keys.privateKey, await keyPem(keys.privateKey));
}

/** Reads `ca.pem` and `ca.key` of a directory that `headgate pki init` made. */
export async function openAuthority(dir: string): Promise<Authority> {
  const library = await loadLibrary();
  const [cert, key] = await Promise.all([readFile(join(dir, 'ca.pem'), 'utf8'), readFile(join(dir, 'ca.key'), 'utf8')]);
  return new Authority(new library.X509Certificate(cert), await importKey(key), key);
}

/** 128 bits, positive without a leading zero octet, and of one length in print. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex').toUpperCase();
}

function derInteger(value: number): ArrayBuffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) > 0x7f) hex = `00${hex}`;
  const content = Buffer.from(hex, 'hex');
  return Uint8Array.from([0x02, content.length, ...content]).buffer;
}

function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g) as string[];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
