/** Passwords, payloads, passphrases and keys go through the gate; none of them comes out of it anywhere else. */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { collect, renderPrometheus } from '../../proxy/control-plane/telemetry/metrics.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { otlpReceiver } from '../proxy/control-plane/telemetry/otlp-receiver.ts';
import { Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess } from '../support/gate.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { type ConnectOptions, connectMqtt } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100';
process.env['OTEL_METRIC_EXPORT_INTERVAL'] = '300';
process.env['OTEL_METRIC_EXPORT_TIMEOUT'] = '300';

const pki = await testPki();
const tools = without('mosquitto', 'mosquitto_passwd', 'mosquitto_pub');

const SECRETS = {
  upstreamPassword: 'Zq-upstream-password-1',
  clientUser: 'Zq-client-user-2',
  clientPassword: 'Zq-client-password-3',
  payload: 'Zq-payload-4',
  willPayload: 'Zq-will-payload-5',
  passphrase: 'Zq-passphrase-6',
  adminToken: 'Zq-admin-token-7-long-enough',
  userProperty: 'Zq-user-property-8',
} as const;

/** Fails when a secret, as it is or in one of the usual encodings, is in the text. */
function assertClean(where: string, text: string, more: Readonly<Record<string, string>> = {}): void {
  for (const [name, secret] of Object.entries({ ...SECRETS, ...more })) {
    for (const encoding of ['utf8', 'hex', 'base64'] as const) {
      const form = Buffer.from(secret).toString(encoding).replace(/=+$/, '').slice(0, -2);
      assert.ok(!text.includes(form), `${name} (${encoding}) is in ${where}`);
    }
  }
  assert.doesNotMatch(text, /PRIVATE KEY/, where);
}

test('the search finds what it looks for', () => {
  assert.throws(() => assertClean('a log', `x ${SECRETS.payload} y`), /payload \(utf8\)/);
  assert.throws(() => assertClean('a log', Buffer.from(SECRETS.passphrase).toString('base64')), /passphrase/);
});

/** Everything that a client may do wrong with secrets in its hands. */
async function misbehave(gate: ObservedGate): Promise<void> {
  const port = gate.port();
  const more: ConnectOptions['more'] = {
    username: SECRETS.clientUser,
    password: SECRETS.clientPassword,
    properties: { userProperties: { secret: SECRETS.userProperty } },
  };
  const bare = { username: SECRETS.clientUser, password: SECRETS.clientPassword };
  const tls = await pki.device('pump-1');
  for (const version of [4, 5] as const) {
    const settings = version === 5 ? more : bare;
    const will = { payload: Buffer.from(SECRETS.willPayload), qos: 0 as const, retain: false };
    await assert.rejects(connectMqtt({ port, clientId: 'stolen', version, tls, more: settings }));
    const evil = { ...settings, will: { ...will, topic: 'elsewhere' } };
    await assert.rejects(connectMqtt({ port, clientId: 'pump-1', version, tls, more: evil }));
    const good = { ...settings, will: { ...will, topic: 'plant/p1/pump-1/will' } };
    await using client = await connectMqtt({ port, clientId: 'pump-1', version, tls, more: good });
    await client.publish('plant/p1/pump-1/t', SECRETS.payload, { qos: 1 });
    await client.publish('elsewhere', SECRETS.payload, { qos: 1 });
    await client.publish('plant/p1/pump-1/firmware/x', SECRETS.payload, { qos: 2 });
    await client.subscribe('elsewhere/#', 1).catch(() => {});
    // What breaks the grammar carries a secret too.
    await using raw = await connectRaw({ port, tls: await pki.device('pump-2') });
    await raw.write(
      Buffer.concat([
        Buffer.from([0x10, 0x40, 0, 4]),
        Buffer.from(`MQTT\x04\xff${SECRETS.clientPassword}`.padEnd(70, 'x'), 'latin1'),
      ]),
    );
    await raw.waitClosed();
  }
  await using plain = await connectRaw({ port });
  await plain.write(
    `GET /?password=${SECRETS.clientPassword} HTTP/1.1\r\nAuthorization: ${SECRETS.clientUser}\r\n\r\n`,
  );
  await plain.waitClosed();
  const cli = writeCredentials(gate.dir, 'cli', await pki.device('cli'));
  const args = ['-u', SECRETS.clientUser, '-P', SECRETS.clientPassword];
  await mosquittoPub({ port, clientId: 'cli', topic: 'elsewhere', message: SECRETS.payload, qos: 1, tls: cli, args });
}

