/**
 * OffsetFetch (KIP-88, KIP-447, KIP-709, KIP-848): DESCRIBE on each group, then DESCRIBE on each
 * topic that is named. A request that names none is answered for all topics that the client may describe.
 */
import { PERMIT_SESSION, type Permit, REFUSED } from '../../../policies/decision.ts';
import { authorizer, filterByAuthorized, isAuthorized } from '../authorize.ts';
import { authorizeTopics, topicIdsOf, topicNameOf } from '../authorized-topics.ts';
import { type OffsetFetchRequest, type OffsetFetchResponse, offsetFetch } from '../codec/schemas/offset-fetch.ts';
import { ERROR } from '../error-codes.ts';
import type { Context, Handler, Outcome, Rewrite } from '../handler.ts';
import { freshTopics, unresolvedIds } from '../topic-look-up.ts';

type Group = NonNullable<OffsetFetchRequest['groups']>[number];
type Topic = NonNullable<Group['topics']>[number];
type GroupResponse = NonNullable<OffsetFetchResponse['groups']>[number];
type TopicResponse = GroupResponse['topics'][number];
type Decided = Outcome<OffsetFetchRequest, OffsetFetchResponse>;

/** From this version on one error may stand for all of a group. */
const WITH_GROUP_ERROR = 2;
/** From this version on there are several groups. */
const WITH_GROUPS = 8;
const WITH_IDS = 10;

export const offsetFetchHandler: Handler<OffsetFetchRequest, OffsetFetchResponse> = {
  api: offsetFetch,
  reference: {
    rights: [
      ['describe', 'group', 'each group, then'],
      ['describe', 'topic', 'each topic'],
    ],
    refusals: [
      [30, 'the group'],
      [29, 'the topic'],
      [100, 'an unknown topic id'],
    ],
    notes: 'A request without topics gets those with the right to describe.',
  },
  request(context, { version }, body) {
    const groups = groupsIn(version, body);
    const open = groups.filter(({ groupId }) => isAuthorized(context, 'describe', 'group', groupId));
    const ids = unresolvedIds(context, topicIdsOf(open.flatMap(({ topics }) => topics ?? [])));
    if (ids.length > 0) return { kind: 'resolve', ids };
    // The response will hold ids that the request does not: their names must be known when it comes.
    const foreignIds = version >= WITH_IDS && open.some(({ topics }) => topics === null);
    if (foreignIds && freshTopics(context) === undefined) return { kind: 'list-topics' };
    return decide(context, version, body, groups);
  },
};

/** One group of a request, decided. */
interface Part {
  /** What the broker is asked; undefined: nothing. */
  readonly kept?: Group;
  /** What is answered here. */
  readonly own: GroupResponse;
  readonly permit: Permit;
}

function decide(context: Context, version: number, body: OffsetFetchRequest, groups: readonly Group[]): Decided {
  const parts = decideGroups(context, version, groups);
  const kept = parts.flatMap((part) => part.kept ?? []);
  const own = parts.map((part) => part.own);
  if (kept.length === 0 && parts.length > 0) return { kind: 'respond', body: responseOf(version, own) };
  const permit = parts.find((part) => part.kept !== undefined)?.permit ?? PERMIT_SESSION;
  const whole = parts.every((part) => part.kept !== undefined && part.own.topics.length === 0);
  const filtered = kept.some(({ topics }) => topics === null);
  if (whole && !filtered) return { kind: 'pass', permit };
  const rewrite = rewriteOf(version, parts);
  if (whole) return { kind: 'pass', permit, rewrite };
  return { kind: 'send', body: { ...body, ...requestOf(version, kept) }, permit, rewrite, partial: true };
}

