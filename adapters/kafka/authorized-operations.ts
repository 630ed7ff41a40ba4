/**
 * The AuthorizedOperations of responses (KIP-430), made from the client's own rights: a broker sends
 * those of the gate. `sent` is what the broker sent; a client that did not ask is sent nothing.
 */
import { KAFKA_CLUSTER, type KafkaResourceType } from '../../policies/acl/kafka-operations.ts';
import { REFUSED } from '../../policies/decision.ts';
import { NOT_REQUESTED } from './error-codes.ts';
import type { Context } from './handler.ts';

/** The bit field of authorized operations (KIP-430) of the client in place of the broker's, where one was requested. */
export function ownOperations(
  { access }: Context,
  type: Exclude<KafkaResourceType, 'cluster'>,
  name: string,
  sent: number,
): number {
  return sent === NOT_REQUESTED ? sent : access.authorizedOperations(type, name);
}

/** 0 for a client that may not describe the cluster. */
export function ownClusterOperations({ access }: Context, sent: number): number {
  if (sent === NOT_REQUESTED) return sent;
  const described = access.authorize('describe', 'cluster', KAFKA_CLUSTER) > REFUSED;
  return described ? access.authorizedOperations('cluster', KAFKA_CLUSTER) : 0;
}
