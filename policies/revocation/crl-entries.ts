import { DerReader, TAG, X509Error } from '../x509/der.ts';
import { readExtensionList } from '../x509/extension-list.ts';
import { readTime } from '../x509/time.ts';
import { isReason, REMOVE_FROM_CRL } from './crl-reasons.ts';
import { utcTime } from './utc-time.ts';

/** Entries of one list. The largest public ones hold about a million. */
export const MAX_ENTRIES = 5_000_000;
/** RFC 5280 4.1.2.2. */
const MAX_SERIAL_BYTES = 20;

const REASON_CODE = '2.5.29.21';
const INVALIDITY_DATE = '2.5.29.24';
const CERTIFICATE_ISSUER = '2.5.29.29';
const ENUMERATED = 0x0a;

/** Octets of an extension that holds a reason code, and of one that holds an invalidity date, behind their headers. */
const REASON_OCTETS = 10;
const INVALIDITY_OCTETS = 24;
const UTC_TIME_OCTETS = 15;

/**
 * One revoked certificate. The serial number is `bytes[serialStart, serialEnd)`, without the zero octet that
 * DER puts before a high bit; `date` in milliseconds since the epoch; `reason` as in RFC 5280 5.3.1, 0 where none is
 * given.
 */
export type VisitEntry = (
  bytes: Uint8Array,
  serialStart: number,
  serialEnd: number,
  date: number,
  reason: number,
) => void;

/** What the list around the entries allows in them. */
export interface EntryRules {
  /** Version 2: entries may have extensions. */
  readonly extensions: boolean;
  /** A delta: entries may be removed from the list it adds to. */
  readonly delta: boolean;
}

/**
 * revokedCertificates: SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL } in
 * `[start, end)`. Calls `visit` for each and gives their number. Nothing is kept of an entry.
 * @throws X509Error
 */
export function walkEntries(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: EntryRules,
  visit: VisitEntry,
): number {
  let count = 0;
  for (let at = start; at < end; count++) {
    if (count === MAX_ENTRIES) throw new X509Error(`the list has more than ${MAX_ENTRIES} entries`, at);
    const next = plainEntry(bytes, at, end, rules, visit);
    at = next > 0 ? next : readEntry(bytes, at, end, rules, visit);
  }
  return count;
}

/**
 * Reads an entry of the usual form, many times faster than `readEntry`, and gives where it ends; 0 where it has
 * another form or a fault.
 */
function plainEntry(bytes: Uint8Array, at: number, end: number, rules: EntryRules, visit: VisitEntry): number {
  const size = bytes[at + 1] as number;
  const entryEnd = at + 2 + size;
  if (bytes[at] !== TAG.sequence || size >= 0x80 || entryEnd > end || bytes[at + 2] !== TAG.integer) return 0;
  const octets = bytes[at + 3] as number;
  const serialEnd = at + 4 + octets;
  const timeEnd = serialEnd + UTC_TIME_OCTETS;
  if (octets === 0 || octets > MAX_SERIAL_BYTES || timeEnd > entryEnd) return 0;
  let serialStart = at + 4;
  const first = bytes[serialStart] as number;
  if (first >= 0x80) return 0;
  if (first === 0 && octets > 1) {
    serialStart++;
    if ((bytes[serialStart] as number) < 0x80) return 0;
  }
  if (bytes[serialEnd] !== TAG.utcTime || bytes[serialEnd + 1] !== UTC_TIME_OCTETS - 2) return 0;
  const date = utcTime(bytes, serialEnd + 2);
  if (date === Number.NEGATIVE_INFINITY) return 0;
  let reason = 0;
  if (timeEnd !== entryEnd) {
    reason = rules.extensions ? plainReason(bytes, timeEnd, entryEnd) : -1;
    if (!isReason(reason) || (reason === REMOVE_FROM_CRL && !rules.delta)) return 0;
  }
  visit(bytes, serialStart, serialEnd, date, reason);
  return entryEnd;
}

/**
 * The reason in extensions that fill `[at, end)` and are a reason code, an invalidity date of this century, or both,
 * neither of them critical: what authorities write. -1 where they are anything else.
 */
