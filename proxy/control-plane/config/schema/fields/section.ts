/** Groups of keys and lists, and what ties the keys of a group together. */
import * as z from 'zod';
import { meta } from './meta.ts';

/** A closed group of keys. */
export function section<const S extends z.core.$ZodShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape);
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

/** A value that may be written alone, or as a section that says more beside it. */
export function shortOrFull<T extends z.ZodType, S extends z.ZodObject>(short: T, full: S, type: string) {
  return z.union([short, full]).meta(meta({ type: `${type}, or a section` }));
}

/** Exactly one (or at most one) of `keys` may be there; looked at whatever else is wrong. */
export function oneOf<S extends z.ZodObject>(object: S, keys: readonly string[], least: 0 | 1 = 1): S {
  const message = keys.map((key) => `"${key}"`).join(', ');
  return keysObey(object, (has) => {
    const there = keys.filter(has).length;
    if (there > 1) return `only one of ${message} may be given`;
    return there < least ? `one of ${message} is needed` : undefined;
  });
}

/** Both keys or neither. */
export function together<S extends z.ZodObject>(object: S, a: string, b: string): S {
  return keysObey(object, (has) =>
    has(a) === has(b) ? undefined : `"${a}" and "${b}" belong together: give both or neither`,
  );
}

/** Holds the keys that are there against `rule`, whatever else is wrong; its answer is the problem in words. */
export function keysObey<S extends z.ZodObject>(
  object: S,
  rule: (has: (key: string) => boolean) => string | undefined,
): S {
  const problem = (value: unknown): string | undefined => rule((key) => Object.hasOwn(value as object, key));
  return object.refine((value) => problem(value) === undefined, {
    when: isObject,
    error: ({ input }) => problem(input),
  }) as S;
}

function isObject(payload: { value: unknown }): boolean {
  return typeof payload.value === 'object' && payload.value !== null;
}
