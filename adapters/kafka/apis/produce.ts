/**
 * Produce (KIP-98, KIP-516, KIP-951), decided in full: what scan/produce-scan.ts does not let
 * through at once. WRITE on each topic, and WRITE on the transactional id when a batch is
 * transactional. A partition whose records no broker would take is refused here: a broker leaves
 * null records unanswered for good.
 */
import { PERMIT_SESSION, type Permit, REFUSED } from '../../../policies/decision.ts';
import { rewriteEndpoints } from '../addresses.ts';
import { BATCH, type BatchHead, newBatchHead, readBatchHead } from '../codec/records.ts';
import { type ProduceRequest, type ProduceResponse, produce } from '../codec/schemas/produce.ts';
import { ERROR, ZERO_UUID } from '../error-codes.ts';
import type { Context, Handler, Outcome, Rewrite } from '../handler.ts';

type Topic = ProduceRequest['topicData'][number];
type TopicAnswer = ProduceResponse['responses'][number];
type PartitionAnswer = TopicAnswer['partitionResponses'][number];

/** From this version on answers may hold addresses of brokers (KIP-951). */
export const WITH_ENDPOINTS = 10;
const WITH_IDS = 13;

export const produceHandler: Handler<ProduceRequest, ProduceResponse> = {
  api: produce,
  request(context, { version }, body) {
    const names = namesOf(context, version, body.topicData);
    if (!(names instanceof Map)) return names;
    if (!mayTransact(context, body)) {
      const code = ERROR.transactionalIdAuthorizationFailed;
      return { kind: 'answer', body: { responses: body.topicData.map((topic) => refuseTopic(topic, code)) } };
    }
    return decide(context, version, body, names);
  },
  overLimit(_request, body) {
    if (body.acks === 0) return undefined;
    const responses = body.topicData.map((topic) => refuseTopic(topic, ERROR.throttlingQuotaExceeded));
    return { responses };
  },
};

/** Id -> name for a version with ids, else name -> name. Ids that were never looked up come first. */
function namesOf(
  context: Context,
  version: number,
  topics: readonly Topic[],
): Map<string, string | undefined> | Outcome<ProduceRequest, ProduceResponse> {
  const names = new Map<string, string | undefined>();
  const unknown: string[] = [];
  for (const topic of topics) {
    if (version < WITH_IDS) {
      names.set(keyOf(topic), topic.name);
      continue;
    }
    const id = topic.topicId ?? ZERO_UUID;
    const name = context.topology.nameOf(id);
    names.set(id, name);
    if (name === undefined && id !== ZERO_UUID && !context.topology.isUnknown(id, context.now)) unknown.push(id);
  }
  return unknown.length > 0 ? { kind: 'resolve', ids: unknown } : names;
}

function decide(
  context: Context,
  version: number,
  body: ProduceRequest,
  names: ReadonlyMap<string, string | undefined>,
): Outcome<ProduceRequest, ProduceResponse> {
  const kept: Topic[] = [];
  const refused: TopicAnswer[] = [];
  let permit: Permit = PERMIT_SESSION;
  let records = 0;
  for (const topic of body.topicData) {
    const name = names.get(keyOf(topic));
    if (name === undefined) {
      refused.push(refuseTopic(topic, ERROR.unknownTopicId));
      continue;
    }
    const granted = context.access.authorize('write', 'topic', name);
    if (!(granted > REFUSED)) {
      context.deny(context.access.explain('write', 'topic', name), ERROR.topicAuthorizationFailed);
      refused.push(refuseTopic(topic, ERROR.topicAuthorizationFailed));
      continue;
    }
    permit = granted;
    const sound = topic.partitionData.filter(isSound);
    const unsound = topic.partitionData.filter((partition) => !isSound(partition));
    for (const partition of sound) records += headOf(partition.records)?.recordsCount ?? 0;
    if (sound.length > 0) kept.push({ ...topic, partitionData: sound });
    if (unsound.length > 0) refused.push(refuseTopic({ ...topic, partitionData: unsound }, ERROR.invalidRecord));
  }
  const addresses = version >= WITH_ENDPOINTS ? rewriteEndpoints : undefined;
  if (refused.length === 0) return { kind: 'pass', permit, records, ...(addresses && { rewrite: addresses }) };
  if (kept.length === 0) return { kind: 'answer', body: { responses: refused } };
  const rewrite: Rewrite<ProduceResponse> = (now, response) => {
    rewriteEndpoints(now, response);
    return { ...response, responses: merge(response.responses, refused) };
  };
  return { kind: 'send', body: { ...body, topicData: kept }, permit, records, partial: true, rewrite };
}

/** Kafka looks at the first batch of each partition; with one that is transactional the whole request hangs on the id. */
function mayTransact(context: Context, body: ProduceRequest): boolean {
  const transactional = body.topicData.some(({ partitionData }) =>
    partitionData.some(({ records }) => ((headOf(records)?.attributes ?? 0) & BATCH.transactional) !== 0),
  );
  if (!transactional) return true;
  const id = body.transactionalId;
  if (id !== null && id !== undefined && context.access.authorize('write', 'transactionalId', id) > REFUSED)
    return true;
  const decision = context.access.explain('write', 'transactionalId', id ?? '');
  context.deny(decision, ERROR.transactionalIdAuthorizationFailed);
  return false;
}

const head = newBatchHead();

/** The batch's head when there is a whole one, sound or not. */
function headOf(records: Uint8Array | null): BatchHead | undefined {
  if (records === null || records.length < BATCH.headerSize) return undefined;
  readBatchHead(records as Buffer, 0, records.length, head);
  return head;
}

function isSound({ records }: { readonly records: Uint8Array | null }): boolean {
  return records !== null && readBatchHead(records as Buffer, 0, records.length, head) === BATCH.ok;
}

function keyOf(topic: { readonly name?: string; readonly topicId?: string }): string {
  return topic.topicId ?? topic.name ?? '';
}

function refuseTopic(topic: Topic, code: number): TopicAnswer {
  const { partitionData, ...which } = topic;
  return { ...which, partitionResponses: partitionData.map(({ index }) => refusePartition(index, code)) };
}

function refusePartition(index: number, errorCode: number): PartitionAnswer {
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
function merge(answered: readonly TopicAnswer[], refused: readonly TopicAnswer[]): TopicAnswer[] {
  const byKey = new Map<string, TopicAnswer>();
  for (const topic of [...answered, ...refused]) {
    const before = byKey.get(keyOf(topic));
    const partitionResponses = [...(before?.partitionResponses ?? []), ...topic.partitionResponses];
    byKey.set(keyOf(topic), { ...topic, partitionResponses });
  }
  return [...byKey.values()];
}
