/** One Kafka connection from its first byte to its last. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { frameRequest, frameResponse } from '../../../adapters/kafka/codec/message.ts';
import { heartbeat } from '../../../adapters/kafka/codec/schemas/heartbeat.ts';
import type { EffectiveLimits } from '../../../policies/types.ts';
import { accessThat } from './support/access.ts';
import { KafkaRig, openRig, TIMEOUTS } from './support/rig.ts';

const HEARTBEAT = 12;
const BODY = { groupId: 'g', generationId: 1, memberId: 'm' };

test('nothing is dialled before the first request, and nothing is parsed before the broker is there', () => {
  const rig = new KafkaRig();
  const frame = frameRequest(heartbeat, 4, 1, 'c', BODY);
  rig.client(frame.subarray(0, 7));
  assert.equal(rig.dialled, 0);
  rig.client(frame.subarray(7));
  assert.equal(rig.dialled, 1);
  assert.equal(rig.held, true);
  assert.equal(rig.toBroker.length, 0);
});

test('a request and its response pass byte for byte, cut at every byte', () => {
  for (const version of [0, 3, 4]) {
    const request = frameRequest(heartbeat, version, 7, 'c', BODY);
    const response = frameResponse(heartbeat, version, 7, { errorCode: 0 });
    for (let cut = 0; cut <= request.length; cut++) {
      const rig = openRig();
      rig.client(request.subarray(0, cut));
      rig.client(request.subarray(cut));
      assert.deepEqual(rig.take('broker'), request);
      const at = Math.min(cut, response.length);
      rig.broker(response.subarray(0, at));
      rig.broker(response.subarray(at));
      assert.deepEqual(rig.take('client'), response);
      assert.deepEqual(rig.rejections, []);
    }
  }
});

test('more connections than the limit, or no room in the table: closed before a broker is dialled', () => {
  for (const [admit, cause] of [
    ['connections', 'limit-connections'],
    ['table-full', 'limit-table-full'],
  ] as const) {
    const rig = new KafkaRig({ admit });
    rig.ask(HEARTBEAT, 4, BODY);
    assert.deepEqual([rig.causes, rig.closed, rig.dialled], [[cause], true, 0]);
  }
});

for (const [name, hex, cause] of [
  ['a negative size', 'ffffffff 0012 0000', 'malformed'],
  ['the size 0', '00000000 0012 0000', 'malformed'],
  ['a size below any header', '00000009 0012 0000', 'malformed'],
  ['a request above its limit', '00010001 000c 0004', 'packet-too-large'],
  ['a Produce above its limit', '00200001 0000 0009', 'packet-too-large'],
  ['an unknown API', '00000020 007b 0000', 'unsupported-protocol'],
  ['a version above the range', '00000020 000c 0005', 'unsupported-protocol'],
  ['a negative version', '00000020 000c ffff', 'unsupported-protocol'],
  ['Produce 2, which brokers tell and do not take', '00000020 0000 0002', 'unsupported-protocol'],
] as const) {
  test(`${name} ends the connection without a response, before anything is kept`, () => {
    const rig = openRig();
    rig.client(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    assert.deepEqual(rig.causes, [cause]);
    assert.equal(rig.closed, true);
    assert.equal(rig.toClient.length, 0);
    assert.equal(rig.toBroker.length, 0);
  });
}

test('a request with a byte too many never reaches the broker', () => {
  const rig = openRig();
  const frame = Buffer.concat([frameRequest(heartbeat, 4, 1, 'c', BODY), Buffer.from([0])]);
  frame.writeInt32BE(frame.length - 4, 0);
  rig.client(frame);
  assert.deepEqual(rig.causes, ['malformed']);
  assert.equal(rig.toBroker.length, 0);
});

test('what is answered here waits for the older responses of the broker', () => {
  const access = accessThat((what) => what !== 'read group:secret');
  const rig = openRig({ access });
  rig.ask(HEARTBEAT, 4, BODY, 1);
  rig.ask(HEARTBEAT, 4, { ...BODY, groupId: 'secret' }, 2);
  rig.ask(HEARTBEAT, 4, BODY, 3);
  rig.ask(HEARTBEAT, 4, { ...BODY, groupId: 'secret' }, 4);
  assert.deepEqual(
    rig.asked().map(({ correlationId }) => correlationId),
    [1, 3],
  );
  assert.equal(rig.toClient.length, 0);
  rig.reply(HEARTBEAT, 4, { errorCode: 0 }, 1);
  const first = rig.answered(HEARTBEAT, 4);
  assert.deepEqual(
    first.map(({ correlationId, body }) => [correlationId, body['errorCode']]),
    [
      [1, 0],
      [2, 30],
    ],
  );
  rig.reply(HEARTBEAT, 4, { errorCode: 27 }, 3);
  const second = rig.answered(HEARTBEAT, 4);
  assert.deepEqual(
    second.map(({ correlationId, body }) => [correlationId, body['errorCode']]),
    [
      [3, 27],
      [4, 30],
    ],
  );
  assert.deepEqual(rig.causes, ['denied', 'denied']);
  const [rejection] = rig.rejections;
  assert.equal(rejection?.resource, 'group:secret');
  assert.equal(rejection?.protocolVersion, 'Heartbeat v4');
});

test('with as many requests under way as allowed the client is not read until one is answered', () => {
  const rig = openRig({ options: { maxInFlight: 2 } });
  for (let id = 1; id <= 3; id++) rig.ask(HEARTBEAT, 4, BODY, id);
  assert.equal(rig.asked().length, 2);
  assert.equal(rig.held, true);
  rig.reply(HEARTBEAT, 4, { errorCode: 0 }, 1);
  assert.deepEqual(
    rig.asked().map(({ correlationId }) => correlationId),
    [3],
  );
});

test('a limit in flight is stricter than the listener', () => {
  const rig = openRig({ limits: { inFlight: 1 }, options: { maxInFlight: 2 } });
  for (let id = 1; id <= 2; id++) rig.ask(HEARTBEAT, 4, BODY, id);
  assert.equal(rig.asked().length, 1);
  assert.equal(rig.held, true);
});

test('a request above the limit on its size is closed like one above the listener’s', () => {
  const rig = openRig({ limits: { packetSize: 40 } });
  rig.ask(HEARTBEAT, 4, { ...BODY, groupId: 'g'.repeat(40) });
  assert.deepEqual([rig.causes, rig.closed], [['packet-too-large'], true]);
});

test('a response above the limit on bytes to the client tells how long to wait, and the client waits', () => {
  const bytesOut = { perSecond: 1, burst: 1, onExceed: 'throttle' } as const;
  for (const limits of [{ bytesOut }, { groups: [{ group: 'erp', bytesOut }] }]) answersThatWait(limits);
});

function answersThatWait(limits: EffectiveLimits): void {
  let wait = 0;
  const rig = openRig({ limits, take: (kind) => (kind === 'bytesOut' ? wait : 0) });
  wait = 400;
  rig.ask(HEARTBEAT, 4, BODY, 1);
  rig.takes.length = 0;
  const frame = frameResponse(heartbeat, 4, 1, { errorCode: 0 });
  // In pieces it is charged once.
  for (const byte of frame) rig.broker(Buffer.of(byte));
  assert.deepEqual(rig.takes, [`bytesOut ${frame.length - 4}`]);
  assert.deepEqual(
    rig.answered<{ throttleTimeMs: number }>(HEARTBEAT, 4).map(({ body }) => body.throttleTimeMs),
    [400],
  );
  rig.tick(399);
  assert.equal(rig.held, true);
  rig.tick(1);
  assert.equal(rig.held, false);
}

test('with disconnect the response above the limit on bytes to the client does not begin', () => {
  const bytesOut = { perSecond: 1, burst: 1, onExceed: 'disconnect' } as const;
  let outcome = 0;
  const rig = openRig({ limits: { bytesOut }, take: (kind) => (kind === 'bytesOut' ? outcome : 0) });
  outcome = -1;
  rig.ask(HEARTBEAT, 4, BODY, 1);
  rig.take('client');
  rig.reply(HEARTBEAT, 4, { errorCode: 0 }, 1);
  assert.deepEqual([rig.causes, rig.closed, rig.take('client').length], [['limit-bytes-out'], true, 0]);
});

for (const [name, bytes] of [
  ['an answer to nothing', frameResponse(heartbeat, 4, 1, { errorCode: 0 })],
  ['a negative size', Buffer.from('ffffffff00000001', 'hex')],
  ['a size without room for a correlation id', Buffer.from('000000020000', 'hex')],
  ['a size beyond all limits', Buffer.from('7fffffff00000001', 'hex')],
] as const) {
  test(`${name} from a broker ends both connections`, () => {
    const rig = openRig();
    rig.broker(bytes);
    assert.deepEqual([rig.causes, rig.closed, rig.toClient.length], [['upstream-protocol'], true, 0]);
  });
}

test('a response with another correlation id ends both connections', () => {
  const rig = openRig();
  rig.ask(HEARTBEAT, 4, BODY, 5);
  rig.reply(HEARTBEAT, 4, { errorCode: 0 }, 6);
  assert.deepEqual([rig.causes, rig.toClient.length], [['upstream-protocol'], 0]);
});

test('a client that never asks, and one that never ends a request, are cut', () => {
  const silent = new KafkaRig();
  silent.tick(TIMEOUTS.connect + 1);
  assert.deepEqual(silent.causes, ['connect-timeout']);
  const slow = openRig();
  slow.client(frameRequest(heartbeat, 4, 1, 'c', BODY).subarray(0, 12));
  slow.tick(TIMEOUTS.packet + 250);
  assert.deepEqual(slow.causes, ['packet-timeout']);
});

test('a client that is not read is not late', () => {
  const rig = openRig();
  rig.client(frameRequest(heartbeat, 4, 1, 'c', BODY).subarray(0, 12));
  rig.clientPaused = true;
  rig.tick(10 * TIMEOUTS.packet);
  rig.clientPaused = false;
  assert.deepEqual(rig.causes, []);
});

test('a broker that goes while it owes answers is told, one that goes in silence is not', () => {
  const owing = openRig();
  owing.ask(HEARTBEAT, 4, BODY);
  owing.session.brokerEnded(true);
  assert.deepEqual([owing.causes, owing.closed], [['upstream-closed'], true]);
  const idle = openRig();
  idle.session.brokerEnded(true);
  assert.deepEqual([idle.causes, idle.closed], [[], true]);
});

test('a broker that cannot be reached ends the connection with its cause', () => {
  const rig = new KafkaRig();
  rig.ask(HEARTBEAT, 4, BODY);
  rig.session.brokerFailed('upstream-down', 'no broker');
  assert.deepEqual([rig.causes, rig.closed], [['upstream-down'], true]);
});

test('a drain ends the connection without a rejection, every other stop with one', () => {
  const drained = openRig();
  drained.session.stop('drain', true, 'the gate is shutting down');
  assert.deepEqual([drained.causes, drained.closed], [[], true]);
  const killed = openRig();
  killed.session.stop('session-killed', true, 'by hand');
  assert.deepEqual([killed.causes, killed.closed], [['session-killed'], true]);
});

test('a policy that changes holds for what is asked from then on', () => {
  const rig = openRig();
  rig.session.reauthorize(
    accessThat(() => false),
    {},
  );
  rig.ask(HEARTBEAT, 4, BODY);
  assert.equal(rig.asked().length, 0);
  assert.equal(rig.answered(HEARTBEAT, 4)[0]?.body['errorCode'], 30);
});

test('the end of both connections gives the backend back', () => {
  const rig = openRig();
  rig.session.ended();
  assert.equal(rig.released, 1);
});

test('ApiVersions in a version nobody knows is answered in version 0 with 35 and our own range', () => {
  const rig = openRig();
  const frame = frameRequest({ ...heartbeat, key: 18, versions: [0, 99] }, 77, 5, 'c', BODY);
  rig.client(frame);
  assert.equal(rig.toBroker.length, 0);
  const [answer] = rig.answered(18, 0);
  assert.equal(answer?.body['errorCode'], 35);
  assert.deepEqual(answer?.body['apiKeys'], [{ apiKey: 18, minVersion: 0, maxVersion: 5 }]);
  assert.equal(rig.closed, false);
});
