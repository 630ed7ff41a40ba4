/**
 * Produce (KIP-98, KIP-516, KIP-951), decided in full: what scan/produce-scan.ts does not let
 * through at once. WRITE on each topic, and WRITE on the transactional id when a batch is
 * transactional. A partition whose records no broker would take is refused here: a broker leaves
 * null records unanswered for good.
 */
import { REFUSED } from '../../../policies/decision.ts';
import { rewriteEndpoints } from '../addresses.ts';
import { authorizer } from '../authorize.ts';
import { authorizeTopics, topicIdsOf, topicNameOf } from '../authorized-topics.ts';
import { BATCH, type BatchHead, newBatchHead, readBatchHead } from '../codec/records.ts';
import { type ProduceRequest, type ProduceResponse, produce } from '../codec/schemas/produce.ts';
import { ERROR } from '../error-codes.ts';
import type { Context, Handler, Outcome, Rewrite } from '../handler.ts';
import { unresolvedIds } from '../topic-look-up.ts';

type Topic = ProduceRequest['topicData'][number];
type Partition = Topic['partitionData'][number];
type TopicResponse = ProduceResponse['responses'][number];
type PartitionResponse = TopicResponse['partitionResponses'][number];

/** From this version on answers may hold addresses of brokers (KIP-951). */
export const WITH_ENDPOINTS = 10;

export const produceHandler: Handler<ProduceRequest, ProduceResponse> = {
  api: produce,
  reference: {
    rights: [
      ['write', 'topic', 'each topic'],
      ['write', 'transactionalId', 'the transactional id, when a batch is transactional'],
    ],
    refusals: [
      [29, 'the topic'],
      [53, 'every topic of the request'],
      [87, 'a partition whose records are not one whole batch of the current format'],
      [100, 'an unknown topic id'],
    ],
    notes:
      'Allowed partitions are forwarded without the others. With `acks=0` there is no response: a refusal closes the connection. Addresses of leaders are those of the gate.',
  },
  request(context, { version }, body) {
    const unknown = unresolvedIds(context, topicIdsOf(body.topicData));
    if (unknown.length > 0) return { kind: 'resolve', ids: unknown };
    if (mayTransact(context, body)) return decide(context, version, body);
    const code = ERROR.transactionalIdAuthorizationFailed;
    return { kind: 'respond', body: { responses: body.topicData.map((topic) => refuseTopic(topic, code)) } };
  },
  overLimit(_request, body) {
    if (body.acks === 0) return undefined;
    const responses = body.topicData.map((topic) => refuseTopic(topic, ERROR.throttlingQuotaExceeded));
    return { responses };
  },
};

function decide(context: Context, version: number, body: ProduceRequest): Outcome<ProduceRequest, ProduceResponse> {
  const mayWrite = authorizer(context, 'write', 'topic', ERROR.topicAuthorizationFailed);
  const nameOf = (topic: Topic) => topicNameOf(context, topic);
  const { kept, refused, permit } = authorizeTopics(body.topicData, nameOf, mayWrite, refuseTopic);
  const sound: Topic[] = [];
  const answers = [...refused];
  let records = 0;
  for (const topic of kept) {
    const good: Partition[] = [];
    const bad: Partition[] = [];
    for (const partition of topic.partitionData) {
      if (isSound(partition)) {
        good.push(partition);
        // `isSound` has read the head.
        records += head.recordsCount;
      } else {
        bad.push(partition);
      }
    }
    if (good.length > 0) sound.push({ ...topic, partitionData: good });
    if (bad.length > 0) answers.push(refuseTopic({ ...topic, partitionData: bad }, ERROR.invalidRecord));
  }
  if (answers.length === 0) {
    return { kind: 'pass', permit, records, ...(version >= WITH_ENDPOINTS ? { rewrite: rewriteEndpoints } : {}) };
  }
  if (sound.length === 0) return { kind: 'respond', body: { responses: answers } };
  const rewrite: Rewrite<ProduceResponse> = (now, response) => {
    rewriteEndpoints(now, response);
    return { ...response, responses: merge(response.responses, answers) };
  };
  return { kind: 'send', body: { ...body, topicData: sound }, permit, records, partial: true, rewrite };
}

/** Kafka looks at the first batch of each partition; with one that is transactional the whole request hangs on the id. */
function mayTransact(context: Context, body: ProduceRequest): boolean {
  const transactional = body.topicData.some(({ partitionData }) =>
    partitionData.some(({ records }) => ((headOf(records)?.attributes ?? 0) & BATCH.transactional) !== 0),
  );
  if (!transactional) return true;
  const id = body.transactionalId;
  const code = ERROR.transactionalIdAuthorizationFailed;
  if (id !== null && id !== undefined) return authorizer(context, 'write', 'transactionalId', code)(id) > REFUSED;
  context.deny(context.access.explain('write', 'transactionalId', ''), code);
  return false;
}

const head = newBatchHead();

/** The batch's head when there is a whole one, sound or not. */
function headOf(records: Uint8Array | null): BatchHead | undefined {
  if (records === null || records.length < BATCH.headerSize) return undefined;
  readBatchHead(records as Buffer, 0, records.length, head);
  return head;
}

function isSound({ records }: Partition): boolean {
  return records !== null && readBatchHead(records as Buffer, 0, records.length, head) === BATCH.ok;
}

function keyOf(topic: { readonly name?: string; readonly topicId?: string }): string {
  return topic.topicId ?? topic.name ?? '';
}

function refuseTopic(topic: Topic, code: number): TopicResponse {
  const { partitionData, ...which } = topic;
  return { ...which, partitionResponses: partitionData.map(({ index }) => refusePartition(index, code)) };
}

function refusePartition(index: number, errorCode: number): PartitionResponse {
  return {
    index,
    errorCode,
    baseOffset: -1n,
    logAppendTimeMs: -1n,
    logStartOffset: -1n,
    recordErrors: [],
    errorMessage: null,
  };
}

/** One entry for each topic, as brokers answer. */
function merge(answered: readonly TopicResponse[], refused: readonly TopicResponse[]): TopicResponse[] {
  const byKey = new Map<string, TopicResponse>();
  for (const topic of [...answered, ...refused]) {
    const before = byKey.get(keyOf(topic));
    const partitionResponses = [...(before?.partitionResponses ?? []), ...topic.partitionResponses];
    byKey.set(keyOf(topic), { ...topic, partitionResponses });
  }
  return [...byKey.values()];
}
