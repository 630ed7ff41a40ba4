/** What the arguments of `headgate pki` are made of: options, positions, values. */
import { parseArgs } from 'node:util';
import { KEY_TYPES, type KeyKind } from './keys.ts';

/** The command line does not make sense; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

export function parse<T extends Options>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function exactly<const T extends readonly string[]>(
  positionals: readonly string[],
  names: T,
): { [K in keyof T]: string } {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (positionals.length > names.length)
    throw new UsageError(`"${positionals[names.length]}" is one argument too many`);
  return positionals as unknown as { [K in keyof T]: string };
}

export function days(text: string | undefined): { readonly days?: number } {
  return text === undefined ? {} : { days: whole('--days', text, 1, 36_500) };
}

export function keyKind(text: string | undefined): { readonly keyKind?: KeyKind } {
  if (text === undefined) return {};
  const kind = KEY_TYPES.get(text);
  if (kind === undefined) throw new UsageError(`--key is one of ${[...KEY_TYPES.keys()].join(', ')}`);
  return { keyKind: kind };
}

export function whole(what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${what} is a whole number from ${least} to ${most}`);
  }
  return value;
}

/** RFC 5280 4.2.1.13 and RFC 6960 3.1 know other schemes; nobody who checks certificates during a handshake follows them. */
export function isHttp(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}

export function date<K extends string>(key: K, option: string, text: string | undefined): { readonly [P in K]?: Date } {
  if (text === undefined) return {};
  const value = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(value.getTime())) {
    throw new UsageError(`--${option} is a date such as 2027-01-31 or 2027-01-31T12:00:00Z`);
  }
  return { [key]: value } as { readonly [P in K]?: Date };
}
