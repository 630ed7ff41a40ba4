/**
 * Metadata (KIP-4, KIP-430, KIP-516): DESCRIBE on each topic. Brokers have the gate's
 * addresses. Topics come into being through it only where the operator lets them, and only for
 * clients that may create every topic that they ask for.
 */
import { PERMIT_SESSION, REFUSED } from '../../../policies/decision.ts';
import { advertiseAll } from '../addresses.ts';
import {
  type Authorizer,
  authorizer,
  clusterPermit,
  filterByAuthorized,
  permitFor,
  reauthorizer,
} from '../authorize.ts';
import { ownClusterOperations } from '../authorized-operations.ts';
import { type MetadataRequest, type MetadataResponse, metadata } from '../codec/schemas/metadata.ts';
import { ERROR, ZERO_UUID } from '../error-codes.ts';
import type { Context, Handler, Outcome, Rewrite } from '../handler.ts';
import { hiddenTopic, rewriteOperations, withoutDescription } from '../topic-description.ts';
import { unresolvedIds } from '../topic-look-up.ts';

type Topic = NonNullable<MetadataRequest['topics']>[number];
type TopicResponse = MetadataResponse['topics'][number];
type Decided = Outcome<MetadataRequest, MetadataResponse>;

/** The first version that can say whether missing topics are to be created: before, they are. */
const WITH_CREATION_FLAG = 4;
const WITH_IDS = 12;

export const metadataHandler: Handler<MetadataRequest, MetadataResponse> = {
  api: metadata,
  reference: {
    rights: [
      ['describe', 'topic', 'each topic'],
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic, with `autoCreateTopics`, if the client wants missing ones created'],
      ['describe', 'cluster', 'the cluster, for the authorized operations on it'],
    ],
    refusals: [
      [29, 'the topic, whether it exists or not'],
      [42, 'a topic without a name, or with an id before version 12'],
      [100, 'an unknown topic id'],
      [-1, 'a topic without name and id'],
    ],
    notes:
      'Brokers have addresses of the gate, “all topics” are those with the right to describe, authorized operations are the client’s own.',
  },
  request(context, { version }, body) {
    const { topics } = body;
    if (topics === null || (version === 0 && topics.length === 0)) {
      return { kind: 'pass', permit: PERMIT_SESSION, rewrite: rewriteAll };
    }
    const ids = new Set(topics.flatMap(({ topicId = ZERO_UUID }) => (topicId === ZERO_UUID ? [] : [topicId])));
    const unnamed = topics.some(({ name }) => name === null);
    if (version < WITH_IDS && (ids.size > 0 || unnamed)) return fail(topics, ERROR.invalidRequest);
    if (ids.size > 0) return byId(context, body, topics, ids);
    return unnamed ? fail(topics, ERROR.unknownServerError) : byName(context, version, body, topics);
  },
};

/** All topics that the client may describe; nothing hints at the others. */
function rewriteAll(context: Context, response: MetadataResponse): MetadataResponse {
  rewriteCluster(context, response);
  response.topics = filterByAuthorized(context, 'describe', 'topic', response.topics, ({ name }) => name);
  for (const topic of response.topics) rewriteOperations(context, topic);
  return response;
}

