/** What the operator learns of a session: rejections, counts and samples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { frameResponse } from '../../../adapters/kafka/codec/message.ts';
import { fetch } from '../../../adapters/kafka/codec/schemas/fetch.ts';
import { COUNTER } from '../../../adapters/seam.ts';
import { PERMIT_SHADOW } from '../../../policies/decision.ts';
import { ALL, NONE } from './support/access.ts';
import { batch } from './support/batch.ts';
import { OPTIONS, openRig } from './support/rig.ts';

const PRODUCE = 0;
const FETCH = 1;
const HEARTBEAT = 12;
const MEMBER = { groupId: 'g', generationId: 1, memberId: 'm' };
const BODY = {
  acks: -1,
  topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batch(80, { records: 3 }) }] }],
};

function decided(access: typeof ALL) {
  const explain: typeof ALL.explain = (operation, type, name) => ({
    ...access.explain(operation, type, name),
    ruleId: 'roles.operator.kafka.deny[0]',
    role: 'operator',
  });
  return { ...access, explain };
}

test('a rejection names resource, rule, role, client id and version, and what the client is sent', () => {
  const rig = openRig({ access: decided(NONE) });
  rig.ask(PRODUCE, 9, BODY);
  assert.deepEqual(rig.rejections, [
    {
      action: 'write',
      cause: 'denied',
      reason: 'no rule allows it',
      resource: 'topic:orders',
      ruleId: 'roles.operator.kafka.deny[0]',
      role: 'operator',
      sent: 'Produce error 29',
      clientId: 'c-1',
      protocolVersion: 'Produce v9',
    },
  ]);
});

test('what is let through in shadow is recorded alike, but nothing is sent', () => {
  const access = decided({ ...ALL, authorize: () => PERMIT_SHADOW, topic: () => PERMIT_SHADOW });
  const rig = openRig({ access });
  rig.ask(PRODUCE, 9, BODY);
  assert.equal(rig.asked().length, 1);
  assert.deepEqual(rig.rejections, [
    {
      action: 'write',
      cause: 'denied',
      reason: 'no rule allows it',
      resource: 'topic:orders',
      ruleId: 'roles.operator.kafka.deny[0]',
      role: 'operator',
      shadow: true,
      clientId: 'c-1',
      protocolVersion: 'Produce v9',
    },
  ]);
});

test('a client without an id has none in its records', () => {
  for (const clientId of [null, '']) {
    const rig = openRig({ access: NONE });
    rig.ask(PRODUCE, 9, BODY, 1, clientId);
    assert.equal('clientId' in (rig.rejections[0] ?? {}), false);
  }
});

test('what a response is refused for is recorded with its own API, not that of a later request', () => {
  const rig = openRig();
  const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }];
  rig.ask(FETCH, 11, { topics });
  rig.ask(HEARTBEAT, 4, MEMBER, 2);
  rig.session.reauthorize(NONE, {});
  rig.reply(FETCH, 11, { responses: [{ topic: 'orders', partitions: [{ partitionIndex: 0 }] }] });
  assert.deepEqual(
    rig.rejections.map(({ protocolVersion, sent }) => [protocolVersion, sent]),
    [['Fetch v11', 'Fetch error 29']],
  );
});

test('records that are forwarded are counted, and requests and responses', () => {
  const rig = openRig();
  rig.counters.fill(0);
  rig.ask(PRODUCE, 9, BODY);
  rig.reply(PRODUCE, 9, { responses: [] });
  assert.deepEqual(
    [COUNTER.publishForwarded, COUNTER.clientPackets, COUNTER.brokerPackets].map((index) => rig.counters[index]),
    [3, 1, 1],
  );
});

test('a Produce is traced when it is sampled, and only then', () => {
  for (const sampled of [true, false]) {
    const rig = openRig({ sampled });
    rig.ask(PRODUCE, 9, BODY);
    assert.deepEqual(rig.traces, sampled ? ['write topic:orders'] : []);
  }
});

test('a response that is larger than a broker may send ends both connections', () => {
  const most = OPTIONS.maxFrameSize + 16 * 1024 * 1024;
  for (const [size, causes] of [
    [most, []],
    [most + 1, ['upstream-protocol']],
  ] as const) {
    const rig = openRig();
    rig.ask(HEARTBEAT, 4, MEMBER);
    const head = Buffer.alloc(8);
    head.writeInt32BE(size);
    head.writeInt32BE(1, 4);
    rig.broker(head);
    assert.deepEqual(rig.causes, causes);
  }
});

test('a request may be looked up twice, each anew, and no more', () => {
  const rig = openRig();
  rig.ask(75, 0, { topics: [] });
  rig.lookUps[0]?.done();
  assert.deepEqual([rig.lookUps.length, rig.causes], [2, []]);
  rig.lookUps[1]?.done();
  assert.deepEqual([rig.lookUps.length, rig.causes], [2, ['upstream-down']]);

  const other = openRig();
  for (let n = 0; n < 3; n++) {
    const topicId = Buffer.alloc(16, n + 1).toString('base64url');
    const { partitionData } = BODY.topicData[0] as (typeof BODY.topicData)[number];
    other.ask(PRODUCE, 13, { acks: -1, topicData: [{ topicId, partitionData }] }, n);
    other.learn(topicId, 'orders');
    other.lookUps[n]?.done();
  }
  assert.deepEqual([other.lookUps.length, other.asked().length, other.causes], [3, 3, []]);
});

test('the response to a Fetch that was read in full passes as it arrives, when nothing of it was refused', () => {
  const id = Buffer.alloc(16, 1).toString('base64url');
  const rig = openRig({ ids: { [id]: 'orders' } });
  // A tagged field: the scan hands the request over.
  const partition = { partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000, replicaDirectoryId: id };
  rig.ask(FETCH, 17, { topics: [{ topicId: id, partitions: [partition] }], forgottenTopicsData: [], rackId: '' });
  assert.equal(rig.asked().length, 1);
  const partitions = [{ partitionIndex: 0, records: batch(5000) }];
  const frame = frameResponse(fetch, 17, 1, { responses: [{ topicId: id, partitions }] });
  rig.broker(frame.subarray(0, 3000));
  assert.equal(rig.toClient.length, 3000);
  rig.broker(frame.subarray(3000));
  assert.deepEqual(rig.take('client'), frame);
});
