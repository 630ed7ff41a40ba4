/** What a client over its limits meets: how long it is asked to wait, and for how long it is not read. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FetchRequest } from '../../../adapters/kafka/codec/schemas/fetch.ts';
import type { ProduceRequest } from '../../../adapters/kafka/codec/schemas/produce.ts';
import { COUNTER, type LimitKind } from '../../../adapters/seam.ts';
import { PERMIT_SHADOW } from '../../../policies/decision.ts';
import { ALL, accessThat } from './support/access.ts';
import { batch } from './support/batch.ts';
import { type KafkaRig, type KafkaRigPlan, openRig } from './support/rig.ts';

const PRODUCE = 0;
const FETCH = 1;
const HEARTBEAT = 12;
const MEMBER = { groupId: 'g', generationId: 1, memberId: 'm' };
const RATE = { perSecond: 1, burst: 1, onExceed: 'throttle' } as const;
const ONLY_ORDERS = accessThat((what) => what === 'write topic:orders' || what === 'read topic:orders');
/** Everything is let through, as what would be refused. */
const IN_SHADOW = { ...ALL, authorize: () => PERMIT_SHADOW, topic: () => PERMIT_SHADOW };

type Waits = Partial<Record<LimitKind, number>>;

/** A session that waits so many milliseconds for the tokens of each limit, once it is open. */
function throttled(waits: Waits, plan: KafkaRigPlan = {}): KafkaRig {
  let open = false;
  const rig = openRig({ ...plan, take: (kind) => (open ? (waits[kind] ?? 0) : 0) });
  open = true;
  rig.takes.length = 0;
  return rig;
}

function produceOf(...topics: readonly string[]): ProduceRequest {
  const partitionData = [{ index: 0, records: batch(80, { records: 3 }) }];
  return { transactionalId: null, acks: -1, timeoutMs: 1, topicData: topics.map((name) => ({ name, partitionData })) };
}

const fetchOf = (topic: string): FetchRequest => ({
  maxWaitMs: 1,
  minBytes: 1,
  topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
  forgottenTopicsData: [],
  rackId: '',
});

/** The throttle time of the only response that the client got. */
function throttleTime(rig: KafkaRig, key: number, version: number): number | undefined {
  const responses = rig.answered<{ throttleTimeMs?: number }>(key, version);
  assert.equal(responses.length, 1);
  return responses[0]?.body.throttleTimeMs;
}

/** Ways on which a Produce reaches the broker. */
const WAYS: readonly [what: string, plan: KafkaRigPlan, body: ProduceRequest][] = [
  ['scanned', { access: ONLY_ORDERS }, produceOf('orders')],
  ['read in full', { access: IN_SHADOW }, produceOf('orders')],
  ['partly denied', { access: ONLY_ORDERS }, produceOf('secret', 'orders')],
];

for (const [what, plan, body] of WAYS) {
  test(`Produce, ${what}: its records draw from the limit on records`, () => {
    const rig = throttled({}, plan);
    rig.ask(PRODUCE, 9, body);
    assert.deepEqual(
      rig.takes.filter((take) => take.startsWith('publish')),
      ['publish 3'],
    );
    assert.equal(rig.asked().length, 1);
  });

  for (const [publish, bytes] of [
    [500, 200],
    [200, 500],
  ] as const) {
    test(`Produce, ${what}: the client waits for the longer of ${publish} ms and ${bytes} ms`, () => {
      const rig = throttled({ publish, bytes }, plan);
      rig.ask(PRODUCE, 9, body);
      assert.equal(rig.held, true);
      rig.reply(PRODUCE, 9, { responses: [] });
      assert.equal(throttleTime(rig, PRODUCE, 9), 500);
      rig.tick(499);
      assert.equal(rig.held, true);
      rig.tick(1);
      assert.equal(rig.held, false);
    });
  }
}

test('a response made here tells the client to wait, and it is not read for as long', () => {
  const rig = throttled({ bytes: 300 }, { access: ONLY_ORDERS });
  rig.ask(PRODUCE, 9, produceOf('secret'));
  assert.equal(throttleTime(rig, PRODUCE, 9), 300);
  assert.equal(rig.held, true);
  rig.tick(300);
  assert.equal(rig.held, false);
});

test('nobody waits longer than maxThrottle, for a request or for a response', () => {
  const options = { maxThrottle: 1000 };
  const asking = throttled({ bytes: 99_999 }, { options });
  asking.ask(HEARTBEAT, 4, MEMBER);
  asking.reply(HEARTBEAT, 4, { errorCode: 0 });
  assert.equal(throttleTime(asking, HEARTBEAT, 4), 1000);
  const receiving = throttled({ bytesOut: 99_999 }, { options, limits: { bytesOut: RATE } });
  receiving.ask(HEARTBEAT, 4, MEMBER);
  receiving.reply(HEARTBEAT, 4, { errorCode: 0 });
  assert.equal(throttleTime(receiving, HEARTBEAT, 4), 1000);
  for (const rig of [asking, receiving]) {
    rig.tick(1000);
    assert.equal(rig.held, false);
  }
});

