/** What the members of a group ask: READ on the group is all it takes. */
import { type Permit, REFUSED } from '../../policies/decision.ts';
import type { ApiReference } from './api-reference.ts';
import { authorizer } from './authorize.ts';
import { ERROR } from './error-codes.ts';
import type { Context } from './handler.ts';

/** What the documentation says of them. */
export const MEMBER_REFERENCE = {
  rights: [['read', 'group', 'the group']],
  refusals: [[30, 'the request']],
} as const satisfies Omit<ApiReference, 'notes'>;

/** A permit, or REFUSED: then that is recorded, as answered with 30. */
export function readGroup(context: Context, groupId: string): Permit {
  return authorizer(context, 'read', 'group', ERROR.groupAuthorizationFailed)(groupId);
}

/** Those outcomes of a handler that need no rewriting. */
type Decided<R> = { readonly kind: 'pass'; readonly permit: Permit } | { readonly kind: 'respond'; readonly body: R };

/** @param refusal the response to a client that may not read the group */
export function asMember<R>(context: Context, groupId: string, refusal: R): Decided<R> {
  const permit = readGroup(context, groupId);
  return permit === REFUSED ? { kind: 'respond', body: refusal } : { kind: 'pass', permit };
}
