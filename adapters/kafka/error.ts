import type { Cause } from '../../policies/causes.ts';

/**
 * The only error that codec and session throw about bytes they were given. Holds nothing of the
 * message but names of fields, positions and lengths.
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly why: Cause;

  constructor(why: Cause, message: string) {
    super(message);
    this.why = why;
  }
}

/** Bytes that break the grammar, or are not in its canonical form. */
export function malformed(message: string, position: number): KafkaError {
  return new KafkaError('malformed', `${message} at byte ${position}`);
}
