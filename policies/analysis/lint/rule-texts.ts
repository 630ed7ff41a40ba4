/** Texts that rules hold, with their places. */
import type { Effect } from '../../acl/rules.ts';

/** A text of a rule with its place in the configuration. */
export interface PlacedText {
  /** Path in the configuration. */
  readonly path: string;
  readonly text: string;
}

/** The texts of the keys that the rules of a section have; paths begin with that of the section. */
export function* ruleTexts<K extends string>(
  section: { readonly [effect in Effect]?: readonly { readonly [key in K]?: string }[] },
  keys: readonly K[],
  path: string,
): Generator<PlacedText> {
  for (const effect of ['allow', 'deny'] as const) {
    for (const [i, rule] of (section[effect] ?? []).entries()) {
      for (const key of keys) {
        const text = rule[key];
        if (text !== undefined) yield { path: `${path}.${effect}[${i}].${key}`, text };
      }
    }
  }
}