function plainReason(bytes: Uint8Array, at: number, end: number): number {
  const size = bytes[at + 1] as number;
  if (bytes[at] !== TAG.sequence || size === 0 || size >= 0x80 || at + 2 + size !== end) return -1;
  let reason = -1;
  let dated = false;
  for (let i = at + 2; i < end; i += 2 + (bytes[i + 1] as number)) {
    const octets = bytes[i + 1] as number;
    if (bytes[i] !== TAG.sequence || i + 2 + octets > end) return -1;
    // 2.5.29.x, then the OCTET STRING.
    if (bytes[i + 2] !== TAG.oid || bytes[i + 3] !== 3 || bytes[i + 4] !== 0x55 || bytes[i + 5] !== 0x1d) return -1;
    if (bytes[i + 7] !== TAG.octetString || bytes[i + 8] !== octets - 7) return -1;
    const kind = bytes[i + 6];
    if (kind === 21 && octets === REASON_OCTETS && reason < 0) {
      if (bytes[i + 9] !== ENUMERATED || bytes[i + 10] !== 1) return -1;
      reason = bytes[i + 11] as number;
    } else if (kind === 24 && octets === INVALIDITY_OCTETS && !dated) {
      if (bytes[i + 9] !== TAG.generalizedTime || bytes[i + 10] !== 15) return -1;
      // A century apart, the same dates exist from 1950 to 2049 and from 2000 to 2099.
      if (bytes[i + 11] !== 0x32 || bytes[i + 12] !== 0x30 || utcTime(bytes, i + 13) === Number.NEGATIVE_INFINITY)
        return -1;
      dated = true;
    } else return -1;
  }
  return Math.max(reason, 0);
}

/**
 * Reads an entry of any allowed form and gives where it ends.
 * @throws X509Error for every other one.
 */
export function readEntry(bytes: Uint8Array, at: number, end: number, rules: EntryRules, visit: VisitEntry): number {
  const list = new DerReader(bytes, at, end, 3);
  const entry = list.enter(TAG.sequence, 'an entry');
  const serial = entry.integer('the serial number of an entry');
  const first = bytes[serial.content] as number;
  if (first >= 0x80) throw new X509Error('the serial number of an entry is negative', serial.content);
  const octets = serial.end - serial.content;
  if (octets > MAX_SERIAL_BYTES) {
    throw new X509Error(`the serial number of an entry has over ${MAX_SERIAL_BYTES} octets`, serial.content);
  }
  const date = readTime(entry, 'revocationDate');
  if (entry.more && !rules.extensions) throw new X509Error('an entry has extensions in a list of version 1', entry.at);
  const reason = entry.more ? readReason(entry, rules) : 0;
  entry.done('an entry');
  visit(bytes, first === 0 && octets > 1 ? serial.content + 1 : serial.content, serial.end, date, reason);
  return list.at;
}

/** crlEntryExtensions of RFC 5280 5.3. */
function readReason(entry: DerReader, rules: EntryRules): number {
  let reason = 0;
  for (const { oid, critical, value } of readExtensionList(entry, 'the extensions of an entry')) {
    if (oid === REASON_CODE) {
      reason = reasonOf(entry.inside(value, 'reasonCode'), rules);
    } else if (oid === INVALIDITY_DATE) {
      const inside = entry.inside(value, 'invalidityDate');
      if (inside.peek() !== TAG.generalizedTime) throw new X509Error('invalidityDate is no GeneralizedTime', inside.at);
      readTime(inside, 'invalidityDate');
      inside.done('invalidityDate');
    } else if (oid === CERTIFICATE_ISSUER) {
      throw new X509Error('an entry names another issuer, as only indirect lists do', value.start);
    } else if (critical) {
      throw new X509Error(`an entry has the unknown critical extension ${oid}`, value.start);
    }
  }
  return reason;
}

function reasonOf(inside: DerReader, rules: EntryRules): number {
  const { content, end } = inside.read(ENUMERATED, 'reasonCode');
  inside.done('reasonCode');
  const code = inside.bytes[content] as number;
  if (end - content !== 1 || !isReason(code)) throw new X509Error('reasonCode is none of RFC 5280', content);
  if (code === REMOVE_FROM_CRL && !rules.delta) {
    throw new X509Error('removeFromCRL in a list that is no delta', content);
  }
  return code;
}
