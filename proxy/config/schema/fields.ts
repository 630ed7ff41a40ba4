/**
 * The kinds of values a configuration is made of. Each takes what a user writes and gives what
 * the model wants, and carries the words that documentation and problems use for it (`.meta`).
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { parseByteRate, parseDuration, parseRate, RateError } from '../../../policies/limits/rate.ts';
import { durationText, readDuration, readHostPort, readRange, readSize, sizeText } from '../units.ts';

/** What a field tells about itself beyond zod's own description. */
export interface FieldMeta {
  /** With an article: `a duration such as 10s`. */
  readonly type?: string;
  /** Bounds in words. */
  readonly limits?: string;
  /** The value may hold `${env:NAME}` and `${file:PATH}`. */
  readonly substitutes?: boolean;
  /** The value is never shown. */
  readonly secret?: boolean;
  /** The value names a file. */
  readonly path?: boolean;
}

const meta = (facts: FieldMeta): FieldMeta & Record<string, unknown> => ({ ...facts });

/** A closed group of keys. */
export function section<const S extends z.core.$ZodShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape);
}

/** A name that other keys refer to: a path in a problem must stay readable, so no dots and brackets. */
export function name(): z.ZodString {
  return z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      'a name has 1 to 64 letters, digits, "-" and "_" and begins with a letter or digit',
    )
    .meta(meta({ type: 'a name', limits: '1 to 64 of A-Z a-z 0-9 - _' }));
}

/** Free text without control characters. */
export function text(type: string, max = 1024): z.ZodString {
  return (
    z
      .string()
      .min(1)
      .max(max)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'holds a control character')
      .meta(meta({ type }))
  );
}

/** A value to keep out of the file: `${env:NAME}` or `${file:PATH}`. */
export function secret(type: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(65_535)
    .meta(meta({ type, secret: true, substitutes: true }));
}

/** Text that may come from the environment or a file without being a secret of the first order. */
export function substituted(type: string): z.ZodString {
  return text(type).meta(meta({ type, substitutes: true }));
}

/** A file name, relative to the configuration file. */
export function path(type: string): z.ZodString {
  return (
    z
      .string()
      .min(1)
      .max(4096)
      .refine((value) => !value.includes('-----BEGIN'), {
        error: 'is the content of a file; the name of the file belongs here',
        abort: true,
      })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'holds a control character')
      .meta(meta({ type, path: true }))
  );
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Milliseconds in the model. */
export function duration(bounds: Bounds): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return bounded(readDuration, durationText, bounds, 'a duration such as 500ms, 10s or 5min');
}

/** Whole seconds in the model; written as a duration all the same. */
export function seconds(bounds: Bounds): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return bounded(
    (written) => wholeSeconds(readDuration(written)),
    (value) => durationText(value * 1000),
    bounds,
    'a duration in whole seconds such as 90s, 20min or 1h',
  );
}

/** Bytes in the model. */
export function size(bounds: Bounds): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return bounded(readSize, sizeText, bounds, 'a size such as 512B, 256KiB or 1MiB');
}

export function count(bounds: Bounds): z.ZodNumber {
  return z
    .int()
    .min(bounds.min)
    .max(bounds.max)
    .meta(meta({ type: 'a whole number', limits: `${bounds.min} to ${bounds.max}` }));
}

export function flag(): z.ZodBoolean {
  return z.boolean().meta(meta({ type: 'true or false' }));
}

export function choice<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words).meta(meta({ type: words.length === 1 ? words[0] : `one of ${words.join(', ')}` }));
}

/** An address to listen on. Port 0: the system chooses one. */
export function listenAddress() {
  const type = 'an address such as 0.0.0.0:8883, "[::]:8883" or localhost:9901';
  return z
    .string()
    .transform((written, context) => {
      const address = readHostPort(written);
      if (address === undefined) return refuse(context, `must be ${type}`, listenFix(written));
      if (isIP(address.host) === 0 && address.host !== 'localhost') {
        return refuse(
          context,
          'the host to listen on must be an IP address or localhost',
          'use 0.0.0.0 for every IPv4 address of this machine, "[::]" for IPv6',
        );
      }
      return address;
    })
    .meta(meta({ type, limits: 'port 0 to 65535; 0: the system chooses' }));
}

