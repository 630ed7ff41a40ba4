/** The way in for operators, of a running gate: what it answers, what it refuses, and the command that asks it. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import type { RequestOptions } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { type Answer, ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { Child, runChild } from '../support/child.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
const TOKEN = 'a-token-that-is-long-enough';
const JSON_TYPE = { 'content-type': 'application/json' };

function gateWithAdmin(broker: number, admin: object = { socket: 'admin.sock' }): Promise<ObservedGate> {
  return startObservedGate({ broker, more: { admin, workers: 2 } });
}

function request(gate: ObservedGate, options: RequestOptions, body?: string | Buffer): Promise<Answer> {
  return ask({ socketPath: gate.dir.file('admin.sock'), path: '/api/policy', ...options }, body);
}

const REFUSED: readonly { name: string; options: RequestOptions; body?: string; status: number; code: string }[] = [
  { name: 'a foreign Host', options: { headers: { host: 'evil.example' } }, status: 403, code: 'foreign-host' },
  {
    name: 'a Host that only begins well',
    options: { headers: { host: 'localhost.evil' } },
    status: 403,
    code: 'foreign-host',
  },
  {
    name: 'a foreign Origin',
    options: { headers: { origin: 'http://evil.example' } },
    status: 403,
    code: 'foreign-origin',
  },
  { name: 'an opaque Origin', options: { headers: { origin: 'null' } }, status: 403, code: 'foreign-origin' },
  {
    name: 'a request of another site',
    options: { headers: { 'sec-fetch-site': 'cross-site' } },
    status: 403,
    code: 'foreign-origin',
  },
  { name: 'GET on a write', options: { path: '/api/reload' }, status: 405, code: 'method-not-allowed' },
  {
    name: 'POST on a read',
    options: { method: 'POST', headers: JSON_TYPE },
    body: '{}',
    status: 405,
    code: 'method-not-allowed',
  },
  {
    name: 'a write without JSON',
    options: { path: '/api/reload', method: 'POST', headers: { 'content-type': 'text/plain' } },
    body: '{}',
    status: 415,
    code: 'not-json',
  },
  {
    name: 'a write of a form',
    options: { path: '/api/reload', method: 'POST' },
    body: 'a=b',
    status: 415,
    code: 'not-json',
  },
  {
    name: 'broken JSON',
    options: { path: '/api/reload', method: 'POST', headers: JSON_TYPE },
    body: '{',
    status: 400,
    code: 'bad-json',
  },
  {
    name: 'a body beyond 1 MiB',
    options: { path: '/api/reload', method: 'POST', headers: JSON_TYPE },
    body: ' '.repeat(1024 * 1024 + 1),
    status: 413,
    code: 'too-large',
  },
  { name: 'an unknown path', options: { path: '/api/secrets' }, status: 404, code: 'not-found' },
  { name: 'an unknown cause', options: { path: '/api/rejections?cause=whim' }, status: 400, code: 'bad-query' },
  { name: 'an unknown filter', options: { path: '/api/rejections?user=x' }, status: 400, code: 'bad-query' },
];

test('over the socket (mode 0600) it answers its owner and refuses everything that is odd', async () => {
  await using gate = await gateWithAdmin(1);
  assert.equal(statSync(gate.dir.file('admin.sock')).mode & 0o777, 0o600);
  for (const { name, options, body, status, code } of REFUSED) {
    const answer = await request(gate, options, body);
    assert.deepEqual([answer.status, answer.json?.error.code], [status, code], name);
    assert.equal(answer.headers['access-control-allow-origin'], undefined, name);
  }
  assert.equal(gate.metric('headgate_reloads_total', { result: 'unchanged' }), 0, 'none of them reloaded');
  const policy = await request(gate, {});
  assert.equal(policy.status, 200);
  assert.equal(policy.json.id, 1);
  assert.deepEqual(policy.json.listeners, [
    { name: 'mqtt', protocol: 'mqtt', addresses: [`127.0.0.1:${gate.port()}`] },
  ]);
  assert.deepEqual(policy.json.identities, ['devices']);
  const reload = await request(gate, { path: '/api/reload', method: 'POST', headers: JSON_TYPE }, '{}');
  assert.deepEqual([reload.status, reload.json.reload.changed], [200, false]);
  gate.dir.write('headgate.yaml', 'listeners: [');
  const broken = await request(gate, { path: '/api/reload', method: 'POST', headers: JSON_TYPE }, '{}');
  assert.deepEqual([broken.status, broken.json.error.code], [422, 'reload-refused']);
});

test('over TCP it wants its token', async () => {
  await using gate = await startObservedGate({ broker: 1, more: { admin: { listen: '127.0.0.1:0', token: TOKEN } } });
  const port = Number(gate.gate.adminAddress?.split(':')[1]);
  const status = async (headers: Record<string, string>) =>
    (await ask({ host: '127.0.0.1', port, path: '/api/policy', headers })).status;
  assert.equal(await status({}), 401);
  assert.equal(await status({ authorization: `Bearer ${TOKEN}x` }), 401);
  assert.equal(await status({ authorization: `Basic ${TOKEN}` }), 401);
  assert.equal(await status({ authorization: `Bearer ${TOKEN}`, host: 'evil.example' }), 403);
  assert.equal(await status({ authorization: `Bearer ${TOKEN}` }), 200);
});

/** Rejections of three kinds: two denied publishes, one denied filter, one plain text. */
async function rejectSome(gate: ObservedGate): Promise<void> {
  for (const [name, topic] of [
    ['one', 'a/1'],
    ['two', 'a/2'],
  ] as const) {
    await using client = await connectMqtt({
      port: gate.port(),
      clientId: name,
      version: 4,
      tls: await pki.device(name),
    });
    await client.publish(topic, 'x', { qos: 1 });
    if (name === 'two') await client.subscribe('a/#', 0).catch(() => {});
  }
  await using stranger = await connectRaw({ port: gate.port() });
  await stranger.write('hello?\r\n');
  await waitFor('four records', () => gate.gate.hub.query().length === 4);
}

