/** Numbers, most of them with a unit: durations, sizes, counts, rates. */
import * as z from 'zod';
import { parseByteRate, parseDuration, parseRate, RateError } from '../../../../../policies/limits/rate.ts';
import { durationText, readDuration, readSize, sizeText } from '../../units.ts';
import { type Bounds, meta, refuse } from './meta.ts';

/** Milliseconds. */
export const SECOND = 1000;
/** Milliseconds. */
export const MINUTE = 60 * SECOND;
/** Milliseconds. */
export const HOUR = 60 * MINUTE;
/** Milliseconds. */
export const DAY = 24 * HOUR;
/** Bytes. */
export const KIB = 1024;
/** Bytes. */
export const MIB = 1024 * KIB;
/** Bytes. */
export const GIB = 1024 * MIB;

type Quantity = z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;

/** Milliseconds in the model. */
export function duration(bounds: Bounds): Quantity {
  return bounded(readDuration, durationText, bounds, 'a duration such as 500ms, 10s or 5min');
}

/** Whole seconds in the model; written as a duration all the same. */
export function seconds(bounds: Bounds): Quantity {
  return bounded(
    (written) => wholeSeconds(readDuration(written)),
    (value) => durationText(value * SECOND),
    bounds,
    'a duration in whole seconds such as 90s, 20min or 1h',
  );
}

/** Bytes in the model. */
export function size(bounds: Bounds): Quantity {
  return bounded(readSize, sizeText, bounds, 'a size such as 512B, 256KiB or 1MiB');
}

/** A whole number within bounds. */
export function count(bounds: Bounds): z.ZodNumber {
  return z
    .int()
    .min(bounds.min)
    .max(bounds.max)
    .meta(meta({ type: 'a whole number', limits: `${bounds.min} to ${bounds.max}` }));
}

/** A rate such as `50/s`; stays text in the model. */
export function rate(): z.ZodString {
  return checked(parseRate).meta(meta({ type: 'a rate such as 50/s, 6/min or 100/h' }));
}

/** A rate of bytes as text, `64KiB/s`. */
export function byteRate(): z.ZodString {
  return checked(parseByteRate).meta(meta({ type: 'a rate of bytes such as 64KiB/s or 20MiB/s' }));
}

/** A duration that the policy reads; stays text in the model. */
export function policyDuration(): z.ZodString {
  return checked(parseDuration).meta(meta({ type: 'a duration such as 500ms, 5s or 1min' }));
}

function bounded(
  read: (written: string) => number | undefined,
  show: (value: number) => string,
  { min, max }: Bounds,
  type: string,
): Quantity {
  return z
    .string()
    .transform((written, context): number => {
      const value = read(written);
      if (value === undefined) return refuse(context, `must be ${type}`);
      if (value < min) return refuse(context, `must be at least ${show(min)}`);
      if (value > max) return refuse(context, `must be at most ${show(max)}`);
      return value;
    })
    .meta(meta({ type, limits: `${show(min)} to ${show(max)}` }));
}

function checked(parse: (written: string) => unknown): z.ZodString {
  return z.string().superRefine((written, context) => {
    try {
      parse(written);
    } catch (error) {
      if (!(error instanceof RateError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

function wholeSeconds(ms: number | undefined): number | undefined {
  return ms !== undefined && ms % SECOND === 0 ? ms / SECOND : undefined;
}