test('the longer of the waits for request and response holds', () => {
  for (const [bytes, bytesOut] of [
    [500, 100],
    [100, 500],
  ] as const) {
    const rig = throttled({ bytes, bytesOut }, { limits: { bytesOut: RATE } });
    rig.ask(HEARTBEAT, 4, MEMBER);
    rig.reply(HEARTBEAT, 4, { errorCode: 0 });
    assert.equal(throttleTime(rig, HEARTBEAT, 4), 500);
    rig.tick(499);
    assert.equal(rig.held, true);
    rig.tick(1);
    assert.equal(rig.held, false);
  }
});

for (const [what, key, version, asks, says] of [
  ['passes', HEARTBEAT, 4, MEMBER, { errorCode: 0 }],
  ['is scanned', FETCH, 11, fetchOf('orders'), { responses: [] }],
  ['is written anew', PRODUCE, 9, produceOf('orders'), { responses: [] }],
] as const) {
  test(`a longer time that the broker asks for stands in a response that ${what}`, () => {
    for (const [ours, theirs] of [
      [500, 900],
      [500, 400],
    ] as const) {
      const rig = throttled({ bytes: ours });
      rig.ask(key, version, asks);
      rig.reply(key, version, { ...says, throttleTimeMs: theirs });
      assert.equal(throttleTime(rig, key, version), Math.max(ours, theirs));
    }
  });
}

test('a request that has no response of that kind is let through over the limit, and its client waits', () => {
  for (const kind of ['requests', 'bytes'] as const) {
    let open = false;
    const take = (asked: LimitKind, _n: number, maxWait: number) => {
      if (!open) return 0;
      if (maxWait < Number.POSITIVE_INFINITY) return -1;
      return asked === kind ? 400 : 100;
    };
    const rig = openRig({ onExceed: 'reject', take });
    open = true;
    rig.ask(HEARTBEAT, 4, MEMBER);
    assert.equal(rig.asked().length, 1);
    rig.reply(HEARTBEAT, 4, { errorCode: 0 });
    assert.equal(throttleTime(rig, HEARTBEAT, 4), 400);
  }
});

test('what is refused because of a limit is recorded with what the client is sent', () => {
  let open = false;
  const rig = openRig({ onExceed: 'reject', take: (kind) => (open && kind === 'bytes' ? -1 : 0) });
  open = true;
  rig.ask(PRODUCE, 9, produceOf('orders'));
  const [rejection] = rig.rejections;
  assert.equal(rejection?.cause, 'limit-bytes');
  assert.equal(rejection?.sent, 'Produce error 89');
});

test('each pause is counted, with its milliseconds', () => {
  const rig = throttled({ bytes: 300 });
  rig.ask(HEARTBEAT, 4, MEMBER);
  rig.tick(300);
  rig.ask(HEARTBEAT, 4, MEMBER, 2);
  assert.deepEqual([rig.counters[COUNTER.throttled], rig.counters[COUNTER.throttledMs]], [2, 600]);
});

test('a response to a client that is gone pauses nobody', () => {
  const rig = throttled({ bytesOut: 300 }, { limits: { bytesOut: RATE } });
  rig.ask(HEARTBEAT, 4, MEMBER);
  rig.session.clientEnded(true);
  rig.reply(HEARTBEAT, 4, { errorCode: 0 });
  assert.deepEqual([rig.counters[COUNTER.throttled], rig.held], [0, false]);
});

test('a client that is paused in the middle of a request is not late with it', () => {
  const rig = throttled({ bytesOut: 20_000 }, { limits: { bytesOut: RATE } });
  rig.ask(HEARTBEAT, 4, MEMBER);
  rig.client(Buffer.from('0000002000', 'hex'));
  rig.reply(HEARTBEAT, 4, { errorCode: 0 });
  assert.equal(rig.held, true);
  rig.tick(15_000);
  assert.deepEqual(rig.causes, []);
});

test('limits that no longer hold charge no response', () => {
  const rig = throttled({ bytesOut: 300 }, { limits: { bytesOut: RATE } });
  rig.session.reauthorize(ALL, {});
  rig.ask(HEARTBEAT, 4, MEMBER);
  rig.reply(HEARTBEAT, 4, { errorCode: 0 });
  assert.equal(throttleTime(rig, HEARTBEAT, 4), 0);
  assert.equal(
    rig.takes.some((take) => take.startsWith('bytesOut')),
    false,
  );
});
