import type { RejectionEvent } from '../../../policies/event.ts';

/** Kinds of records that must not take each other's place: who causes one kind is not to drown the others. */
export type RecordKind = 'anonymous' | 'identified' | 'shadow';

/** The kind of a rejection: kinds have shares of their own wherever rejections are kept. */
export function kindOf({ identity, shadow }: Pick<RejectionEvent, 'identity' | 'shadow'>): RecordKind {
  if (shadow) return 'shadow';
  return identity === undefined ? 'anonymous' : 'identified';
}