test('log at level debug, audit file, admin answers, metrics and spans hold no secret', { skip: tools }, async () => {
  const config = ['log_type all'];
  await using broker = await startMosquitto({ passwords: { headgate: SECRETS.upstreamPassword }, config });
  await using collector = await otlpReceiver();
  await using gate = await startObservedGate(
    {
      broker: broker.port,
      listener: {
        upstream: { address: `127.0.0.1:${broker.port}`, username: 'headgate', password: SECRETS.upstreamPassword },
      },
      more: {
        workers: 2,
        audit: { file: 'audit.jsonl' },
        telemetry: { endpoint: collector.endpoint, sampling: 1 },
        admin: { listen: '127.0.0.1:0', token: SECRETS.adminToken },
      },
    },
    'debug',
  );
  await misbehave(gate);
  // A reload that fails and a broker that refuses the password.
  gate.configure({
    broker: broker.port,
    listener: {
      upstream: { address: `127.0.0.1:${broker.port}`, username: 'headgate', password: `${SECRETS.upstreamPassword}x` },
    },
    more: { admin: { listen: '127.0.0.1:0', token: SECRETS.adminToken }, workres: SECRETS.passphrase.length },
  });
  assert.equal((await gate.gate.reload()).ok, false);
  gate.configure({
    broker: broker.port,
    listener: {
      upstream: { address: `127.0.0.1:${broker.port}`, username: 'headgate', password: `${SECRETS.upstreamPassword}x` },
    },
  });
  assert.equal((await gate.gate.reload()).ok, true);
  await assert.rejects(
    connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 5, tls: await pki.device('pump-1') }),
  );
  await gate.rejection('upstream-refused');
  const causes = new Set(gate.gate.hub.query({ limit: 1000 }).map(({ cause }) => cause));
  for (const cause of ['client-id', 'will-denied', 'denied', 'malformed', 'plain-http', 'upstream-refused'] as const) {
    assert.ok(causes.has(cause), `${cause} was driven`);
  }
  await waitFor('the audit file', () =>
    readFileSync(gate.dir.file('audit.jsonl'), 'utf8').includes('upstream-refused'),
  );
  await waitFor('the spans', () => JSON.stringify(collector.spans).includes('upstream-refused'));
  await waitFor('the metrics', () => collector.metrics.size > 0);

  assertClean('the log', gate.logText.join(''));
  assertClean('the audit file', readFileSync(gate.dir.file('audit.jsonl'), 'utf8'));
  assertClean('the spans', JSON.stringify(collector.spans));
  assertClean('the metrics over OTLP', JSON.stringify([...collector.metrics]));
  assertClean('the metrics', renderPrometheus(collect(gate.gate.metrics)));
  const port = Number(gate.gate.adminAddress?.split(':')[1]);
  const headers = { authorization: `Bearer ${SECRETS.adminToken}` };
  for (const path of ['/api/rejections?limit=1000', '/api/policy', '/api/nowhere']) {
    const { text } = await ask({ host: '127.0.0.1', port, path, headers });
    assert.notEqual(text, '');
    assertClean(path, text);
  }
  const { text } = await ask({
    host: '127.0.0.1',
    port,
    path: '/api/policy',
    headers: { authorization: `Bearer ${SECRETS.adminToken}-not` },
  });
  assertClean('the refusal of a token', text);
});

test('a key with a passphrase serves, and a wrong passphrase is told without it', async () => {
  await using dir = tempDir();
  const server = await pki.server();
  const encrypted = createPrivateKey(server.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: SECRETS.passphrase,
  });
  dir.write('encrypted.key', encrypted);
  const port = await freePort();
  const tls = (passphrase: string) => ({
    certificate: 'server.pem',
    key: 'encrypted.key',
    passphrase,
    clients: ['devices'],
  });
  const options = { broker: 1, port, more: { workers: 2, log: { level: 'debug' } } };
  await using gate = await startGateProcess(dir, { ...options, listener: { tls: tls(SECRETS.passphrase) } });
  await using client = await connectRaw({ port, tls: await pki.device('pump-1') });
  assert.equal(client.closed, false);
  await assert.rejects(
    startGateProcess(dir, { ...options, port: await freePort(), listener: { tls: tls(`${SECRETS.passphrase}-not`) } }),
    (error) => {
      assert.match(String(error), /passphrase|key/);
      assertClean('what it says', String(error));
      return true;
    },
  );
  gate.process.kill('SIGHUP');
  await gate.printed('reload refused');
  await gate.end();
  assertClean('its output', gate.stdout + gate.stderr);
  assert.ok(gate instanceof Child);
});
