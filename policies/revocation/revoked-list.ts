import { Buffer } from 'node:buffer';
import type { Crl } from './crl.ts';
import { forEachEntry } from './crl.ts';
import type { VisitEntry } from './crl-entries.ts';
import { REMOVE_FROM_CRL } from './crl-reasons.ts';

/** Entries of a delta; it is held in memory while it is applied. */
const MAX_DELTA_ENTRIES = 200_000;

/** What one issuer says is revoked: a complete list, with the newest delta where there is one. */
export interface RevokedList {
  readonly complete: Crl;
  readonly delta: Crl | undefined;
}

export type Applied =
  | { readonly ok: true; readonly list: RevokedList }
  /** `needless`: the complete list already has all that the delta tells. */
  | { readonly ok: false; readonly needless: boolean; readonly reason: string };

/**
 * Puts a delta on its complete list after RFC 5280 5.2.4. Both must have passed `checkCrl` for the same issuer.
 * The result is as fresh as the delta.
 */
export function applyDelta(complete: Crl, delta: Crl): Applied {
  const reason = misfit(complete, delta);
  if (reason !== undefined) return { ok: false, needless: false, reason };
  if ((complete.number as bigint) >= (delta.number as bigint)) {
    const message = `the delta has number ${delta.number}, no more than ${complete.number} of the complete list`;
    return { ok: false, needless: true, reason: message };
  }
  return { ok: true, list: { complete, delta } };
}

/**
 * Calls `visit` for every certificate that is revoked, those of the delta last; more than once where a list has it
 * twice.
 */
export function forEachRevoked({ complete, delta }: RevokedList, visit: VisitEntry): void {
  if (delta === undefined) {
    forEachEntry(complete, visit);
    return;
  }
  const inDelta = new Set<string>();
  forEachEntry(delta, (bytes, start, end) => inDelta.add(latin1(bytes, start, end)));
  forEachEntry(complete, (bytes, start, end, date, reason) => {
    if (!inDelta.has(latin1(bytes, start, end))) visit(bytes, start, end, date, reason);
  });
  forEachEntry(delta, (bytes, start, end, date, reason) => {
    if (reason !== REMOVE_FROM_CRL) visit(bytes, start, end, date, reason);
  });
}

function misfit(complete: Crl, delta: Crl): string | undefined {
  if (complete.base !== undefined) return 'a delta was given for the complete list';
  if (delta.base === undefined) return 'a complete list was given for the delta';
  if (complete.number === undefined || delta.number === undefined) return 'a list without a CRLNumber takes no delta';
  if (Buffer.compare(nameOf(complete), nameOf(delta)) !== 0) return 'the delta is of another issuer';
  if (JSON.stringify(complete.scope) !== JSON.stringify(delta.scope)) return 'the delta has another scope';
  if (!sameKey(complete.authorityKeyId, delta.authorityKeyId)) return 'the delta was signed with another key';
  if (delta.count > MAX_DELTA_ENTRIES) return `the delta has more than ${MAX_DELTA_ENTRIES} entries`;
  if (complete.number < delta.base) {
    return `the delta needs the complete list of number ${delta.base} or higher, not ${complete.number}`;
  }
  return undefined;
}

function nameOf({ der, issuer }: Crl): Uint8Array {
  return der.subarray(issuer.start, issuer.end);
}

function sameKey(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
