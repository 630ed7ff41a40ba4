import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type Certificate, parseCertificate } from '../certificate.ts';
import type { DerRange } from '../der.ts';
import { nameText } from '../name.ts';
import { comparableName } from './distinguished-names.ts';
import { type ChainExtensions, readChainExtensions } from './extensions.ts';
import { type KeyFacts, readKeyFacts } from './keys.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithms.ts';

/** A certificate as path validation sees it. What costs more than reading is worked out once, when asked for. */
export class ChainCertificate {
  readonly certificate: Certificate;
  readonly extensions: ChainExtensions;
  readonly key: KeyFacts;
  /** The algorithm, or why it is never accepted. */
  readonly algorithm: SignatureAlgorithm | string;
  #subject: string | undefined;
  #issuer: string | undefined;
  #sha256: string | undefined;
  #keySha256: string | undefined;
  #publicKey: KeyObject | undefined;

  /**
   * `der` must stay unchanged for as long as this value lives.
   * @throws X509Error when the certificate, one of the extensions that matter, or its key is not strict DER.
   */
  constructor(der: Uint8Array) {
    this.certificate = parseCertificate(der);
    this.extensions = readChainExtensions(this.certificate);
    this.key = readKeyFacts(der, this.certificate.publicKey);
    this.algorithm = readSignatureAlgorithm(der, this.certificate.signatureAlgorithm);
  }

  /** Equal for two names that are equal after RFC 5280 7.1; for comparing, not for reading. */
  get subject(): string {
    this.#subject ??= comparableName(this.certificate.facts.subject);
    return this.#subject;
  }

  get issuer(): string {
    this.#issuer ??= comparableName(this.certificate.facts.issuer);
    return this.#issuer;
  }

  /** RFC 4514, for people. */
  get subjectText(): string {
    return nameText(this.certificate.facts.subject);
  }

  get issuerText(): string {
    return nameText(this.certificate.facts.issuer);
  }

  /** Subject and issuer are the same name: a root, or a key change of an authority (RFC 5280 6.1). */
  get selfIssued(): boolean {
    return this.subject === this.issuer;
  }

  get ca(): boolean {
    return this.extensions.basicConstraints?.ca === true;
  }

  /** Of the DER; hexadecimal. */
  get sha256(): string {
    this.#sha256 ??= createHash('sha256').update(this.certificate.der).digest('hex');
    return this.#sha256;
  }

  /** Of the SubjectPublicKeyInfo; hexadecimal. */
  get keySha256(): string {
    this.#keySha256 ??= createHash('sha256').update(this.bytes(this.certificate.publicKey)).digest('hex');
    return this.#keySha256;
  }

  /** @throws Error of node:crypto when the key is no key, e.g. a point that is not on its curve. */
  get publicKey(): KeyObject {
    this.#publicKey ??= createPublicKey({
      key: Buffer.from(this.bytes(this.certificate.publicKey)),
      format: 'der',
      type: 'spki',
    });
    return this.#publicKey;
  }

  /** DER of an extension. */
  extension(oid: string): Uint8Array | undefined {
    const found = this.certificate.extensions.find((extension) => extension.oid === oid);
    return found && this.certificate.der.subarray(found.value.content, found.value.end);
  }

  bytes({ start, end }: DerRange): Uint8Array {
    return this.certificate.der.subarray(start, end);
  }
}
