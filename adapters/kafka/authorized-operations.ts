/**
 * The AuthorizedOperations of answers (KIP-430), told from the client's own rights: a broker tells
 * those of the gate. `told` is what the broker said; a client that did not ask is told nothing.
 */
import { KAFKA_CLUSTER, type KafkaResourceType } from '../../policies/acl/kafka-operations.ts';
import { REFUSED } from '../../policies/decision.ts';
import { NOT_REQUESTED } from './error-codes.ts';
import type { Context } from './handler.ts';

export function ownOperations(
  { access }: Context,
  type: Exclude<KafkaResourceType, 'cluster'>,
  name: string,
  told: number,
): number {
  return told === NOT_REQUESTED ? told : access.authorizedOperations(type, name);
}

/** 0 for a client that may not describe the cluster. */
export function ownClusterOperations({ access }: Context, told: number): number {
  if (told === NOT_REQUESTED) return told;
  const described = access.authorize('describe', 'cluster', KAFKA_CLUSTER) > REFUSED;
  return described ? access.authorizedOperations('cluster', KAFKA_CLUSTER) : 0;
}
