import { KAFKA_CLUSTER, type KafkaOperation, type KafkaResourceType } from '../../policies/acl/kafka-operations.ts';
import { type Permit, REFUSED } from '../../policies/decision.ts';
import type { Context } from './handler.ts';

/** Decides on one resource by its name: the permit, or REFUSED. */
export type Judge = (name: string) => Permit;

/** Decides on each name once, and records each refusal once: as one that is answered with `code`. */
export function judge(context: Context, operation: KafkaOperation, type: KafkaResourceType, code: number): Judge {
  const known = new Map<string, Permit>();
  return (name) => {
    let permit = known.get(name);
    if (permit === undefined) {
      permit = context.access.authorize(operation, type, name);
      known.set(name, permit);
      if (permit === REFUSED) context.deny(context.access.explain(operation, type, name), code);
    }
    return permit;
  };
}

/** Is it allowed, without a word about it if not? For what is filtered silently and for rights that are alternatives. */
export function may({ access }: Context, operation: KafkaOperation, type: KafkaResourceType, name: string): boolean {
  return access.authorize(operation, type, name) > REFUSED;
}

export function mayOnCluster(context: Context, operation: KafkaOperation): boolean {
  return may(context, operation, 'cluster', KAFKA_CLUSTER);
}
