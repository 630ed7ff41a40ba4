import { checkOcsp, type OcspVerdict } from '../../../policies/revocation/ocsp-check.ts';
import { askOcsp } from '../../../policies/revocation/ocsp-question.ts';
import { MAX_OCSP_BYTES, readOcspResponse } from '../../../policies/revocation/ocsp-response.ts';
import type { OcspSubject } from '../../shared/trust/ocsp-messages.ts';
import { readBody } from './http-fetch.ts';
import { verifySignature } from './verify-signature.ts';

/** Milliseconds for one responder, body included. */
const ANSWER_TIME = 3000;
/** How far the clocks of responders may be off, in milliseconds. */
const CLOCK_SKEW = 60_000;

export interface OcspExchange {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds. */
  readonly maxStaleness: number;
  readonly fetch?: typeof fetch;
}

/** An answer that holds, with its bytes. */
export type OcspHeld = Extract<OcspVerdict, { readonly ok: true }> & { readonly der: Uint8Array };

/**
 * Asks one responder about one certificate (RFC 6960, appendix A.1: POST) and checks what it says. The skew of clocks
 * makes an answer not come from the future; it does not make it last longer.
 * @throws Error when there is no valid response, the message says why
 */
export async function exchangeOcsp(
  url: string,
  subject: OcspSubject,
  { now, maxStaleness, fetch: request = fetch }: OcspExchange,
): Promise<OcspHeld> {
  const question = askOcsp(subject);
  const response = await request(url, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
    body: Buffer.from(question.request),
    signal: AbortSignal.timeout(ANSWER_TIME),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  const der = await readBody(response, MAX_OCSP_BYTES);
  const issuer = { name: subject.issuerName, spki: subject.issuerSpki };
  const check = { issuer, now, skew: CLOCK_SKEW, maxStaleness, verify: verifySignature };
  const verdict = checkOcsp(readOcspResponse(der), question, check);
  if (!verdict.ok) throw new Error(verdict.reason);
  return { ...verdict, freshUntil: verdict.freshUntil - CLOCK_SKEW, der };
}
