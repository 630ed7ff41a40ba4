import type { OcspHeld } from '../revocation/ocsp-exchange.ts';

/** Bytes: TLS 1.3 has room for 65,535 in the extension (RFC 8446, 4.4.2), and clients take 100 KiB of certificates. */
const MAX_STAPLE_BYTES = 32 * 1024;
/** Milliseconds before the second attempt; each further one waits twice as long, up to an hour. */
const FIRST_PAUSE = 1000;
const MAX_PAUSE = 3_600_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Why an answer that holds is of no use for stapling at `now` (milliseconds since the epoch); undefined: it can be stapled. */
export function unfit(held: OcspHeld, now: number): string | undefined {
  const { der, status } = held;
  if (status.kind === 'revoked') return undefined;
  if (status.kind === 'unknown') return 'the responder does not know the certificate';
  if (der.length > MAX_STAPLE_BYTES)
    return `the answer has more than ${MAX_STAPLE_BYTES} bytes, too many for a handshake`;
  if (endOf(held) <= now) return `the answer expired at ${new Date(endOf(held)).toISOString()}`;
  return undefined;
}

/** Until when an answer holds, in milliseconds since the epoch: no longer than the certificate of who signed it. */
export function endOf({ freshUntil, delegate }: OcspHeld): number {
  return Math.min(freshUntil, delegate?.certificate.facts.notAfter ?? Number.POSITIVE_INFINITY);
}

/**
 * Milliseconds to the middle between thisUpdate and the end; of an answer that is older than that, to the middle of what
 * is left. At most a day, also for one that holds for months: the certificate may be revoked.
 */
export function halfLife(held: OcspHeld, now: number): number {
  const end = endOf(held);
  const middle = (held.thisUpdate + end) / 2;
  const left = now < middle ? middle - now : (end - now) / 2;
  // That one is revoked may be said without an end, or with one that is long over.
  return Math.min(DAY, Math.max(held.status.kind === 'revoked' ? MINUTE : FIRST_PAUSE, left));
}

/** Milliseconds before the next attempt after so many failures in a row. */
export function pauseAfter(failures: number): number {
  return Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures - 1, 20));
}
