import { parseInstant } from './instant.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How `--since` and `since=` are written; for error messages. */
export const SINCE_FORMS = 'a duration (90s, 10m, 2h, 1d), an RFC 3339 time or milliseconds since the epoch';

/** The moment meant, in milliseconds since the epoch; undefined when the text is none of the forms. */
export function parseSince(text: string, now: number): number | undefined {
  const duration = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  if (duration !== null) return now - Number(duration[1]) * (UNIT_MS[duration[2] as string] as number);
  if (/^\d{10,15}$/.test(text)) return Number(text);
  return parseInstant(text);
}
