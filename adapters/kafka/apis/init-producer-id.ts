/**
 * InitProducerId (KIP-98, KIP-360): WRITE on the transactional id. Without one: IDEMPOTENT_WRITE
 * on the cluster, or WRITE on any topic at all (KIP-679).
 */
import { KAFKA_CLUSTER } from '../../../policies/acl/kafka-operations.ts';
import { REFUSED } from '../../../policies/decision.ts';
import { authorizer } from '../authorize.ts';
import {
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  initProducerId,
} from '../codec/schemas/init-producer-id.ts';
import { ERROR } from '../error-codes.ts';
import type { Context, Handler, Outcome } from '../handler.ts';

type Decided = Outcome<InitProducerIdRequest, InitProducerIdResponse>;

export const initProducerIdHandler: Handler<InitProducerIdRequest, InitProducerIdResponse> = {
  api: initProducerId,
  reference: {
    rights: [
      ['write', 'transactionalId', 'the transactional id; without an id'],
      ['write', 'topic', 'any topic, or'],
      ['idempotentWrite', 'cluster', 'the cluster'],
    ],
    refusals: [
      [53, 'a request with a transactional id'],
      [31, 'a request without one'],
    ],
    notes: '',
  },
  request(context, _request, { transactionalId }) {
    return transactionalId === null ? idempotent(context) : transactional(context, transactionalId);
  },
};

function transactional(context: Context, transactionalId: string): Decided {
  const code = ERROR.transactionalIdAuthorizationFailed;
  const permit = authorizer(context, 'write', 'transactionalId', code)(transactionalId);
  return permit === REFUSED ? refuse(code) : { kind: 'pass', permit };
}

function idempotent(context: Context): Decided {
  const { access } = context;
  const code = ERROR.clusterAuthorizationFailed;
  const byTopic = access.authorizeByType('write', 'topic');
  const permit = authorizer(context, 'idempotentWrite', 'cluster', code, byTopic)(KAFKA_CLUSTER);
  return permit === REFUSED ? refuse(code) : { kind: 'pass', permit };
}

function refuse(errorCode: number): Decided {
  return { kind: 'respond', body: { errorCode, producerId: -1n, producerEpoch: -1 } };
}
