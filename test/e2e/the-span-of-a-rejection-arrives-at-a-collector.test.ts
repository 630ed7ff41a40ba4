/** From a denied publish of a real client to the attributes that an OTLP collector receives. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { otlpReceiver, plain } from '../proxy/control-plane/telemetry/otlp-receiver.ts';
import { startAedes } from '../support/aedes.ts';
import { runChild } from '../support/child.ts';
import { writeGate } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();

process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '1000';
process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100';
process.env['OTEL_METRIC_EXPORT_INTERVAL'] = '300';
process.env['OTEL_METRIC_EXPORT_TIMEOUT'] = '300';

test('rejections of MQTT.js, mosquitto_pub, paho and of a client without TLS arrive with their attributes', {
  skip: without('mosquitto', 'mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await startMosquitto();
  await using collector = await otlpReceiver();
  const telemetry = { endpoint: collector.endpoint, sampling: 0 };
  await using gate = await startObservedGate({ broker: broker.port, more: { telemetry, workers: 2 } });
  const port = gate.port();
  const tls = await pki.device('pump-1');
  await using client = await connectMqtt({ port, clientId: 'pump-1', version: 5, tls });
  assert.equal(await client.publish('plant/p1/pump-1/firmware/x', 'evil', { qos: 1 }), 0x87);
  await mosquittoPub({
    port,
    clientId: 'cli',
    topic: 'elsewhere/cli',
    message: 'x',
    qos: 1,
    version: 4,
    tls: writeCredentials(gate.dir, 'cli', await pki.device('cli')),
  });
  await paho({
    port,
    clientId: 'python',
    tls: writeCredentials(gate.dir, 'python', await pki.device('python')),
    subscribe: [['elsewhere/#', 0]],
  });
  await using stranger = await connectRaw({ port });
  await stranger.write('GET / HTTP/1.1\r\n\r\n');

  await waitFor('four spans', () => collector.spans.length >= 4);
  assert.equal(collector.spans.length, 4, 'one span for each rejection, none for what is allowed');
  const by = (name: string, value: string) => {
    const span = collector.spans.find(({ attributes }) => plain(attributes)[name] === value);
    assert.ok(span, `a span with ${name} = ${value}`);
    return { ...span, attributes: plain(span.attributes) };
  };
  const event = await gate.rejection('plain-http');
  const http = by('error.type', 'plain-http');
  assert.equal(http.name, 'handshake rejected');
  assert.equal(http.attributes['headgate.decision.id'], event.id);

  const denied = by('headgate.principal', 'pump-1');
  const [record] = gate.gate.hub.query({ principal: 'pump-1' });
  assert.equal(denied.name, 'publish rejected');
  assert.equal(denied.status.code, 2, 'ERROR');
  assert.equal(denied.resource['service.name'], 'headgate');
  assert.equal(Number(BigInt(denied.startTimeUnixNano) / 1_000_000n), Date.parse(record?.time ?? ''));
  const { 'network.peer.port': peerPort, 'tls.client.not_after': notAfter, ...attributes } = denied.attributes;
  assert.equal(`127.0.0.1:${peerPort}`, record?.peer);
  assert.match(String(notAfter), /^\d{4}-/);
  const expected = {
    'messaging.system.name': 'mqtt',
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': 'plant/p1/pump-1/firmware/x',
    'messaging.client.id': 'pump-1',
    'network.peer.address': '127.0.0.1',
    'network.protocol.name': 'mqtt',
    'network.protocol.version': '5.0',
    'network.transport': 'tcp',
    'tls.protocol.name': 'tls',
    'tls.protocol.version': '1.3',
    'tls.client.server_name': 'localhost',
    'tls.client.hash.sha256': record?.certificate?.sha256,
    'tls.client.subject': record?.certificate?.subject,
    'tls.client.issuer': record?.certificate?.issuer,
    'headgate.certificate.serial': record?.certificate?.serial,
    'error.type': 'denied',
    'headgate.cause': 'denied',
    'headgate.rule': 'roles.device.mqtt.deny[0]',
    'headgate.role': 'device',
    'headgate.identity': 'devices',
    'headgate.principal': 'pump-1',
    'headgate.listener': 'mqtt',
    'headgate.sent': 'PUBACK 0x87',
    'headgate.decision.id': record?.id,
    'headgate.generation': 1,
    'headgate.count': 1,
  };
  for (const [key, value] of Object.entries(expected)) assert.equal(attributes[key], value, key);

  assert.equal(by('headgate.principal', 'cli').attributes['network.protocol.version'], '3.1.1');
  const refused = by('headgate.principal', 'python').attributes;
  assert.deepEqual(
    [refused['messaging.operation.name'], refused['messaging.destination.name']],
    ['subscribe', 'elsewhere/#'],
  );

  await waitFor('the metrics', () => {
    const points = collector.metrics.get('headgate_rejections_total')?.points ?? [];
    return points.some(({ labels, value }) => labels['cause'] === 'denied' && value >= 1);
  });
});

test('a sampled share of forwards gets a span, and a collector that is down harms nobody', async () => {
  await using broker = await startAedes();
  const collector = await otlpReceiver();
  const telemetry = { endpoint: collector.endpoint, sampling: 1, metrics: false };
  await using gate = await startObservedGate({ broker: broker.port, more: { telemetry } });
  await using client = await connectMqtt({
    port: gate.port(),
    clientId: 'pump-1',
    version: 4,
    tls: await pki.device('pump-1'),
  });
  await client.publish('plant/p1/pump-1/t', 'hello', { qos: 1 });
  const span = await waitFor('the span', () => collector.spans.find(({ name }) => name === 'publish forwarded'));
  assert.equal(plain(span.attributes)['headgate.rule'], 'roles.device.mqtt.allow[0]');
  assert.notEqual(span.status.code, 2);
  await collector[Symbol.asyncDispose]();
  await client.publish('elsewhere', 'x', { qos: 1 });
  await gate.rejection('denied');
  await waitFor('the failure to be counted', () => gate.metric('headgate_otel_errors_total') > 0);
  assert.equal(await client.publish('plant/p1/pump-1/t', 'again', { qos: 1 }), 0);
});

test('without the section telemetry the SDK is not loaded', async () => {
  await using dir = tempDir();
  const loads = async (more: object): Promise<boolean> => {
    const file = await writeGate(dir, { broker: 1, more: { ...more } });
    const program = `
      const { startGate } = await import(${JSON.stringify(join(import.meta.dirname, '../../proxy/gate.ts'))});
      const gate = await startGate({ file: ${JSON.stringify(file)} });
      await gate.close();
      console.log('LOADED', globalThis.seen.some((name) => name.includes('opentelemetry')));
      process.exit(0);`;
    const hooks = `
      import { registerHooks } from 'node:module';
      globalThis.seen = [];
      registerHooks({ load(url, context, next) { globalThis.seen.push(url); return next(url, context); } });`;
    const args = [
      '--import',
      `data:text/javascript,${encodeURIComponent(hooks)}`,
      '--input-type=module',
      '-e',
      program,
    ];
    const { stdout, stderr } = await runChild(process.execPath, args);
    const answer = /^LOADED (true|false)$/m.exec(stdout);
    assert.ok(answer, stdout + stderr);
    return answer[1] === 'true';
  };
  assert.equal(await loads({}), false);
  assert.equal(await loads({ telemetry: { endpoint: 'http://127.0.0.1:9', sampling: 0 } }), true, 'the test can tell');
});
