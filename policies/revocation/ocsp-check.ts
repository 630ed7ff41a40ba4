import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { checkDelegate, type Delegate, type DelegateCheck, readDelegate } from './ocsp-delegate.ts';
import { DIGEST_OIDS, keyBits, type OcspQuestion } from './ocsp-question.ts';
import type { BasicResponse, OcspResponse } from './ocsp-response.ts';
import type { CertId, CertStatus, SingleResponse } from './ocsp-single.ts';

/** Times in milliseconds. */
export interface OcspCheck extends DelegateCheck {
  /** How long an answer counts behind its nextUpdate. */
  readonly maxStaleness: number;
}

/** Whether an OCSP response holds (RFC 6960, section 3.2), and what it says; otherwise why not. */
export type OcspVerdict =
  | {
      readonly ok: true;
      readonly status: CertStatus;
      readonly thisUpdate: number;
      /** Until when it may be kept and counts as fresh: nextUpdate, maxStaleness and skew together. */
      readonly freshUntil: number;
      /** Who signed, where it was not the issuer itself; the caller looks whether he is revoked. */
      readonly delegate: Delegate | undefined;
    }
  | { readonly ok: false; readonly reason: string };

/** Does the answer hold, and what does it say of the certificate that was asked about? After RFC 6960 3.2. */
export function checkOcsp(response: OcspResponse, question: OcspQuestion, check: OcspCheck): OcspVerdict {
  const { basic } = response;
  if (basic === undefined) return refused(`the responder answered ${response.status}`);
  const { now, skew, maxStaleness } = check;
  const { nonce } = question;
  if (nonce !== undefined && (basic.nonce === undefined || Buffer.compare(nonce, basic.nonce) !== 0)) {
    return refused(`the answer ${basic.nonce === undefined ? 'repeats no nonce' : 'has another nonce'}`);
  }
  const single = newestAbout(basic.responses, question);
  if (single === undefined) return refused('the answer is not about the certificate that was asked about');
  const { status, thisUpdate, nextUpdate } = single;
  if (basic.producedAt > now + skew || thisUpdate > now + skew) return refused('the answer comes from the future');
  const signer = signerOf(basic, check);
  if (typeof signer === 'string') return refused(signer);
  // An answer that does not say when the next one is due was due for one as soon as it was made.
  const freshUntil = (nextUpdate ?? thisUpdate) + maxStaleness + skew;
  return { ok: true, status, thisUpdate, freshUntil, delegate: signer.delegate };
}

/** Revoked goes before what is newer: an answer that contradicts itself must not let anybody in. */
function newestAbout(responses: readonly SingleResponse[], question: OcspQuestion): SingleResponse | undefined {
  const about = responses.filter(({ certId }) => isAbout(certId, question));
  const revoked = about.filter(({ status }) => status.kind === 'revoked');
  return (revoked.length > 0 ? revoked : about).toSorted((a, b) => b.thisUpdate - a.thisUpdate)[0];
}

function isAbout(id: CertId, { digest, issuerNameHash, issuerKeyHash, serial }: OcspQuestion): boolean {
  return (
    id.digest === DIGEST_OIDS[digest] &&
    Buffer.compare(id.issuerNameHash, issuerNameHash) === 0 &&
    Buffer.compare(id.issuerKeyHash, issuerKeyHash) === 0 &&
    Buffer.compare(id.serial, serial) === 0
  );
}

/** The issuer itself, a delegate, or why it is neither. */
function signerOf(basic: BasicResponse, check: OcspCheck): { readonly delegate: Delegate | undefined } | string {
  const { issuer, verify } = check;
  const signed = (spki: Uint8Array) => verify(basic.tbs, basic.algorithm, basic.signature, spki);
  const isMeant = (name: Uint8Array, spki: Uint8Array) =>
    basic.responder.kind === 'name'
      ? Buffer.compare(basic.responder.name, name) === 0
      : Buffer.compare(basic.responder.hash, hash('sha1', keyBits(spki), 'buffer')) === 0;
  let message = 'the answer names a responder that is neither the issuer nor came with a certificate';
  if (isMeant(issuer.name, issuer.spki)) {
    if (signed(issuer.spki)) return { delegate: undefined };
    message = 'the signature of the answer is not that of the issuer';
  }
  for (const der of basic.certificates) {
    const certificate = readDelegate(der);
    if (certificate === undefined) {
      message = 'a certificate that came with the answer cannot be read';
      continue;
    }
    const spki = der.subarray(certificate.publicKey.start, certificate.publicKey.end);
    if (!isMeant(der.subarray(certificate.subject.start, certificate.subject.end), spki)) continue;
    const delegate = checkDelegate(certificate, check);
    if (typeof delegate === 'string') message = delegate;
    else if (signed(spki)) return { delegate };
    else message = 'the signature of the answer is not that of the responder that it names';
  }
  return message;
}

function refused(reason: string): OcspVerdict {
  return { ok: false, reason };
}
