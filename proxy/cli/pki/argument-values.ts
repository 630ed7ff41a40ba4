/** What the values of options of `headgate pki` must look like. */
import { UsageError } from '../usage-error.ts';
import { KEY_TYPES, type KeyKind } from './keys.ts';

/** For help texts: `p256, p384, … or ml-dsa-87`. */
export const KEY_TYPE_NAMES = [...KEY_TYPES.keys()].join(', ').replace(/, (?=[^,]*$)/, ' or ');

/** @throws UsageError when it is no number of days */
export function days(text: string | undefined): { readonly days?: number } {
  return text === undefined ? {} : { days: whole('--days', text, 1, 36_500) };
}

/** @throws UsageError when there is no such type of key */
export function keyKind(text: string | undefined): { readonly keyKind?: KeyKind } {
  if (text === undefined) return {};
  const kind = KEY_TYPES.get(text);
  if (kind === undefined) throw new UsageError(`--key is one of ${[...KEY_TYPES.keys()].join(', ')}`);
  return { keyKind: kind };
}

/** @throws UsageError unless `text` is a whole number in the range, ends included */
export function whole(what: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`${what} is a whole number from ${min} to ${max}`);
  }
  return value;
}

/** RFC 5280 4.2.1.13 and RFC 6960 3.1 know other schemes; no TLS stack follows them during a handshake. */
export function isHttp(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}

/** @throws UsageError when it is no date */
export function date<K extends string>(key: K, option: string, text: string | undefined): { readonly [P in K]?: Date } {
  if (text === undefined) return {};
  const value = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(value.getTime())) {
    throw new UsageError(`--${option} is a date such as 2027-01-31 or 2027-01-31T12:00:00Z`);
  }
  return { [key]: value } as { readonly [P in K]?: Date };
}
