/** Why the control connection was given up, or could not be made. */
export type FailureKind = keyof typeof FAILURE_KINDS;

export const FAILURE_KINDS = {
  dial: 'no TCP or TLS connection',
  closed: 'the broker closed the connection',
  deadline: 'no answer in time',
  malformed: 'an answer that breaks the protocol, or is larger than allowed',
  refused: 'the broker answered with an error, or speaks no version in common',
} as const;

/** A failure of the control connection, in words without secrets. */
export class ControlError extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
