import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { missing, startProbe } from '../../../../proxy/control-plane/admin/probe.ts';
import type { Readiness } from '../../../../proxy/control-plane/api/readiness.ts';
import { ask } from './ask.ts';
import { paperDeps, READY } from './deps.test.ts';

async function probe() {
  const paper = paperDeps();
  const faults: unknown[] = [];
  const it = await startProbe({ host: '127.0.0.1', port: 0 }, paper.deps, (fault) => faults.push(fault));
  const port = Number(it.address.split(':')[1]);
  const get = (path: string, method = 'GET', headers = {}) => ask({ port, path, method, headers });
  return { ...paper, faults, port, get, [Symbol.asyncDispose]: it.close };
}

test('/healthz answers while the main loop turns', async () => {
  await using it = await probe();
  const { status, text } = await it.get('/healthz');
  assert.deepEqual([status, text], [200, 'ok\n']);
});

test('/readyz tells what is missing; a broker that is down is reported and does not count', async () => {
  await using it = await probe();
  const ready = await it.get('/readyz');
  assert.equal(ready.status, 200);
  assert.deepEqual(ready.json, { ready: true, missing: [], ...READY });

  const upstreams = [{ listener: 'plant-mqtt', address: 'mosquitto:1883', up: false }];
  it.state.readiness = { ...READY, upstreams };
  const brokerDown = await it.get('/readyz');
  assert.equal(brokerDown.status, 200);
  assert.equal(brokerDown.json.upstreams[0].up, false);

  it.state.readiness = { ...READY, workers: { expected: 2, beating: 1 } };
  const degraded = await it.get('/readyz');
  assert.equal(degraded.status, 503);
  assert.deepEqual(degraded.json.missing, ['1 of 2 workers are beating']);
});

const LACKS: readonly (readonly [Partial<Readiness>, string[]])[] = [
  [{}, []],
  [{ draining: true }, ['draining']],
  [{ generation: 0 }, ['no generation is loaded']],
  [
    {
      listeners: [
        { name: 'a', bound: true },
        { name: 'b', bound: false },
      ],
    },
    ['listener b is not bound'],
  ],
  [{ workers: { expected: 1, beating: 0 } }, ['0 of 1 workers are beating']],
];
for (const [change, words] of LACKS) {
  test(`${JSON.stringify(change)} lacks ${JSON.stringify(words)}`, () => {
    assert.deepEqual(missing({ ...READY, ...change }), words);
  });
}

test('/metrics is Prometheus text', async () => {
  await using it = await probe();
  const { status, headers, text } = await it.get('/metrics');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(text, /^# HELP headgate_generation .+\n# TYPE headgate_generation gauge\nheadgate_generation 3\n/m);
});

test('HEAD has no body, other methods, paths and bodies are refused in words', async () => {
  await using it = await probe();
  const head = await it.get('/healthz', 'HEAD');
  assert.deepEqual([head.status, head.text], [200, '']);
  const post = await it.get('/healthz', 'POST');
  assert.deepEqual([post.status, post.headers.allow, post.json.error.code], [405, 'GET, HEAD', 'method-not-allowed']);
  for (const path of ['/', '/nothing', '/constructor', '/__proto__', '//healthz']) {
    const { status } = await it.get(path);
    assert.ok(status === 404 || status === 400, path);
  }
  const body = await ask({ port: it.port, path: '/healthz', headers: { 'content-length': '3' } }, 'abc');
  assert.deepEqual([body.status, body.json.error.code], [400, 'unexpected-body']);
});

test('a source of readiness that throws is a fault without particulars for the client', async () => {
  await using it = await probe();
  Object.defineProperty(it.state, 'readiness', {
    get() {
      throw new Error('secret particulars');
    },
  });
  const { status, text } = await it.get('/readyz');
  assert.equal(status, 500);
  assert.doesNotMatch(text, /secret/);
  assert.equal(it.faults.length, 1);
});

test('bytes that are no HTTP end the connection and nothing else', async () => {
  await using it = await probe();
  const socket = connect(it.port, '127.0.0.1');
  socket.end('\x16\x03\x01\x00\x05hello\r\n\r\n');
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal((await it.get('/healthz')).status, 200);
});

test('an address that is taken is an error', async () => {
  await using it = await probe();
  await assert.rejects(startProbe({ host: '127.0.0.1', port: it.port }, it.deps), { code: 'EADDRINUSE' });
});