/** With one id in it all names in a request count for nothing. */
function byId(context: Context, body: MetadataRequest, topics: readonly Topic[], ids: ReadonlySet<string>): Decided {
  const unresolved = unresolvedIds(context, ids);
  if (unresolved.length > 0) return { kind: 'resolve', ids: unresolved };
  const describe = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
  const kept: Topic[] = [];
  const unknown: TopicResponse[] = [];
  const hidden: TopicResponse[] = [];
  for (const topicId of ids) {
    const name = context.topology.nameOf(topicId);
    if (name === undefined) unknown.push(withoutDescription(ERROR.unknownTopicId, null, topicId));
    else if (describe(name) === REFUSED) hidden.push(withoutDescription(ERROR.topicAuthorizationFailed, null, topicId));
    else kept.push({ topicId, name: null });
  }
  const rewrite: Rewrite<MetadataResponse> = (now, response) => {
    rewriteCluster(now, response);
    const describeNow = reauthorizer(now, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const sent = response.topics.map((topic) => {
      return visible(now, describeNow, topic)
        ? topic
        : withoutDescription(ERROR.topicAuthorizationFailed, null, topic.topicId);
    });
    response.topics = [...unknown, ...sent, ...hidden];
    return response;
  };
  const asItIs = kept.length === topics.length && topics.every(({ name }) => name === null);
  if (asItIs) return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
  const changed = { ...body, topics: kept, allowAutoTopicCreation: false };
  return { kind: 'send', body: changed, permit: PERMIT_SESSION, rewrite, partial: kept.length < ids.size };
}

function byName(context: Context, version: number, body: MetadataRequest, topics: readonly Topic[]): Decided {
  const describe = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
  const kept = topics.filter(({ name }) => describe(name as string) > REFUSED);
  const names = new Set(topics.map(({ name }) => name as string));
  const hidden = [...names].filter((name) => describe(name) === REFUSED).map(hiddenTopic);
  const wished = version < WITH_CREATION_FLAG || body.allowAutoTopicCreation !== false;
  const allowed = wished && context.options.autoCreateTopics;
  const creating = allowed && kept.length > 0 && kept.every(({ name }) => mayCreate(context, name as string));
  const rewrite = rewriteNamed(allowed, hidden);
  const harmless = topics.length === 0 || !wished || creating;
  if (hidden.length === 0 && harmless) return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
  return {
    kind: 'send',
    body: { ...body, topics: kept, allowAutoTopicCreation: creating },
    // An older version would create what is missing, and version 0 means all topics by none.
    ...(version < WITH_CREATION_FLAG && !creating && { version: WITH_CREATION_FLAG }),
    permit: PERMIT_SESSION,
    rewrite,
    partial: hidden.length > 0,
  };
}

/** `creation`: missing topics would have been created, so a client without that right is refused. */
function rewriteNamed(creation: boolean, hidden: readonly TopicResponse[]): Rewrite<MetadataResponse> {
  return (now, response) => {
    rewriteCluster(now, response);
    const describe = reauthorizer(now, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const create = authorizer(now, 'create', 'topic', ERROR.topicAuthorizationFailed, clusterPermit(now, 'create'));
    const sent = response.topics.map((topic) => {
      const name = topic.name ?? '';
      if (!visible(now, describe, topic)) return hiddenTopic(name);
      const uncreated = creation && topic.errorCode === ERROR.unknownTopicOrPartition;
      return uncreated && create(name) === REFUSED ? hiddenTopic(name) : topic;
    });
    response.topics = [...sent, ...hidden];
    return response;
  };
}

function mayCreate(context: Context, name: string): boolean {
  return permitFor(context, 'create', 'topic', name, clusterPermit(context, 'create')) > REFUSED;
}

/** Is the topic to be shown? Then with the client's own rights. */
function visible(context: Context, describe: Authorizer, topic: TopicResponse): boolean {
  if (topic.name !== null && describe(topic.name) === REFUSED) return false;
  rewriteOperations(context, topic);
  return true;
}

function rewriteCluster(context: Context, response: MetadataResponse): void {
  response.brokers = advertiseAll(context, response.brokers, ({ nodeId }) => nodeId);
  const { clusterAuthorizedOperations: sent } = response;
  if (sent !== undefined) response.clusterAuthorizedOperations = ownClusterOperations(context, sent);
}

/** Brokers refuse such a request as a whole, and tell nothing of the cluster. */
function fail(topics: readonly Topic[], errorCode: number): Decided {
  const refused = topics.map(({ name, topicId }) => withoutDescription(errorCode, name ?? '', topicId));
  return { kind: 'respond', body: { brokers: [], topics: refused, errorCode } };
}
