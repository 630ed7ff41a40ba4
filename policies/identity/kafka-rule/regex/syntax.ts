import type { CharSet } from './char-set.ts';

/** A place between two characters that must be of a kind; takes no character. */
export type Assertion = 'start' | 'end' | 'boundary' | 'inside';

/** What a regular expression says. */
export type Expression =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  /** `index` counts capturing groups from 1; undefined: `(?:…)`. */
  | { readonly kind: 'group'; readonly index: number | undefined; readonly body: Expression }
  | Repeat;

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: Expression;
  readonly min: number;
  /** Infinity where there is no upper limit. */
  readonly max: number;
  readonly lazy: boolean;
  /** Written as `?`: Java treats it otherwise than `{0,1}` where the body takes no character. */
  readonly optional: boolean;
}

/** The expression cannot be taken; the message says why, for the one who wrote it. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
  /** Index in the expression, in UTF-16 units, from 0. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} (at character ${at + 1})`);
    this.at = at;
  }
}