test('/api/rejections filters by principal, cause, listener, id and time', async () => {
  await using broker = await startAedes();
  await using gate = await gateWithAdmin(broker.port);
  await rejectSome(gate);
  const found = async (query: string): Promise<string[]> => {
    const { status, json } = await request(gate, { path: `/api/rejections${query}` });
    assert.equal(status, 200, query);
    return json.rejections.map((event: { cause: string; resource?: string }) => event.resource ?? event.cause).sort();
  };
  assert.deepEqual(await found(''), ['a/#', 'a/1', 'a/2', 'plain-text']);
  assert.deepEqual(await found('?principal=two'), ['a/#', 'a/2']);
  assert.deepEqual(await found('?principal=two&cause=denied&limit=1'), [(await found('?principal=two&limit=1'))[0]]);
  assert.deepEqual(await found('?cause=plain-text'), ['plain-text']);
  assert.deepEqual(await found('?identity=devices&listener=mqtt'), ['a/#', 'a/1', 'a/2']);
  assert.deepEqual(await found('?listener=other'), []);
  const [event] = gate.gate.hub.query({ principal: 'one' });
  assert.deepEqual(await found(`?id=${event?.id}`), ['a/1']);
  assert.deepEqual(await found(`?since=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`), []);
  assert.equal((await found('?since=10m')).length, 4);
});

test('headgate rejections lists, filters, explains one, and follows as a process of its own', async () => {
  await using broker = await startAedes();
  await using gate = await gateWithAdmin(broker.port);
  await rejectSome(gate);
  const socket = gate.dir.file('admin.sock');
  const run = (...args: string[]) =>
    runChild(process.execPath, [PROGRAM, 'rejections', ...args], { env: { ...process.env, HEADGATE_ADMIN: socket } });
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('--json', ...args);
    assert.equal(code, 0, stderr);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  assert.equal((await json()).length, 4);
  const ones = await json('--principal', 'one', '--cause', 'denied', '--since', '10m');
  assert.deepEqual(
    ones.map(({ resource }) => resource),
    ['a/1'],
  );
  const table = await run('--principal', 'two');
  assert.match(table.stdout, /a\/2/);
  assert.doesNotMatch(table.stdout, /a\/1/);
  const one = await run('--id', ones[0].id);
  assert.match(one.stdout, /default-deny/);
  assert.equal((await run('--cause', 'whim')).code, 2);
  assert.equal((await run('--admin', `${socket}.gone`)).code, 1);

  await using follower = new Child(process.execPath, [PROGRAM, 'rejections', '--follow', '--json', '--admin', socket]);
  await waitFor('the past', () => follower.lines.length >= 4);
  await using client = await connectMqtt({
    port: gate.port(),
    clientId: 'three',
    version: 4,
    tls: await pki.device('three'),
  });
  await client.publish('a/3', 'x', { qos: 1 });
  await follower.printed('"a/3"');
  assert.equal(follower.lines.length, 5, 'each record once');
});

test('what mosquitto_pub (5) and paho (3.1.1) were refused is found by their principal', {
  skip: without('mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await startAedes();
  await using gate = await gateWithAdmin(broker.port);
  const port = gate.port();
  const cli = writeCredentials(gate.dir, 'cli', await pki.device('cli'));
  const python = writeCredentials(gate.dir, 'python', await pki.device('python'));
  await mosquittoPub({ port, clientId: 'stolen', topic: 't', message: 'x', tls: cli });
  await paho({ port, clientId: 'python', version: 4, tls: python, publish: [['elsewhere', 'x', 1]] });
  // Each comes from a worker of its own, in any order.
  await gate.rejection('client-id');
  await gate.rejection('denied');
  const about = async (principal: string) =>
    (await request(gate, { path: `/api/rejections?principal=${principal}` })).json.rejections;
  assert.equal((await about('cli'))[0].cause, 'client-id');
  assert.equal((await about('python'))[0].resource, 'elsewhere');
});
