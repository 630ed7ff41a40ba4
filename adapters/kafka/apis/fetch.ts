/**
 * Fetch (KIP-227, KIP-516, KIP-951): READ on each topic, when it is asked and again when the
 * answer passes. Fetch sessions are kept from the broker: it would not know whose they are, so
 * every request goes on as a full one and no session is ever offered.
 */
import { KAFKA_CLUSTER } from '../../../policies/acl/kafka-operations.ts';
import { REFUSED } from '../../../policies/decision.ts';
import { rewriteEndpoints } from '../addresses.ts';
import { authorizer } from '../authorize.ts';
import { authorizeTopics } from '../authorized-topics.ts';
import { type FetchRequest, type FetchResponse, fetch } from '../codec/schemas/fetch.ts';
import { ERROR, ZERO_UUID } from '../error-codes.ts';
import type { Context, Handler, Int32Field, Outcome, Rewrite } from '../handler.ts';
import { unresolvedIds } from '../topic-look-up.ts';

type Topic = FetchRequest['topics'][number];
type TopicResponse = FetchResponse['responses'][number];
type PartitionResponse = TopicResponse['partitions'][number];

const WITH_SESSIONS = 7;
const WITH_IDS = 13;
const WITH_REPLICA_STATE = 15;
/** Session id of a Fetch outside any fetch session (KIP-227). */
export const NO_SESSION = 0;
/** The epoch of a request outside of any session. */
export const SESSIONLESS = -1;
const CONSUMER = -1;

const sessionAt = (offset: number): readonly Int32Field[] => [
  [offset, NO_SESSION],
  [offset + 4, SESSIONLESS],
];
const SESSION_FIELDS = { none: [], behindReplicaId: sessionAt(17), first: sessionAt(13) } as const;

export const fetchHandler: Handler<FetchRequest, FetchResponse> = {
  api: fetch,
  reference: {
    rights: [['read', 'topic', 'each topic, of the request and again of the response']],
    refusals: [
      [29, 'the topic'],
      [70, 'a fetch session of the client'],
      [100, 'an unknown topic id'],
    ],
    notes: 'No fetch session is granted. A Fetch as a replica gets 29. Addresses of leaders are those of the gate.',
  },
  request(context, { version }, body) {
    if (isFollower(body)) return refuseFollower(context, body);
    if (version >= WITH_SESSIONS && (body.sessionEpoch ?? SESSIONLESS) > 0) {
      return {
        kind: 'respond',
        body: { errorCode: ERROR.fetchSessionIdNotFound, sessionId: NO_SESSION, responses: [] },
      };
    }
    const unknown = version < WITH_IDS ? [] : unresolvedIds(context, new Set(body.topics.map(idOf)));
    return unknown.length > 0 ? { kind: 'resolve', ids: unknown } : decide(context, version, body);
  },
};

function isFollower(body: FetchRequest): boolean {
  return (body.replicaState?.replicaId ?? body.replicaId ?? CONSUMER) >= 0;
}

/**
 * Followers read what is not committed yet, and are brokers: whoever says to be one is refused as Kafka refuses
 * those without CLUSTER_ACTION, whatever the policy says.
 */
function refuseFollower(context: Context, body: FetchRequest): Outcome<FetchRequest, FetchResponse> {
  const decision = context.access.explain('clusterAction', 'cluster', KAFKA_CLUSTER);
  const reason = 'a Fetch as the replica of a broker: only brokers do that, and none comes through here';
  context.deny({ ...decision, verdict: 'deny', cause: 'denied', reason }, ERROR.topicAuthorizationFailed);
  const responses = body.topics.map((topic) => refuseTopic(topic, ERROR.topicAuthorizationFailed));
  return { kind: 'respond', body: { sessionId: NO_SESSION, responses } };
}

function decide(context: Context, version: number, body: FetchRequest): Outcome<FetchRequest, FetchResponse> {
  const nameOf = (topic: Topic) => (version < WITH_IDS ? topic.topic : context.topology.nameOf(idOf(topic)));
  const mayRead = authorizer(context, 'read', 'topic', ERROR.topicAuthorizationFailed);
  const { kept, refused, permit } = authorizeTopics(body.topics, nameOf, mayRead, refuseTopic);
  const partial = refused.length > 0;
  if (kept.length === 0 && partial) return { kind: 'respond', body: { sessionId: NO_SESSION, responses: refused } };
  const rewrite = partial ? rewriteWith(refused) : rewriteAllowed;
  if (!partial && isConsumers(body)) {
    return { kind: 'pass', permit, rewrite, scan: true, overwritten: withoutSession(version) };
  }
  return { kind: 'send', body: sessionless(body, kept), permit, rewrite, scan: !partial, partial };
}

/** Topics that were refused stand behind those that the broker answers for. */
function rewriteWith(refused: readonly TopicResponse[]): Rewrite<FetchResponse> {
  return (now, response) => {
    rewriteEndpoints(now, response);
    const responses = [...response.responses.map((topic) => readable(now, topic)), ...refused];
    return { ...response, sessionId: NO_SESSION, responses };
  };
}

/** Of a request of which nothing was refused. */
export const rewriteAllowed = rewriteWith([]);

/** Nothing in it but its session is other than a consumer's full request has it. */
function isConsumers({ clusterId, replicaState, replicaId, forgottenTopicsData }: FetchRequest): boolean {
  const consumer = (replicaId ?? CONSUMER) === CONSUMER && replicaState === undefined && (clusterId ?? null) === null;
  return consumer && (forgottenTopicsData ?? []).length === 0;
}

/** The fields of the session: behind replica id (up to version 14), maximal wait, two limits on bytes, isolation level. */
function withoutSession(version: number): readonly Int32Field[] {
  if (version < WITH_SESSIONS) return SESSION_FIELDS.none;
  return version < WITH_REPLICA_STATE ? SESSION_FIELDS.behindReplicaId : SESSION_FIELDS.first;
}

/** The request as a consumer's that has no session. */
function sessionless(body: FetchRequest, topics: readonly Topic[]): FetchRequest {
  const { clusterId: _cluster, replicaState: _replica, ...rest } = body;
  return {
    ...rest,
    replicaId: CONSUMER,
    sessionId: NO_SESSION,
    sessionEpoch: SESSIONLESS,
    topics,
    forgottenTopicsData: [],
  };
}

/** The topic as it is, or refused when the policy changed while the broker waited for records. */
function readable(context: Context, topic: TopicResponse): TopicResponse {
  const name = topic.topicId === undefined ? topic.topic : context.topology.nameOf(topic.topicId);
  if (name !== undefined && context.access.authorize('read', 'topic', name) > REFUSED) return topic;
  if (name !== undefined) context.deny(context.access.explain('read', 'topic', name), ERROR.topicAuthorizationFailed);
  const partitions = topic.partitions.map(({ partitionIndex }) =>
    refusePartition(partitionIndex, ERROR.topicAuthorizationFailed),
  );
  return { ...topic, partitions };
}

function idOf(topic: Topic): string {
  return topic.topicId ?? ZERO_UUID;
}

function refuseTopic(topic: Topic, code: number): TopicResponse {
  const { partitions, ...which } = topic;
  return { ...which, partitions: partitions.map(({ partition }) => refusePartition(partition, code)) };
}

function refusePartition(partitionIndex: number, errorCode: number): PartitionResponse {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1n,
    lastStableOffset: -1n,
    logStartOffset: -1n,
    abortedTransactions: [],
    preferredReadReplica: -1,
    records: EMPTY,
  };
}

const EMPTY = new Uint8Array(0);
