/**
 * Limits hold for what a client is sent, too: its broker is read no faster than the limit allows, and nothing is lost by
 * it. What it may hold at once (subscriptions, messages in flight, the size of a packet) is the stricter of listener and
 * roles, and MQTT 5 clients are told.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startTestGate } from '../support/gate.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { startSink } from '../support/mqtt-sink.ts';
import { testPki } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { workersLooked } from '../support/workers-looked.ts';

const COMMAND = 'plant/p1/truck/cmd/a';

for (const [version, scope] of [
  [4, 'principal'],
  [5, 'principal'],
  [5, 'group:all'],
] as const) {
  test(`deliveries above the limit of ${scope} wait at the broker and arrive in order, MQTT ${version}`, async () => {
    await using sink = await startSink();
    const limits = { scope, bytesOut: '1000B/s', burst: '2s' };
    await using gate = await startTestGate({ broker: sink.port, device: { limits } });
    const clock = driveClock(gate.gate.shared);
    const tls = await (await testPki()).device('truck');
    const more = { keepalive: 600 };
    await using client = await connectMqtt({ port: gate.port(), clientId: 'truck', version, tls, more });
    const broker = await sink.connection('truck');
    const deliver = (n: number) =>
      broker.send({
        cmd: 'publish',
        topic: COMMAND,
        payload: Buffer.alloc(2500, n),
        qos: 0,
        dup: false,
        retain: false,
      });
    deliver(1);
    await client.messages(1);
    clock.advance(250);
    await workersLooked(gate);
    deliver(2);
    await client.messages(2);
    // The two are as much as the burst and three seconds hold: what follows waits.
    deliver(3);
    clock.advance(2000);
    await workersLooked(gate);
    assert.equal(client.received.length, 2);
    clock.advance(1000);
    await workersLooked(gate);
    await client.messages(3);
    assert.deepEqual(
      client.received.map(({ payload }) => payload[0]),
      [1, 2, 3],
    );
    assert.deepEqual(gate.gate.hub.query(), [], 'back-pressure is no rejection');
  });
}

for (const version of [4, 5] as const) {
  test(`subscriptions and sizes above the limit are refused in the words of MQTT ${version}`, {
    skip: without('mosquitto'),
  }, async () => {
    await using broker = await startMosquitto();
    const limits = { subscriptions: 2, inFlight: 3, packetSize: '1KiB' };
    await using gate = await startTestGate({ broker: broker.port, device: { limits } });
    const tls = await (await testPki()).device('truck');
    await using client = await connectMqtt({ port: gate.port(), clientId: 'truck', version, tls });
    if (version === 5) {
      const told = client.connack?.properties;
      assert.deepEqual([told?.receiveMaximum, told?.maximumPacketSize], [3, 1024]);
    }
    const codes = await client.subscribe(['a', 'b', 'c'].map((name) => `plant/p1/truck/cmd/${name}`));
    assert.deepEqual(codes, [0, 0, version === 5 ? 0x97 : 0x80]);
    const { sent, resource } = await gate.rejection('limit-subscriptions');
    assert.equal(`${sent} ${resource}`, `SUBACK ${version === 5 ? '0x97' : '0x80'} plant/p1/truck/cmd/c`);
    const small = Array.from({ length: 20 }, () => client.publish('plant/p1/truck/t', 'x', { qos: 1 }));
    const answers = await Promise.all(small);
    assert.ok(
      answers.every((code) => code < 0x80),
      `${answers}: more than are in flight wait, they are not refused`,
    );
    client.raw.publish('plant/p1/truck/t', Buffer.alloc(1100));
    if (version === 4) assert.equal((await gate.rejection('packet-too-large')).principal, 'truck');
  });

  test(`new topics above the limit are refused, known ones pass, MQTT ${version}`, {
    skip: without('mosquitto'),
  }, async () => {
    await using broker = await startMosquitto();
    await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version });
    await inside.subscribe('#');
    const limits = { topics: { limit: '3/min', onExceed: 'reject' } };
    await using gate = await startTestGate({ broker: broker.port, device: { limits } });
    const clock = driveClock(gate.gate.shared);
    const tls = await (await testPki()).device('truck');
    const more = { keepalive: 600 };
    await using client = await connectMqtt({ port: gate.port(), clientId: 'truck', version, tls, more });
    const publish = (name: string) => client.publish(`plant/p1/truck/${name}`, name, { qos: 1 });
    const refused = version === 5 ? 0x97 : 0;
    for (const name of ['a', 'b', 'a', 'c', 'b']) assert.equal(await publish(name), 0);
    assert.equal(await publish('d'), refused);
    assert.equal(await publish('a'), 0);
    const { sent, resource } = await gate.rejection('limit-topics');
    assert.equal(`${sent} ${resource}`, `PUBACK${version === 5 ? ' 0x97' : ''} plant/p1/truck/d`);
    clock.advance(20_000);
    assert.equal(await publish('d'), 0);
    const arrived = (await inside.messages(7)).map(({ payload }) => `${payload}`).join('');
    assert.equal(arrived, 'abacbad');
  });
}