function decideGroups(context: Context, version: number, groups: readonly Group[]): Part[] {
  const describeGroup = authorizer(context, 'describe', 'group', ERROR.groupAuthorizationFailed);
  const describeTopic = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
  const nameOf = (topic: Topic) => topicNameOf(context, topic);
  return groups.map((group) => {
    const { groupId, topics } = group;
    const permit = describeGroup(groupId);
    if (permit === REFUSED) return { own: refuseGroup(version, group), permit };
    if (topics === null) return { kept: group, own: { groupId, topics: [], errorCode: ERROR.none }, permit };
    const { kept, refused } = authorizeTopics(topics, nameOf, describeTopic, refuseTopic);
    const own = { groupId, topics: refused, errorCode: ERROR.none };
    const nothingLeft = kept.length === 0 && refused.length > 0;
    return nothingLeft ? { own, permit } : { kept: { ...group, topics: kept }, own, permit };
  });
}

/** The groups in the order of the request, as brokers answer; one that is asked for twice is answered twice. */
function rewriteOf(version: number, parts: readonly Part[]): Rewrite<OffsetFetchResponse> {
  const unnamed = new Set(parts.flatMap(({ kept }) => (kept?.topics === null ? [kept.groupId] : [])));
  const firstId = parts[0]?.own.groupId ?? '';
  return (now, response) => {
    const answered = Map.groupBy(groupsOf(version, response, firstId), ({ groupId }) => groupId);
    const entries = parts.flatMap(({ kept, own }): GroupResponse[] => {
      if (kept === undefined) return [own];
      const answer = answered.get(own.groupId)?.shift();
      if (answer === undefined) return [];
      const topics = unnamed.has(own.groupId) ? describableTopics(now, answer.topics) : answer.topics;
      // An error of the group stands for all of its topics.
      return [{ ...answer, topics: answer.errorCode === ERROR.none ? [...topics, ...own.topics] : topics }];
    });
    return { ...response, ...responseOf(version, entries) };
  };
}

function describableTopics(context: Context, topics: readonly TopicResponse[]): readonly TopicResponse[] {
  return filterByAuthorized(context, 'describe', 'topic', topics, (topic) => topicNameOf(context, topic));
}

function refuseGroup(version: number, { groupId, topics }: Group): GroupResponse {
  const errorCode = ERROR.groupAuthorizationFailed;
  if (version >= WITH_GROUP_ERROR) return { groupId, topics: [], errorCode };
  return { groupId, topics: (topics ?? []).map((topic) => refuseTopic(topic, errorCode)), errorCode };
}

function refuseTopic({ partitionIndexes, ...which }: Topic, errorCode: number): TopicResponse {
  const refuse = (partitionIndex: number) => {
    return { partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode };
  };
  return { ...which, partitions: partitionIndexes.map(refuse) };
}

type OneRequest = NonNullable<OffsetFetchRequest['topics']>;
type OneResponse = NonNullable<OffsetFetchResponse['topics']>;

/** A version with one group as one with several. Its topics have names. */
function groupsIn(version: number, { groupId = '', topics = null, groups = [] }: OffsetFetchRequest): readonly Group[] {
  return version < WITH_GROUPS ? [{ groupId, topics }] : groups;
}

function requestOf(version: number, groups: readonly Group[]): Pick<OffsetFetchRequest, 'topics' | 'groups'> {
  return version < WITH_GROUPS ? { topics: (groups[0]?.topics ?? null) as OneRequest | null } : { groups };
}

function groupsOf(version: number, response: OffsetFetchResponse, groupId: string): readonly GroupResponse[] {
  if (version >= WITH_GROUPS) return response.groups ?? [];
  const { topics = [], errorCode = ERROR.none } = response;
  return [{ groupId, topics: topics as GroupResponse['topics'], errorCode }];
}

function responseOf(version: number, groups: readonly GroupResponse[]): OffsetFetchResponse {
  if (version >= WITH_GROUPS) return { groups };
  const { topics = [], errorCode = ERROR.none } = groups[0] ?? {};
  return { topics: topics as OneResponse, errorCode };
}
