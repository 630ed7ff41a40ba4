/**
 * A rule may limit the size of the payloads that it allows: what is larger is refused, recorded with
 * its size, and never reaches the broker; the same holds for wills. Against a real mosquitto.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ConnectError } from '../support/mqtt-client.ts';
import { payloads, plantScene } from '../support/plant-scene.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto');
const VERSIONS = [4, 5] as const;
const QOS = [0, 1, 2] as const;

/** Publishes up to 1 KiB and leaves wills of 16 bytes. */
const DEVICE = {
  mqtt: {
    clientId: '{device}',
    allow: [
      { publish: 'plant/p1/{device}/#', size: '1KiB' },
      { will: 'gone/{device}', size: '16B' },
    ],
  },
};

const scene = () => plantScene([], { device: DEVICE });

for (const version of VERSIONS) {
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
    assert.deepEqual([record.ruleId, record.size], ['roles.device.mqtt.allow[0]', 1025]);
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
