import { consumerGroupHeartbeatHandler } from '../../../../adapters/kafka/apis/consumer-group-heartbeat.ts';
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../../adapters/kafka/codec/schemas/consumer-group-heartbeat.ts';
import { ALICE, IDS } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

const alice = { allow: ALICE };
const BOTH = versions(0, 1);

function beat(
  groupId: string,
  subscribedTopicNames: readonly string[] | null,
  subscribedTopicRegex: string | null = null,
): ConsumerGroupHeartbeatRequest {
  return {
    groupId,
    memberId: 'm',
    memberEpoch: 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: 10_000,
    subscribedTopicNames,
    subscribedTopicRegex,
    serverAssignor: null,
    topicPartitions: [],
  };
}

function refused(errorCode: number, errorMessage: string | null = null): ConsumerGroupHeartbeatResponse {
  return { errorCode, errorMessage, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}

const ALIVE: ConsumerGroupHeartbeatResponse = {
  ...refused(0),
  memberId: 'm',
  memberEpoch: 2,
  heartbeatIntervalMs: 5000,
  assignment: { topicPartitions: [{ topicId: IDS.allowed, partitions: [0, 1] }] },
};

const NO_REGEX = 'Regular expressions are not supported by this gate.';

type BeatCase = Case<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>;

function passes(what: string, asked: ConsumerGroupHeartbeatRequest, range: readonly number[] = BOTH): BeatCase {
  return { what, versions: range, client: alice, asks: asked, sends: 'same', answer: ALIVE, gets: 'same' };
}

const CASES: readonly BeatCase[] = [
  passes('topics that may be described', beat('g-ok', ['allowed', 'descr', 'writeonly'])),
  passes('topics as before', beat('g-ok', null)),
  passes('no topics any more', beat('g-ok', [])),
  passes('an empty regular expression ends a subscription', beat('g-ok', ['allowed'], ''), [1]),
  {
    what: 'a group that may not be read, before anything else',
    versions: BOTH,
    client: { allow: EVERYTHING, deny: [{ group: 'g-no', operations: ['read'] }] },
    asks: beat('g-no', ['secret'], '('),
    gets: refused(30),
    refusals: ['read group:g-no 30'],
  },
  {
    what: 'one topic that may not be described is enough: nothing of it is told apart',
    versions: BOTH,
    client: alice,
    asks: beat('g-ok', ['allowed', 'secret', 'nope', 'secret']),
    gets: refused(29),
    refusals: ['describe topic:secret 29', 'describe topic:nope 29'],
  },
  {
    what: 'a regular expression never reaches the broker',
    versions: [1],
    client: { allow: EVERYTHING },
    asks: beat('g-ok', null, '.*'),
    gets: refused(128, NO_REGEX),
    refusals: ['describe topic:.* 128'],
  },
  {
    what: 'nor does one beside topics that may be described',
    versions: [1],
    client: alice,
    asks: beat('g-ok', ['allowed'], 'allowed'),
    gets: refused(128, NO_REGEX),
    refusals: ['describe topic:allowed 128'],
  },
  {
    what: 'names are refused before it',
    versions: [1],
    client: alice,
    asks: beat('g-ok', ['secret'], '.*'),
    gets: refused(29),
    refusals: ['describe topic:secret 29'],
  },
];

runCases(consumerGroupHeartbeatHandler, CASES);
