import { KAFKA_CLUSTER, type KafkaOperation, type KafkaResourceType } from '../../policies/acl/kafka-operations.ts';
import { type Decision, PERMIT_SHADOW, PERMIT_UNGRANTED, type Permit, REFUSED } from '../../policies/decision.ts';
import type { Context } from './handler.ts';

/** Decides on one resource by its name: the permit, or REFUSED. */
export type Authorizer = (name: string) => Permit;

/**
 * Decides on each name once, and records each refusal once: as one that is answered with `code`, or in shadow.
 *
 * @param instead of a right that does as well: a name that is refused is decided as that is
 */
export function authorizer(
  context: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  code: number,
  instead: Permit = REFUSED,
): Authorizer {
  return authorizing(context, operation, type, code, instead, recordShadow);
}

/** The same of a response: what is in shadow was recorded with the request. */
export function reauthorizer(
  context: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  code: number,
): Authorizer {
  return authorizing(context, operation, type, code, REFUSED, () => {});
}

function authorizing(
  context: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  code: number,
  instead: Permit,
  onShadow: (context: Context, decision: Decision) => void,
): Authorizer {
  const known = new Map<string, Permit>();
  return (name) => {
    let permit = known.get(name);
    if (permit === undefined) {
      permit = permitFor(context, operation, type, name, instead);
      known.set(name, permit);
      if (permit === REFUSED) context.deny(context.access.explain(operation, type, name), code);
      else if (permit >= PERMIT_SHADOW) onShadow(context, context.access.explain(operation, type, name));
    }
    return permit;
  };
}

/** `decision`: an allow that names the refusal, or the refusal itself. */
function recordShadow(context: Context, decision: Decision): void {
  context.denyInShadow(decision.shadow ?? decision);
}

/**
 * Those of a list that the client is allowed to see; nothing is recorded about the others. In shadow nothing is left out; what
 * would be is one record, by the first.
 */
export function filterByAuthorized<T>(
  context: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  items: readonly T[],
  nameOf: (item: T) => string | null | undefined,
  instead: Permit = REFUSED,
): T[] {
  const hidden: string[] = [];
  const shown = items.filter((item) => {
    const name = nameOf(item);
    if (name === null || name === undefined) return false;
    const permit = permitFor(context, operation, type, name, instead);
    if (permit >= PERMIT_SHADOW) hidden.push(name);
    return permit > REFUSED;
  });
  const [first] = hidden;
  if (first !== undefined) {
    const decision = context.access.explain(operation, type, first);
    const { reason, ...refusal } = decision.shadow ?? decision;
    const more = hidden.length === 1 ? '' : ` (and ${hidden.length - 1} more of the list)`;
    context.denyInShadow({ ...refusal, reason: `not shown: ${reason}${more}` });
  }
  return shown;
}

/** Without a word about it: for what is recorded elsewhere. */
export function permitFor(
  { access }: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  name: string,
  instead: Permit = REFUSED,
): Permit {
  if (instead > REFUSED && instead < PERMIT_SHADOW) return instead;
  const own = access.authorize(operation, type, name);
  // Where no rule gives the other right, this one is refused by a deny that is enforced, which stands.
  return own === REFUSED && instead !== PERMIT_UNGRANTED ? instead : own;
}

/** Is the operation allowed? A refusal is not recorded. */
export function isAuthorized(
  context: Context,
  operation: KafkaOperation,
  type: KafkaResourceType,
  name: string,
): boolean {
  return permitFor(context, operation, type, name) > REFUSED;
}

/** A right to all resources of a type at once: to be taken instead of that to one. */
export function clusterPermit({ access }: Context, operation: KafkaOperation): Permit {
  return access.authorize(operation, 'cluster', KAFKA_CLUSTER);
}
