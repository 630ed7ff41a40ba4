/**
 * The texts in which rates, byte rates and durations are written:
 *
 *     rate      = 1*DIGIT "/" ( "s" / "min" / "h" )              50/s, 6/min, 100/h
 *     byte rate = 1*DIGIT ( "B" / "KiB" / "MiB" / "GiB" ) "/" ( "s" / "min" / "h" )   64KiB/s
 *     duration  = 1*DIGIT ( "ms" / "s" / "min" / "h" )           5s
 */

/** The text is not a rate or duration; the message says what is wrong with it and what would be right. */
export class RateError extends Error {
  override name = 'RateError';
}

/** A rate as it was written: `count` in every `seconds`. */
export interface WrittenRate {
  readonly count: number;
  readonly seconds: number;
}

/** Large enough for any link, small enough that a token still costs a millionth of a nanosecond or more. */
const MAX_COUNT = 2 ** 50;
const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** Reads `50/s`; the count is in events, from 1 to 2^50. @throws RateError */
export function parseRate(text: string): WrittenRate {
  const { number, unit, per } = split(text, 'a rate such as 50/s, 6/min or 100/h');
  if (unit !== '')
    throw new RateError(`"${text}" has the unit "${unit}" where a plain count is expected, such as 50/s`);
  return { count: number, seconds: secondsOf(per, text) };
}

/** Reads `64KiB/s`; the count is in bytes, from 1 to 2^50. @throws RateError */
export function parseByteRate(text: string): WrittenRate {
  const { number, unit, per } = split(text, 'a rate of bytes such as 64KiB/s, 20MiB/s or 1000B/s');
  const factor = own(BYTES, unit);
  if (factor === undefined) {
    throw new RateError(`"${text}" needs a unit of bytes: B, KiB, MiB or GiB, such as 64KiB/s`);
  }
  const count = number * factor;
  if (count > MAX_COUNT) throw new RateError(`"${text}" is too large: at most ${MAX_COUNT} bytes`);
  return { count, seconds: secondsOf(per, text) };
}

/** Reads `5s`; the result is in milliseconds, from 1 to 2^50. @throws RateError */
export function parseDuration(text: string): number {
  const match = /^(\d{1,16})([A-Za-z]+)$/.exec(text);
  const factor = match === null ? undefined : own(MS, match[2] ?? '');
  if (match === null || factor === undefined) {
    throw new RateError(`"${text}" is not a duration such as 500ms, 5s, 10min or 1h`);
  }
  const ms = Number(match[1]) * factor;
  if (ms === 0) throw new RateError(`"${text}" must be longer than nothing`);
  if (ms > MAX_COUNT) throw new RateError(`"${text}" is too long`);
  return ms;
}

/** Of a rate as written: events or bytes per second, not an integer in general. */
export function perSecond(rate: WrittenRate): number {
  return rate.count / rate.seconds;
}

function split(text: string, what: string): { number: number; unit: string; per: string } {
  const match = /^(\d{1,16})([A-Za-z]*)\/([A-Za-z]+)$/.exec(text);
  if (match === null) throw new RateError(`"${text}" is not ${what}`);
  const number = Number(match[1]);
  if (number === 0) throw new RateError(`"${text}" would never let anything pass: at least 1 is needed`);
  if (number > MAX_COUNT) throw new RateError(`"${text}" is too large: at most ${MAX_COUNT}`);
  return { number, unit: match[2] ?? '', per: match[3] ?? '' };
}

function secondsOf(per: string, text: string): number {
  const seconds = own(SECONDS, per);
  if (seconds === undefined) throw new RateError(`"${text}" must be per s, min or h, not per "${per}"`);
  return seconds;
}

function own(table: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
