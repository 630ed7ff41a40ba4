/** Texts of a deny list. Each reader throws a RangeError whose message is for the one who wrote it. */
import { isControl } from '../x509/control.ts';

const MAX_TEXT = 1024;
const DAY = 86_400_000;
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Any text of a reasonable length. */
export function plainText(written: unknown): string {
  if (typeof written !== 'string' || written === '') throw new RangeError('must be text');
  if (written.length > MAX_TEXT) throw new RangeError(`is longer than ${MAX_TEXT} characters`);
  for (let i = 0; i < written.length; i++) {
    if (isControl(written.charCodeAt(i))) throw new RangeError('holds a control character');
  }
  return written;
}

/** 64 hexadecimal digits, with colons between the octets or without; lower case. */
export function sha256Text(written: unknown): string {
  const octets = typeof written === 'string' ? written : '';
  if (!/^([0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31})$/.test(octets)) {
    throw new RangeError('must be a SHA-256: 64 hexadecimal digits');
  }
  return octets.replaceAll(':', '').toLowerCase();
}

/**
 * `2026-12-31`: to the end of that day in UTC; `2026-12-31T18:00:00Z`: to that instant. Milliseconds since the epoch.
 */
export function instantOf(written: unknown): number {
  const [text, day] = (typeof written === 'string' ? INSTANT.exec(written) : null) ?? [];
  if (text === undefined || day === undefined) {
    throw new RangeError('must be a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z');
  }
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const instant = text === day ? midnight + DAY : Date.parse(text);
  // February 30 is carried over into March.
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  if (!exists || Number.isNaN(instant)) throw new RangeError('is not a point in time');
  return instant;
}
