import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { Subject } from 'rxjs';
import type { RejectionEvent } from '../../../../policies/event.ts';
import type { MetricSource } from '../../../../proxy/control-plane/telemetry/metrics.ts';
import { startOtel } from '../../../../proxy/control-plane/telemetry/otel.ts';
import type { ForwardSample } from '../../../../proxy/shared/events/batch.ts';
import { draft } from '../../data-plane/draft.ts';
import { otlpReceiver, plain } from './otlp-receiver.ts';

process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';

const EVENT: RejectionEvent = {
  ...draft({
    peer: '[2001:db8::7]:40001',
    clientId: 'press-1',
    protocolVersion: '5.0',
    generation: 3,
    certificate: {
      serial: '0A1B',
      sha256: 'ab'.repeat(32),
      subject: 'CN=press-1,O=Acme',
      issuer: 'CN=iot-ca',
      notAfter: '2027-01-01T00:00:00Z',
    },
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', sni: 'gate.example' },
  }),
  kind: 'rejection',
  time: '2026-11-24T07:45:00.123Z',
  id: 'd-1-k3f91',
  count: 3,
};

const SAMPLE: ForwardSample = {
  time: '2026-11-24T07:46:00.000Z',
  listener: 'plant-mqtt',
  protocol: 'mqtt',
  identity: 'devices',
  principal: 'press-1',
  action: 'publish',
  resource: 'plant/a/press-1/temp',
  ruleId: 'roles.device.mqtt.allow[0]',
  bytes: 120,
};

function deps(metrics: MetricSource[] = []) {
  const events = new Subject<RejectionEvent>();
  const samples = new Subject<ForwardSample>();
  const complaints: string[] = [];
  const onComplaint = (words: string) => complaints.push(words);
  return { events, samples, complaints, version: '0.1.0', events$: events, samples$: samples, metrics, onComplaint };
}

test('the span of a rejection arrives at an OTLP receiver with its attributes and its own time', async () => {
  await using receiver = await otlpReceiver();
  const given = deps();
  const otel = await startOtel({ sampling: 0, endpoint: receiver.endpoint, traces: true, metrics: false }, given);
  given.events.next(EVENT);
  await otel.shutdown(5000);
  assert.equal(receiver.spans.length, 1);
  const span = receiver.spans[0];
  assert.ok(span);
  assert.equal(span.name, 'publish rejected');
  assert.equal(BigInt(span.startTimeUnixNano), BigInt(Date.parse(EVENT.time)) * 1_000_000n);
  assert.equal(span.endTimeUnixNano, span.startTimeUnixNano);
  assert.deepEqual(span.status, { code: 2, message: 'a rule denies it' });
  assert.deepEqual(plain(span.attributes), {
    'messaging.system.name': 'mqtt',
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': 'plant/a/press-1/firmware',
    'messaging.client.id': 'press-1',
    'network.peer.address': '2001:db8::7',
    'network.peer.port': 40001,
    'network.protocol.name': 'mqtt',
    'network.protocol.version': '5.0',
    'network.transport': 'tcp',
    'tls.client.subject': 'CN=press-1,O=Acme',
    'tls.client.issuer': 'CN=iot-ca',
    'tls.client.hash.sha256': 'ab'.repeat(32),
    'tls.client.not_after': '2027-01-01T00:00:00Z',
    'tls.client.server_name': 'gate.example',
    'tls.protocol.name': 'tls',
    'tls.protocol.version': '1.3',
    'tls.cipher': 'TLS_AES_128_GCM_SHA256',
    'error.type': 'denied',
    'headgate.decision.id': 'd-1-k3f91',
    'headgate.rule': 'roles.device.mqtt.deny[0]',
    'headgate.principal': 'press-1',
    'headgate.identity': 'devices',
    'headgate.role': 'device',
    'headgate.listener': 'plant-mqtt',
    'headgate.cause': 'denied',
    'headgate.reason': 'a rule denies it',
    'headgate.sent': 'PUBACK 0x87',
    'headgate.count': 3,
    'headgate.generation': 3,
    'headgate.certificate.serial': '0A1B',
  });
  assert.equal(span.resource['service.name'], 'headgate');
  assert.equal(span.resource['service.version'], '0.1.0');
  assert.deepEqual(
    Object.keys(span.resource).filter((key) => /^(process|host|os)\./.test(key)),
    [],
  );
});

