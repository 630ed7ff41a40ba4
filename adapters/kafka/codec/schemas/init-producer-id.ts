import {
  bool,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  int64,
  nullable,
  since,
  string,
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Gives an idempotent or transactional producer its id and epoch (KIP-98). Version 6 (KIP-939) is
 * unstable: brokers do not offer it.
 *
 *     request   transactionalId transactionTimeoutMs producerId producerEpoch
 *     response  throttleTimeMs errorCode producerId producerEpoch
 *
 * (versions 0 to 5, flexible from 2; the notation is that of codec/schema.ts)
 */
export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexible: 2,
  request: [
    // null: idempotent only.
    string('transactionalId', nullable(), entity('transactionalId')),
    int32('transactionTimeoutMs'),
    int64('producerId', since(3), defaultsTo(-1n), entity('producerId')),
    int16('producerEpoch', since(3), defaultsTo(-1)),
    bool('enable2Pc', since(6)),
    bool('keepPreparedTxn', since(6)),
  ],
  response: [
    throttleTimeMs(),
    int16('errorCode'),
    int64('producerId', defaultsTo(-1n), entity('producerId')),
    int16('producerEpoch'),
    int64('ongoingTxnProducerId', since(6), defaultsTo(-1n), entity('producerId')),
    int16('ongoingTxnProducerEpoch', since(6), defaultsTo(-1)),
  ],
});

/** A request of InitProducerId, as decoded in any version: fields that a version lacks are absent or have their default. */
export type InitProducerIdRequest = RequestOf<typeof initProducerId>;
/** A response of InitProducerId; fields that a version lacks are left out when it is encoded. */
export type InitProducerIdResponse = ResponseOf<typeof initProducerId>;
