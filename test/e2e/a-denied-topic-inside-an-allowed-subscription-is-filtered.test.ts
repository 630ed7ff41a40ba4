/**
 * With `denyOverlap: filter` a reader may watch a whole plant although a part of it is denied: the
 * subscription stands and what is denied never arrives, in either version, with any quality of
 * service, retained or not, alone or in a group. Payloads over the size of their rule are refused.
 * Against a real mosquitto.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { GateOptions } from '../support/gate-config.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { mosquittoSub } from '../support/mosquitto-clients.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto', 'mosquitto_sub', 'stdbuf');
const VERSIONS = [4, 5] as const;
const QOS = [0, 1, 2] as const;
type Version = (typeof VERSIONS)[number];

const reader = (denyOverlap: string) => ({
  mqtt: {
    clientId: 'any',
    allow: [{ subscribe: 'plant/p1/#' }],
    deny: [{ subscribe: 'plant/p1/+/secret/#' }],
    denyOverlap,
  },
});

/** Devices of the plants `readers` and `strict` read, those of `p1` publish up to 1 KiB and leave wills of 16 bytes. */
const gate = (plants: readonly string[]): Omit<GateOptions, 'broker'> => ({
  identities: plants.map((plant) => ({
    name: plant,
    when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: `spiffe://acme/${plant}/{device}` } },
    principal: '{device}',
    roles: [plant],
  })),
  roles: { readers: reader('filter'), strict: reader('reject') },
  device: {
    mqtt: {
      clientId: '{device}',
      allow: [
        { publish: 'plant/p1/{device}/#', size: '1KiB' },
        { will: 'gone/{device}', size: '16B' },
      ],
    },
  },
});

interface Scene extends AsyncDisposable {
  readonly broker: Mosquitto;
  readonly gate: ObservedGate;
  /** Publishes at the broker, behind the gate. */
  readonly inside: TestClient;
  client(name: string, plant: string, version: Version, more?: object): Promise<TestClient>;
  /** Waits until so many deliveries were dropped, as the metric says. */
  dropped(count: number): Promise<unknown>;
}

