import type { Cause } from '../../policies/causes.ts';

/**
 * The only error that codec and session throw about bytes they were given. Holds nothing of the
 * message but names of fields, positions and lengths.
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly why: Cause;

  constructor(why: Cause, words: string) {
    super(words);
    this.why = why;
  }
}

/** Bytes that break the grammar, or are not in its canonical form. */
export function malformed(words: string, position: number): KafkaError {
  return new KafkaError('malformed', `${words} at byte ${position}`);
}
