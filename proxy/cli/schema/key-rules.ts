/**
 * Rules about which keys of a section go together, as JSON Schema. They are functions in the
 * schema, so they are asked: which keys they look at, and which combinations of these they allow.
 */
import type * as z from 'zod';

type Rule = (value: object) => boolean;

/** 2 to the power of this many combinations are asked. */
const MAX_KEYS = 10;

interface Combination {
  readonly required?: readonly string[];
  readonly not?: { readonly anyOf: readonly { readonly required: readonly string[] }[] };
}

/** The allowed combinations, one of which must hold; undefined where the section has no such rule. */
export function keyCombinations(section: z.core.$ZodType): Combination[] | undefined {
  const rules = rulesOf(section);
  if (rules.length === 0) return undefined;
  const keys = askedKeys(rules);
  return subsets(keys)
    .filter((there) => rules.every((rule) => rule(withKeys(there))))
    .map((there) =>
      combination(
        there,
        keys.filter((key) => !there.includes(key)),
      ),
    );
}

function rulesOf(section: z.core.$ZodType): Rule[] {
  const checks = (section._zod.def as { checks?: readonly z.core.$ZodCheck[] }).checks ?? [];
  return checks.flatMap(({ _zod: { def } }) => ('fn' in def && typeof def.fn === 'function' ? [def.fn as Rule] : []));
}

/** Which keys are asked for may depend on those that are there, so it is repeated until no new one comes up. */
function askedKeys(rules: readonly Rule[]): string[] {
  const asked = new Set<string>();
  let before = -1;
  while (asked.size > before) {
    before = asked.size;
    for (const there of subsets([...asked])) for (const rule of rules) rule(observed(there, asked));
    if (asked.size > MAX_KEYS) throw new RangeError(`a rule of the schema is about more than ${MAX_KEYS} keys`);
  }
  return [...asked];
}

function observed(keys: readonly string[], asked: Set<string>): object {
  return new Proxy(withKeys(keys), {
    getOwnPropertyDescriptor: (target, key) => {
      asked.add(String(key));
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

function withKeys(keys: readonly string[]): object {
  return Object.fromEntries(keys.map((key) => [key, true]));
}

function subsets(keys: readonly string[]): string[][] {
  return keys.reduce<string[][]>((all, key) => all.flatMap((some) => [some, [...some, key]]), [[]]);
}

function combination(there: readonly string[], absent: readonly string[]): Combination {
  return {
    ...(there.length === 0 ? {} : { required: there }),
    ...(absent.length === 0 ? {} : { not: { anyOf: absent.map((key) => ({ required: [key] })) } }),
  };
}
