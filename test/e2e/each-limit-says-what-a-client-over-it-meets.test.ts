/**
 * Every limit may say for itself what a client over it meets: one client is refused its messages and keeps its
 * connection while it sends too many, and loses the connection when it sends too much. What other limits of the same
 * block say makes no difference.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startTestGate } from '../support/gate.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { testPki } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';

const TOPIC = 'plant/p1/truck/t';
const LIMITS = {
  publish: { limit: '2/min', burst: '1min', onExceed: 'reject' },
  bytes: { limit: '1KiB/min', burst: '1min', onExceed: 'disconnect' },
  requests: '1/min',
  burst: '1min',
};

for (const version of [4, 5] as const) {
  test(`messages are rejected, bytes disconnect, requests wait, MQTT ${version}`, {
    skip: without('mosquitto'),
  }, async () => {
    await using broker = await startMosquitto();
    await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version });
    await inside.subscribe('#');
    await using gate = await startTestGate({ broker: broker.port, device: { limits: LIMITS } });
    const clock = driveClock(gate.gate.shared);
    const tls = await (await testPki()).device('truck');
    const more = { keepalive: 600 };
    await using client = await connectMqtt({ port: gate.port(), clientId: 'truck', version, tls, more });
    const publish = (size: number) => client.publish(TOPIC, Buffer.alloc(size), { qos: 1 });
    const refused = version === 5 ? 0x97 : 0;
    assert.deepEqual([await publish(1), await publish(1), await publish(1)], [0, 0, refused]);
    assert.equal((await gate.rejection('limit-publish')).sent, version === 5 ? 'PUBACK 0x97' : 'PUBACK');

    clock.advance(60_000);
    await client.subscribe('plant/p1/truck/cmd/a', 0);
    await client.subscribe('plant/p1/truck/cmd/b', 0);
    const causes = () => gate.gate.hub.query().map(({ cause }) => cause);
    assert.deepEqual(causes(), ['limit-publish'], 'a request over its limit waits and is no rejection');

    clock.advance(60_000);
    await assert.rejects(Promise.all([publish(700), publish(700)]));
    await client.waitClosed();
    assert.equal(client.disconnectCode, version === 5 ? 0x97 : undefined);
    assert.equal((await gate.rejection('limit-bytes')).principal, 'truck');
    assert.equal((await inside.messages(3)).length, 3, 'nothing that was refused arrived');
  });
}
