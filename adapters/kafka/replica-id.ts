import type { Api } from './codec/schema.ts';
import { KafkaError } from './error.ts';

/** The replica id of a request that no replica makes. */
const CONSUMER = -1;

/**
 * The request as that of a consumer; itself where it is one. -2 and -3 ask for more than a
 * consumer is shown, without being a replica: they are taken for -1.
 *
 * @throws KafkaError for the id of a replica: only brokers are that, and none comes through a gate
 */
export function asConsumer<Q extends { replicaId?: number }>(api: Api, body: Q): Q {
  const { replicaId = CONSUMER } = body;
  if (replicaId >= 0) throw new KafkaError('protocol-error', `${api.name} as replica ${replicaId}: only brokers may`);
  return replicaId === CONSUMER ? body : { ...body, replicaId: CONSUMER };
}