test('a sampled forward gets a span without an error, and metrics leave under their names', async () => {
  await using receiver = await otlpReceiver();
  const labels = { listener: 'plant-mqtt', identity: 'devices' };
  const given = deps([
    () => [
      { name: 'headgate_client_packets_total', labels, value: 41 },
      { name: 'headgate_generation', labels: {}, value: 7 },
    ],
  ]);
  const otel = await startOtel({ sampling: 1, endpoint: receiver.endpoint, traces: true, metrics: true }, given);
  given.samples.next(SAMPLE);
  await otel.shutdown(5000);
  const span = receiver.spans[0];
  assert.ok(span);
  assert.equal(span.name, 'publish forwarded');
  assert.equal(span.status.code, 0);
  assert.equal(plain(span.attributes)['headgate.rule'], 'roles.device.mqtt.allow[0]');
  assert.equal(plain(span.attributes)['messaging.message.envelope.size'], 120);
  const packets = receiver.metrics.get('headgate_client_packets_total');
  assert.deepEqual(packets, {
    name: 'headgate_client_packets_total',
    unit: '{packet}',
    points: [{ labels, value: 41 }],
  });
  assert.equal(receiver.metrics.get('headgate_generation')?.points[0]?.value, 7);
  assert.equal(receiver.metrics.get('headgate_otel_spans_total')?.points[0]?.value, 1);
});

test('the environment’s sampler does not hide a rejection, and its variables stay as they were', async () => {
  await using receiver = await otlpReceiver();
  process.env['OTEL_TRACES_SAMPLER'] = 'always_off';
  process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] = 'http://127.0.0.1:9/elsewhere';
  try {
    const given = deps();
    const otel = await startOtel({ sampling: 0, endpoint: receiver.endpoint, traces: true, metrics: false }, given);
    assert.equal(process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'], 'http://127.0.0.1:9/elsewhere');
    given.events.next(EVENT);
    await otel.shutdown(5000);
    assert.equal(receiver.spans.length, 1);
  } finally {
    delete process.env['OTEL_TRACES_SAMPLER'];
    delete process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  }
});

test('a full queue drops spans and says so in the metrics', async () => {
  await using receiver = await otlpReceiver();
  process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = '4';
  try {
    const given = deps();
    const otel = await startOtel({ sampling: 0, endpoint: receiver.endpoint, traces: true, metrics: false }, given);
    for (let n = 0; n < 20; n++) given.events.next(EVENT);
    const dropped = () => otel.source().find(({ name }) => name === 'headgate_otel_spans_dropped_total')?.value;
    const deadline = AbortSignal.timeout(5000);
    // The SDK tells of its losses with the next span that finds room.
    while (dropped() === 0) {
      deadline.throwIfAborted();
      await new Promise(setImmediate);
      given.events.next(EVENT);
    }
    assert.ok((dropped() ?? 0) > 0);
    assert.match(given.complaints[0] ?? '', /^Dropped \d+ spans/);
    await otel.shutdown(5000);
  } finally {
    delete process.env['OTEL_BSP_MAX_QUEUE_SIZE'];
  }
});

test('a collector that is away holds up the end no longer than the deadline', async () => {
  // Otherwise the exporter would go on trying for this long.
  process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '2000';
  try {
    const given = deps();
    const endpoint = 'http://127.0.0.1:9';
    const otel = await startOtel({ sampling: 0, endpoint, traces: true, metrics: false }, given);
    given.events.next(EVENT);
    const started = performance.now();
    await otel.shutdown(20);
    assert.ok(performance.now() - started < 1800);
  } finally {
    delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'];
  }
});

test('with telemetry off the SDK is never loaded', async () => {
  const code = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ load(url, context, next) { if (url.includes('opentelemetry')) seen.push(url); return next(url, context); } });
    const { startOtel } = await import('./proxy/control-plane/telemetry/otel.ts');
    const before = seen.length;
    if (process.argv[1] === 'start') {
      const { NEVER } = await import('rxjs');
      const otel = await startOtel({ sampling: 0, endpoint: 'http://127.0.0.1:9', traces: true, metrics: false },
        { version: '0', events$: NEVER, samples$: NEVER, metrics: [] });
      await otel.shutdown(10);
    }
    process.stdout.write(before + ' ' + seen.length);
  `;
  const run = async (word: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code, word]);
    return stdout.split(' ').map(Number);
  };
  assert.deepEqual(await run('idle'), [0, 0]);
  // The same look does see the SDK when it is there.
  const [before, after] = await run('start');
  assert.equal(before, 0);
  assert.ok((after ?? 0) > 10);
});
