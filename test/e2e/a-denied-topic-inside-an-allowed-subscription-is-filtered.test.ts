/**
 * With `denyOverlap: filter` a reader may watch a whole plant although a part of it is denied: the
 * subscription stands and what is denied never arrives, in either version, with any quality of
 * service, retained or not, alone or in a group. Payloads over the size of their rule are refused.
 * Against a real mosquitto.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { mosquittoSub } from '../support/mosquitto-clients.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { payloads, plantScene } from '../support/plant-scene.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto', 'mosquitto_sub', 'stdbuf');
const VERSIONS = [4, 5] as const;
const QOS = [0, 1, 2] as const;

const reader = (denyOverlap: string) => ({
  mqtt: {
    clientId: 'any',
    allow: [{ subscribe: 'plant/p1/#' }],
    deny: [{ subscribe: 'plant/p1/+/secret/#' }],
    denyOverlap,
  },
});

const scene = () =>
  plantScene(['readers', 'strict'], { roles: { readers: reader('filter'), strict: reader('reject') } });

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
