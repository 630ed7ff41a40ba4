/** SIGTERM, a second one, SIGHUP: what an operator and an orchestrator see of the process. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import test from 'node:test';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess } from '../support/gate.ts';
import type { Section } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoSub } from '../support/mosquitto-clients.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { accepts } from '../support/port-open.ts';
import { connectRaw } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
const mosquitto = without('mosquitto', 'mosquitto_sub', 'stdbuf');

async function device(port: number, name: string, version: 4 | 5, will = false): Promise<TestClient> {
  const topic = `plant/p1/${name}/will`;
  const more = will ? { will: { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: false } } : {};
  return connectMqtt({ port, clientId: name, version, tls: await pki.device(name), more });
}

function settings(drain: Section, probe: number, workers = 2): Section {
  return { workers, drain, probe: { listen: `127.0.0.1:${probe}` } };
}

for (const { wills, expected } of [
  { wills: 'suppress', expected: [] },
  { wills: 'publish', expected: ['plant/p1/five/will', 'plant/p1/four/will'] },
] as const) {
  test(`SIGTERM: readiness 503, MQTT 5 clients get 0x8B, 3.1.1 ones are closed, wills: ${wills}, exit 0`, {
    skip: mosquitto,
  }, async () => {
    await using dir = tempDir();
    await using broker = await startMosquitto();
    const [port, probe] = [await freePort(), await freePort()];
    const drain = { delay: '500ms', deadline: '3s', wills };
    await using gate = await startGateProcess(dir, { broker: broker.port, port, more: settings(drain, probe) });
    await using inside = await connectMqtt({ port: broker.port, clientId: 'inside' });
    await inside.subscribe('plant/#', 1);
    await using five = await device(port, 'five', 5, true);
    await using four = await device(port, 'four', 4, true);
    const tls = writeCredentials(dir, 'cli', await pki.device('cli'));
    await using cli = await mosquittoSub({ port, clientId: 'cli', topic: 'plant/p1/cli/cmd/x', tls });
    const ready = () => ask({ port: probe, host: '127.0.0.1', path: '/readyz' });
    assert.equal((await ready()).status, 200);

    const started = performance.now();
    gate.process.kill('SIGTERM');
    const draining = await waitFor('readiness to go', async () => {
      const answer = await ready();
      return answer.status === 503 && answer;
    });
    assert.deepEqual(draining.json.missing, ['draining']);
    // During the delay the gate still serves: balancers have not noticed yet.
    assert.equal(await five.publish('plant/p1/five/t', 'x', { qos: 1 }), 0);
    const exit = await gate.exited;
    assert.deepEqual(exit, { code: 0, signal: null });
    assert.ok(performance.now() - started < 500 + 3000 + 4000, 'within delay, deadline and the time of the sinks');
    await Promise.all([five.waitClosed(), four.waitClosed()]);
    assert.equal(five.disconnectCode, 0x8b);
    await cli.child.exited;
    assert.match(cli.child.stdout + cli.child.stderr, /[Dd]isconnect.*139|shutting down|DISCONNECT/);
    assert.equal(await accepts(port), false);
    const wanted = ['plant/p1/five/t', ...expected].sort();
    const topics = () => inside.received.map(({ topic }) => topic).sort();
    // A message from inside comes after every will that mosquitto had to publish.
    await inside.publish('plant/end', '', { qos: 1 });
    await waitFor('the last message', () => topics().includes('plant/end'));
    assert.deepEqual(topics(), ['plant/end', ...wanted].sort());
    assert.match(gate.stdout, /"msg":"ended"/);
  });
}

for (const workers of [0, 2]) {
  test(`without clients SIGTERM ends ${workers} workers at once`, async () => {
    await using dir = tempDir();
    const [port, probe] = [await freePort(), await freePort()];
    const more = settings({ delay: '0s', deadline: '1h' }, probe, workers);
    await using gate = await startGateProcess(dir, { broker: 1, port, more });
    assert.deepEqual(await gate.end('SIGTERM', 8000), { code: 0, signal: null });
  });
}

for (const workers of [0, 2]) {
  test(`sessions are ended one by one over the deadline; a second signal ends ${workers} workers at once with 143`, async () => {
    await using dir = tempDir();
    await using broker = await startAedes();
    const [port, probe] = [await freePort(), await freePort()];
    const more = settings({ delay: '0s', deadline: '1h' }, probe, workers);
    await using gate = await startGateProcess(dir, { broker: broker.port, port, more });
    const clients = await Promise.all(['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((name) => device(port, name, 4)));
    const sent = performance.now();
    gate.process.kill('SIGTERM');
    await waitFor('the first one to be ended', () => clients.some(({ closed }) => closed));
    assert.equal(await accepts(port), false);
    // Signals in quick succession are one: npm and terminals send them twice.
    await waitFor('a moment', () => performance.now() - sent > 500);
    const alive = clients.filter(({ closed }) => !closed);
    assert.ok(alive.length >= 4, `${alive.length} of 6 live on`);
    for (const client of alive) {
      assert.equal(await client.publish(`plant/p1/${client.raw.options.clientId}/t`, 'x', { qos: 1 }), 0);
    }
    assert.deepEqual(await gate.end('SIGTERM', 5000), { code: 143, signal: null });
    assert.match(gate.stdout, /second signal: ending at once/);
    for (const client of clients) await client.waitClosed();
  });
}

test('clients in the middle of a handshake do not keep the process past the deadline', async () => {
  await using dir = tempDir();
  const [port, probe] = [await freePort(), await freePort()];
  await using gate = await startGateProcess(dir, {
    broker: 1,
    port,
    more: settings({ delay: '0s', deadline: '500ms' }, probe),
  });
  await using half = await connectRaw({ port });
  await half.write(Buffer.from([22, 3, 1]));
  await using silent = await connectRaw({ port, tls: await pki.device('silent') });
  assert.deepEqual(await gate.end('SIGTERM', 8000), { code: 0, signal: null });
  await half.waitClosed();
  await silent.waitClosed();
});

test('SIGHUP opens the audit file anew, and no record is lost over it', async () => {
  await using dir = tempDir();
  await using broker = await startAedes();
  const port = await freePort();
  const more = { workers: 2, audit: { file: 'audit.jsonl' } };
  await using gate = await startGateProcess(dir, { broker: broker.port, port, more });
  await using client = await device(port, 'audited', 4);
  const records = (file: string): string[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line).resource as string)
      : [];
  const [audit, rotated] = [dir.file('audit.jsonl'), dir.file('audit.jsonl.1')];
  await client.publish('forbidden/1', 'x', { qos: 1 });
  await waitFor('the first record', () => records(audit).length === 1);
  renameSync(audit, rotated);
  gate.process.kill('SIGHUP');
  await gate.printed('configuration loaded');
  await client.publish('forbidden/2', 'x', { qos: 1 });
  await waitFor('the record in the new file', () => records(audit).length === 1);
  assert.deepEqual([records(rotated), records(audit)], [['forbidden/1'], ['forbidden/2']]);
  await client.publish('forbidden/3', 'x', { qos: 1 });
  assert.deepEqual(await gate.end('SIGTERM'), { code: 0, signal: null });
  assert.deepEqual(records(audit), ['forbidden/2', 'forbidden/3'], 'what waited is written before the end');
});