/** An address to connect to. */
export function dialAddress() {
  const type = 'an address such as mosquitto:1883, 10.0.0.5:8883 or "[fd00::5]:1883"';
  return z
    .string()
    .transform((written, context) => {
      const address = readHostPort(written);
      if (address === undefined)
        return refuse(context, `must be ${type}`, /:\d+$/.test(written) ? undefined : 'add the port: host:port');
      if (address.port === 0) return refuse(context, 'port 0 cannot be connected to');
      return address;
    })
    .meta(meta({ type, limits: 'port 1 to 65535' }));
}

/** A range of addresses; `ip/prefix` in the model. */
export function range() {
  const type = 'a range of addresses such as 10.0.0.0/8, fd00::/8 or 192.0.2.7';
  return z
    .string()
    .transform((written, context) => readRange(written) ?? refuse(context, `must be ${type}`))
    .meta(meta({ type }));
}

/** A rate such as `50/s`; stays text in the model. */
export function rate(): z.ZodString {
  return checked(parseRate).meta(meta({ type: 'a rate such as 50/s, 6/min or 100/h' }));
}

export function byteRate(): z.ZodString {
  return checked(parseByteRate).meta(meta({ type: 'a rate of bytes such as 64KiB/s or 20MiB/s' }));
}

/** A duration that the policy reads; stays text in the model. */
export function policyDuration(): z.ZodString {
  return checked(parseDuration).meta(meta({ type: 'a duration such as 500ms, 5s or 1min' }));
}

/** A list that may be written as its only element. */
export function oneOrMany<T extends z.ZodType>(item: T, max: number) {
  return z.preprocess(
    (value) => (value === undefined || value === null || Array.isArray(value) ? value : [value]),
    z
      .array(item)
      .min(1)
      .max(max)
      .meta(meta({ limits: `1 to ${max}` })),
  );
}

/** A list, possibly empty. */
export function list<T extends z.ZodType>(item: T, max: number, min = 0) {
  return z.array(item).min(min).max(max);
}

/** Exactly one (or at most one) of `keys` may be there; looked at whatever else is wrong. */
export function oneOf<S extends z.ZodObject>(object: S, keys: readonly string[], least: 0 | 1 = 1): S {
  const words = keys.map((key) => `"${key}"`).join(', ');
  const there = (value: unknown): number => keys.filter((key) => Object.hasOwn(value as object, key)).length;
  return object
    .refine((value) => there(value) <= 1, { when: isObject, error: `only one of ${words} may be given` })
    .refine((value) => there(value) >= least, { when: isObject, error: `one of ${words} is needed` }) as S;
}

/** Both keys or neither. */
export function together<S extends z.ZodObject>(object: S, a: string, b: string): S {
  return object.refine((value) => Object.hasOwn(value, a) === Object.hasOwn(value, b), {
    when: isObject,
    error: `"${a}" and "${b}" belong together: give both or neither`,
  }) as S;
}

/** Ends a transform with a problem and, where there is one, its fix. */
export function refuse(context: z.RefinementCtx, message: string, fix?: string): never {
  context.addIssue(fix === undefined ? { code: 'custom', message } : { code: 'custom', message, params: { fix } });
  return z.NEVER;
}

function bounded(
  read: (written: string) => number | undefined,
  show: (value: number) => string,
  { min, max }: Bounds,
  type: string,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
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
  return ms !== undefined && ms % 1000 === 0 ? ms / 1000 : undefined;
}

function listenFix(written: string): string | undefined {
  const port = /^:?(\d{1,5})$/.exec(written)?.[1];
  return port === undefined ? undefined : `write 0.0.0.0:${port}`;
}

function isObject(payload: { value: unknown }): boolean {
  return typeof payload.value === 'object' && payload.value !== null;
}
