/** The shortest way through everything: a device certificate, the gate, a broker. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAedes } from './aedes.ts';
import { freePort } from './free-port.ts';
import { startGateProcess, startTestGate } from './gate.ts';
import { connectMqtt } from './mqtt-client.ts';
import { testPki } from './pki.ts';
import { tempDir } from './temp-dir.ts';

test('a device publishes through the gate of the tests, and a denied topic leaves a rejection', async () => {
  const pki = await testPki();
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port });
  await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version: 4 });
  await inside.subscribe('#', 1);
  const tls = await pki.device('pump-1');
  await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 4, tls });
  await device.publish('plant/p1/pump-1/t', 'hello', { qos: 1 });
  const [message] = await inside.messages(1);
  assert.equal(`${message?.topic} ${message?.payload}`, 'plant/p1/pump-1/t hello');
  await device.publish('plant/p1/pump-1/firmware/x', 'evil', { qos: 1 });
  const rejection = await gate.rejection('denied');
  assert.equal(rejection.principal, 'pump-1');
  assert.equal(rejection.ruleId, 'roles.device.mqtt.deny[0]');
  assert.equal(inside.received.length, 1);
});

test('headgate run as a process serves and drains on SIGTERM', async () => {
  const pki = await testPki();
  await using dir = tempDir();
  await using broker = await startAedes();
  const port = await freePort();
  const more = { drain: { delay: '0s', deadline: '1s' } };
  await using gate = await startGateProcess(dir, { broker: broker.port, port, more });
  await using device = await connectMqtt({ port, clientId: 'pump-1', version: 4, tls: await pki.device('pump-1') });
  assert.equal(await device.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
  assert.deepEqual(await gate.end('SIGTERM'), { code: 0, signal: null });
  await device.waitClosed();
});
