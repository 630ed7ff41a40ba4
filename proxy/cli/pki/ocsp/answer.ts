import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificate } from '../../../../policies/x509/certificate.ts';
import { X509Error } from '../../../../policies/x509/der.ts';
import { openAuthority } from '../authority.ts';
import { REASONS } from '../crl.ts';
import { nothing } from '../der-writer.ts';
import { type AuthorityName, type Index, readIndex } from '../index-file.ts';
import { type CertId, readOcspRequest } from './request.ts';
import { type CertStatus, FAILURE, failure, keyHash, type OcspSigner, signResponse } from './response.ts';

const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';

export interface AnswererOptions {
  readonly dir: string;
  /** Sign with a certificate for OCSP (RFC 6960 4.2.2.2) instead of the authority's own key. */
  readonly delegated: boolean;
  /** Milliseconds from thisUpdate to nextUpdate. */
  readonly validFor: number;
}

interface Responsible {
  readonly name: AuthorityName;
  readonly certificate: X509Certificate;
  readonly signer: OcspSigner;
}

/** Answers OCSP requests about the certificates of one directory, whose index is read for each of them. */
export class OcspAnswerer {
  readonly #options: AnswererOptions;
  readonly #authorities: readonly Responsible[];

  private constructor(options: AnswererOptions, authorities: readonly Responsible[]) {
    this.#options = options;
    this.#authorities = authorities;
  }

  /** Reads the authorities of the directory; delegated certificates are made here and live as long as this. */
  static async open(options: AnswererOptions): Promise<OcspAnswerer> {
    const { issuer = 'ca' } = await readIndex(options.dir);
    const names: AuthorityName[] = issuer === 'ca' ? ['ca'] : [issuer, 'ca'];
    return new OcspAnswerer(options, await Promise.all(names.map((name) => responsible(options, name))));
  }

  /** DER of an OCSPResponse, whatever came. */
  async answer(der: Uint8Array): Promise<Buffer> {
    try {
      const { certificates, nonce } = readOcspRequest(der);
      const index = await readIndex(this.#options.dir);
      // One signature cannot speak for two authorities: the first certificate decides which one answers.
      const authority = certificates.map((id) => this.#issuerOf(id)).find((found) => found !== undefined);
      const producedAt = new Date();
      return signResponse(
        {
          responses: certificates.map((id) => ({
            certId: id.der,
            status:
              authority !== undefined && this.#issuerOf(id) === authority ? statusOf(id, authority, index) : 'unknown',
          })),
          producedAt,
          nextUpdate: new Date(producedAt.getTime() + this.#options.validFor),
          nonce,
        },
        (authority ?? (this.#authorities[0] as Responsible)).signer,
      );
    } catch (error) {
      return failure(error instanceof X509Error ? FAILURE.malformedRequest : FAILURE.internalError);
    }
  }

  #issuerOf({ digest, issuerNameHash, issuerKeyHash }: CertId): Responsible | undefined {
    if (digest === undefined) return undefined;
    return this.#authorities.find(
      ({ certificate }) =>
        nameHash(certificate, digest).equals(issuerNameHash) && keyHash(certificate, digest).equals(issuerKeyHash),
    );
  }
}

async function responsible({ dir, delegated }: AnswererOptions, name: AuthorityName): Promise<Responsible> {
  const certificate = new X509Certificate(await readFile(join(dir, `${name}.pem`)));
  const authority = await openAuthority(dir, name);
  if (!delegated) return { name, certificate, signer: { cert: authority.cert, key: authority.key, delegated } };
  const issued = await authority.issue({
    subject: 'CN=OCSP responder',
    eku: 'ocsp',
    extensions: [{ oid: NO_CHECK, critical: false, value: nothing() }],
  });
  return { name, certificate, signer: { cert: issued.cert, key: issued.key, delegated } };
}

function statusOf({ serial }: CertId, { name }: Responsible, { certificates }: Index): CertStatus {
  const entry = certificates.find((one) => one.serial === serial && (one.issuer ?? 'ca') === name);
  if (entry === undefined) return 'unknown';
  if (entry.revoked === undefined) return 'good';
  return { revoked: new Date(entry.revoked), reason: REASONS[entry.reason ?? 'keyCompromise'] };
}

function nameHash(certificate: X509Certificate, digest: string): Buffer {
  const { start, end } = parseCertificate(certificate.raw).subject;
  return createHash(digest).update(certificate.raw.subarray(start, end)).digest();
}