async function scene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const pki = await testPki();
  const broker = stack.use(await startMosquitto({ config: ['max_queued_messages 0'] }));
  const running = stack.use(await startObservedGate({ broker: broker.port, ...gate(['readers', 'strict']) }));
  const inside = stack.use(await connectMqtt({ port: broker.port, clientId: 'inside' }));
  const kept = stack.move();
  return {
    broker,
    gate: running,
    inside,
    async client(clientId, plant, version, more = {}) {
      const tls = await pki.device(clientId, plant);
      return kept.use(await connectMqtt({ port: running.port(), clientId, version, tls, more }));
    },
    dropped: (count) =>
      waitFor(`${count} dropped`, () => running.metric('headgate_deliveries_dropped_total') === count),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const payloads = (client: TestClient): string[] => client.received.map(({ payload }) => `${payload}`);

for (const version of VERSIONS) {
  for (const qos of QOS) {
    test(`MQTT ${version}, QoS ${qos}: the rest arrives in order, what is denied does not`, { skip }, async () => {
      await using s = await scene();
      const client = await s.client('reader-1', 'readers', version);
      assert.deepEqual(await client.subscribe('plant/p1/#', qos), [qos]);
      // More than mosquitto has in flight: a dropped message that is not acknowledged would stop the rest.
      for (let n = 0; n < 30; n++) {
        await s.inside.publish('plant/p1/press/secret/key', `secret ${n}`, { qos });
        await s.inside.publish('plant/p1/press/secret', `secret ${n}`, { qos });
        await s.inside.publish('plant/p1/press/t', `${n}`, { qos });
      }
      await client.messages(30);
      await s.dropped(60);
      assert.deepEqual(
        payloads(client),
        Array.from({ length: 30 }, (_, n) => `${n}`),
      );
      assert.deepEqual(s.gate.gate.hub.query(), [], 'what the policy expects is no rejection');
    });
  }

  test(`MQTT ${version}: a retained message that is denied is dropped too`, { skip }, async () => {
    await using s = await scene();
    await s.inside.publish('plant/p1/a/secret', 'secret', { qos: 1, retain: true });
    await s.inside.publish('plant/p1/z/open', 'open', { qos: 1, retain: true });
    const client = await s.client('reader-1', 'readers', version);
    await client.subscribe('plant/p1/#', 1);
    await client.messages(1);
    await s.dropped(1);
    assert.deepEqual(payloads(client), ['open']);
  });

  test(`MQTT ${version}: what lies inside the deny is refused, and so is all that overlaps with reject`, {
    skip,
  }, async () => {
    await using s = await scene();
    const refused = version === 5 ? 0x87 : 0x80;
    const client = await s.client('reader-1', 'readers', version);
    const filters = ['plant/p1/+/secret/#', 'plant/p1/a/secret', 'plant/p1/a/+', '#'];
    assert.deepEqual(await client.subscribe(filters, 0), [refused, refused, 0, refused]);
    const strict = await s.client('strict-1', 'strict', version);
    assert.deepEqual(await strict.subscribe(['plant/p1/#', 'plant/p1/+/t'], 0), [refused, 0]);
  });

  test(`MQTT ${version}: in a group a dropped message is lost for all of it, the rest goes on`, { skip }, async () => {
    await using s = await scene();
    const members = [await s.client('reader-1', 'readers', version), await s.client('reader-2', 'readers', version)];
    for (const member of members) assert.deepEqual(await member.subscribe('$share/g/plant/p1/#', 1), [1]);
    for (let n = 0; n < 30; n++) {
      await s.inside.publish('plant/p1/a/secret', `secret ${n}`, { qos: 1 });
      await s.inside.publish('plant/p1/a/t', `${n}`, { qos: 1 });
    }
    const all = (): string[] => members.flatMap(payloads);
    await waitFor('the open messages', () => all().length >= 30);
    await s.dropped(30);
    assert.deepEqual(new Set(all()), new Set(Array.from({ length: 30 }, (_, n) => `${n}`)));
  });

  test(`MQTT ${version}: a payload over the size is refused and never reaches the broker`, { skip }, async () => {
    await using s = await scene();
    await s.inside.subscribe('plant/#', 2);
    const device = await s.client('pump-1', 'p1', version);
    const over = version === 5 ? 0x97 : 0;
    const topic = 'plant/p1/pump-1/t';
    for (const qos of QOS) {
      assert.equal(await device.publish(topic, 'x'.repeat(1024), { qos }), 0);
      assert.equal(await device.publish(topic, 'y'.repeat(1025), { qos }), qos === 0 ? 0 : over);
    }
    assert.equal(await device.publish(topic, 'last', { qos: 1 }), 0);
    await s.inside.messages(4);
    assert.deepEqual(
      s.inside.received.map(({ payload }) => payload.length),
      [1024, 1024, 1024, 4],
    );
    await waitFor('three rejections', () => s.gate.rejections('payload-too-large') === 3);
    const record = await s.gate.rejection('payload-too-large');
    assert.equal(record.ruleId, 'roles.device.mqtt.allow[0]');
    assert.equal(device.closed, false);
  });

  test(`MQTT ${version}: a will over the size refuses the CONNECT, one of the size is left`, { skip }, async () => {
    await using s = await scene();
    await s.inside.subscribe('gone/#', 1);
    const left = (payload: string) => ({
      will: { topic: 'gone/pump-1', payload: Buffer.from(payload), qos: 1, retain: false },
    });
    await assert.rejects(s.client('pump-1', 'p1', version, left('x'.repeat(17))), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.reasonCode, version === 5 ? 0x97 : 5);
      return true;
    });
    assert.equal((await s.gate.rejection('payload-too-large')).action, 'will');
    (await s.client('pump-1', 'p1', version, left('x'.repeat(16)))).drop();
    await s.inside.messages(1);
    assert.deepEqual(payloads(s.inside), ['x'.repeat(16)]);
  });
}

test('mosquitto_sub sees the plant without what is denied', { skip }, async () => {
  await using s = await scene();
  const pki = await testPki();
  const tls = writeCredentials(s.gate.dir, 'reader-1', await pki.device('reader-1', 'readers'));
  const port = s.gate.port();
  await using sub = await mosquittoSub({ port, clientId: 'reader-1', topic: 'plant/p1/#', qos: 2, tls });
  await s.inside.publish('plant/p1/a/secret', 'no', { qos: 2 });
  await s.inside.publish('plant/p1/a/t', 'yes', { qos: 2 });
  assert.deepEqual(await sub.waitMessages(1), ['2 plant/p1/a/t yes']);
});

test('a paho client is granted the wide filter and refused the denied one', {
  skip: skip || withoutPaho(),
}, async () => {
  await using s = await scene();
  const pki = await testPki();
  const tls = writeCredentials(s.gate.dir, 'reader-1', await pki.device('reader-1', 'readers'));
  const result = await paho({
    port: s.gate.port(),
    clientId: 'reader-1',
    tls,
    subscribe: [
      ['plant/p1/#', 1],
      ['plant/p1/a/secret', 1],
    ],
  });
  assert.deepEqual(result.granted, [1, 0x87]);
});
