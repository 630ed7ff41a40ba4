/**
 * Which revocation lists were seen, so that an older one cannot take the place of a newer one, also after a restart.
 */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Crl } from './crl.ts';

/** The newest list of one issuer and scope. */
export interface SeenList {
  /** CRLNumber, decimal. */
  readonly number: string;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  /** SHA-256 of what was signed, hexadecimal. */
  readonly digest: string;
}

/** By issuer key, scope and kind of list; plain data to be kept as JSON. */
export type HighestNumbers = Readonly<Record<string, SeenList>>;

export type Admitted =
  | { readonly ok: true; readonly highest: HighestNumbers }
  | { readonly ok: false; readonly reason: string };

/**
 * Takes a list whose signature holds, unless a newer one was seen: its number is lower, or the same with other
 * content that is not newer. A list without a number cannot be placed and is refused (RFC 5280 5.2.3 asks for one).
 */
export function admitNumber(highest: HighestNumbers, crl: Crl, issuerKeyHash: Uint8Array): Admitted {
  if (crl.number === undefined) return refused('the list has no CRLNumber, so that an older one could replace it');
  const key = keyOf(issuerKeyHash, crl, crl.base !== undefined);
  const seen = Object.hasOwn(highest, key) ? highest[key] : undefined;
  const digest = hash('sha256', crl.der.subarray(crl.tbs.start, crl.tbs.end), 'hex');
  if (seen !== undefined) {
    const known = BigInt(seen.number);
    if (crl.number < known) return refused(`the list has number ${crl.number}, but ${known} was seen before`);
    const newer = crl.thisUpdate > seen.thisUpdate;
    if (crl.number === known && digest !== seen.digest && !newer) {
      return refused(`another list of number ${known} was seen before, and this one is not newer`);
    }
  }
  const list: SeenList = { number: crl.number.toString(), thisUpdate: crl.thisUpdate, digest };
  return { ok: true, highest: { ...highest, [key]: list } };
}

/**
 * What is wrong with a complete list that is used alone although a delta with a higher number was seen: it
 * would take back what the delta told. Undefined: nothing.
 */
export function missingDelta(highest: HighestNumbers, crl: Crl, issuerKeyHash: Uint8Array): string | undefined {
  const key = keyOf(issuerKeyHash, crl, true);
  const seen = Object.hasOwn(highest, key) ? highest[key] : undefined;
  if (seen === undefined || (crl.number ?? 0n) >= BigInt(seen.number)) return undefined;
  return `the list has number ${crl.number}, and the delta of number ${seen.number} that was seen before is missing`;
}

/** Checks what was kept; undefined when it is not of the right form. */
export function readHighestNumbers(kept: unknown): HighestNumbers | undefined {
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return undefined;
  return Object.entries(kept).every(([key, seen]) => KEY.test(key) && isSeenList(seen))
    ? (kept as HighestNumbers)
    : undefined;
}

const KEY = /^[0-9a-f]{64}(\/[0-9a-f]{64})?(\/delta)?$/;

function isSeenList(seen: unknown): seen is SeenList {
  if (typeof seen !== 'object' || seen === null) return false;
  const { number, thisUpdate, digest } = seen as Partial<Record<keyof SeenList, unknown>>;
  if (typeof number !== 'string' || typeof digest !== 'string') return false;
  return /^\d{1,49}$/.test(number) && /^[0-9a-f]{64}$/.test(digest) && Number.isSafeInteger(thisUpdate);
}

/** Numbers grow within one issuer and scope (RFC 5280 5.2.3). Deltas share them, but do not replace complete lists. */
function keyOf(issuerKeyHash: Uint8Array, { scope }: Crl, delta: boolean): string {
  const whole = scope.certificates === 'all' && !scope.someReasons && scope.names.length === 0;
  const part = whole ? '' : `/${hash('sha256', JSON.stringify(scope), 'hex')}`;
  return `${Buffer.from(issuerKeyHash).toString('hex')}${part}${delta ? '/delta' : ''}`;
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
