/** JoinGroup, SyncGroup, Heartbeat and LeaveGroup: what the members of a classic group ask. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { heartbeatHandler } from '../../../../adapters/kafka/apis/heartbeat.ts';
import { joinGroupHandler } from '../../../../adapters/kafka/apis/join-group.ts';
import { leaveGroupHandler } from '../../../../adapters/kafka/apis/leave-group.ts';
import { syncGroupHandler } from '../../../../adapters/kafka/apis/sync-group.ts';
import type { HeartbeatRequest } from '../../../../adapters/kafka/codec/schemas/heartbeat.ts';
import type { JoinGroupRequest, JoinGroupResponse } from '../../../../adapters/kafka/codec/schemas/join-group.ts';
import type { SyncGroupRequest } from '../../../../adapters/kafka/codec/schemas/sync-group.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { ALICE } from '../support/alice.ts';
import { runCases, versions } from '../support/cases.ts';
import type { ClientSource } from '../support/client-context.ts';
import { ClientContext, EVERYTHING } from '../support/client-context.ts';
import { exchange } from '../support/exchange.ts';

const alice: ClientSource = { allow: ALICE };
/** Everything but READ on the group. */
const notReading: ClientSource = { allow: EVERYTHING, deny: [{ group: 'g-no', operations: ['read'] }] };
const REFUSALS = ['read group:g-no 30'];

const beat = (groupId: string): HeartbeatRequest => ({ groupId, generationId: 1, memberId: 'm' });

runCases(heartbeatHandler, [
  {
    what: 'a group that may be read',
    versions: versions(0, 4),
    client: alice,
    asks: beat('g-ok'),
    sends: 'same',
    answer: { errorCode: 27 },
    gets: 'same',
  },
  {
    what: 'a group that may not',
    versions: versions(0, 4),
    client: notReading,
    asks: beat('g-no'),
    gets: { errorCode: 30 },
    refusals: REFUSALS,
  },
]);

const LEAVER = { memberId: 'm', groupInstanceId: 'i' };

for (const [range, who] of [
  [versions(0, 2), { memberId: 'm' }],
  [versions(3, 5), { members: [LEAVER, { ...LEAVER, memberId: 'n' }] }],
] as const) {
  runCases(leaveGroupHandler, [
    {
      what: 'a group that may be read',
      versions: range,
      client: alice,
      asks: { groupId: 'g-ok', ...who },
      sends: 'same',
      answer: { errorCode: 0, members: [{ ...LEAVER, errorCode: 25 }] },
      gets: 'same',
    },
    {
      what: 'a group that may not',
      versions: range,
      client: notReading,
      asks: { groupId: 'g-no', ...who },
      gets: { errorCode: 30, members: [] },
      refusals: REFUSALS,
    },
  ]);
}

const ASSIGNMENT = Buffer.from('opaque');

function sync(groupId: string, protocolType: string | null, protocolName: string | null): SyncGroupRequest {
  const assignments = [{ memberId: 'm', assignment: ASSIGNMENT }];
  return { groupId, generationId: 1, memberId: 'm', protocolType, protocolName, assignments };
}

const NOTHING = Buffer.alloc(0);

runCases(syncGroupHandler, [
  {
    what: 'a group that may be read',
    versions: versions(0, 5),
    client: alice,
    asks: sync('g-ok', 'consumer', 'range'),
    sends: 'same',
    answer: { errorCode: 0, protocolType: 'consumer', protocolName: 'range', assignment: ASSIGNMENT },
    gets: 'same',
  },
  {
    what: 'a group that may not',
    versions: versions(0, 5),
    client: notReading,
    asks: sync('g-no', 'consumer', 'range'),
    gets: { errorCode: 30, protocolType: null, protocolName: null, assignment: NOTHING },
    refusals: REFUSALS,
  },
  {
    what: 'old versions name no protocol',
    versions: versions(0, 4),
    client: notReading,
    asks: sync('g-no', null, null),
    gets: { errorCode: 30, assignment: NOTHING },
    refusals: REFUSALS,
  },
  ...(
    [
      [null, null],
      ['consumer', null],
      [null, 'range'],
    ] as const
  ).map(([type, name]) => ({
    what: `protocol ${type} ${name}: missing before it is asked who may read the group`,
    versions: [5],
    client: notReading,
    asks: sync('g-no', type, name),
    gets: { errorCode: 23, protocolType: null, protocolName: null, assignment: NOTHING },
  })),
]);

/** Version 1: one topic, no user data, nothing owned. */
const SUBSCRIPTION = Buffer.from('0001000000010007616c6c6f776564ffffffff00000000', 'hex');
/** Version 1, and nothing of it. */
const CUT_OFF = Buffer.from('0001', 'hex');

function join(groupId: string, protocolType: string, ...metadata: Buffer[]): JoinGroupRequest {
  const protocols = metadata.map((bytes, n) => ({ name: `p${n}`, metadata: bytes }));
  return { groupId, sessionTimeoutMs: 10_000, memberId: '', protocolType, protocols };
}

const JOINED: JoinGroupResponse = {
  errorCode: 0,
  generationId: 4,
  protocolType: 'consumer',
  protocolName: 'p0',
  leader: 'm',
  memberId: 'm',
  members: [{ memberId: 'm', metadata: SUBSCRIPTION }],
};

function notJoined(protocolName: string | null): JoinGroupResponse {
  return { errorCode: 30, generationId: -1, protocolType: null, protocolName, leader: '', memberId: '', members: [] };
}

runCases(joinGroupHandler, [
  {
    what: 'a group that may be read',
    versions: versions(0, 9),
    client: alice,
    asks: join('g-ok', 'consumer', SUBSCRIPTION, SUBSCRIPTION),
    sends: 'same',
    answer: JOINED,
    gets: 'same',
  },
  {
    what: 'what members of other types say is nobody’s business here',
    versions: versions(0, 9),
    client: alice,
    asks: join('g-ok', 'connect', CUT_OFF),
    sends: 'same',
    answer: JOINED,
    gets: 'same',
  },
  ...(
    [
      ['', versions(0, 6)],
      [null, versions(7, 9)],
    ] as const
  ).map(([protocolName, range]) => ({
    what: 'a group that may not, before the metadata is looked at',
    versions: range,
    client: notReading,
    asks: join('g-no', 'consumer', CUT_OFF),
    gets: notJoined(protocolName),
    refusals: REFUSALS,
  })),
]);

for (const version of versions(0, 9)) {
  test(`JoinGroup ${version}: a subscription that no coordinator can read closes the connection`, () => {
    const asks = join('g-ok', 'consumer', SUBSCRIPTION, CUT_OFF);
    const run = () => exchange(joinGroupHandler, version, new ClientContext(alice), asks);
    assert.throws(run, (error) => error instanceof KafkaError && error.why === 'malformed');
  });
}
