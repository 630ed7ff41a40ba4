import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import test from 'node:test';
import { createAuthority } from '../../../../proxy/cli/pki/authority.ts';
import { type AdminOptions, startAdmin } from '../../../../proxy/control-plane/admin/server.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { within } from '../../../support/wait.ts';
import { anonymous, draft } from '../../data-plane/draft.ts';
import { ask, open } from './ask.ts';
import { GENERATION, paperDeps } from './deps.test.ts';

const TOKEN = 'correct-horse-battery-staple';

async function onSocket(options?: AdminOptions & { hosts?: string[] }) {
  const place = tempDir();
  const paper = paperDeps();
  const socketPath = place.file('a.sock');
  const server = await startAdmin({ socket: socketPath, hosts: options?.hosts ?? [] }, paper.deps, options);
  const get = (path: string, headers: Record<string, string> = {}) => ask({ socketPath, path, headers });
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    ask({ socketPath, path, method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, body);
  return {
    ...paper,
    socketPath,
    get,
    post,
    async [Symbol.asyncDispose]() {
      await server.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

async function onTcp() {
  const paper = paperDeps();
  const server = await startAdmin({ listen: { host: '127.0.0.1', port: 0 }, token: TOKEN, hosts: [] }, paper.deps);
  const port = Number(server.address.split(':')[1]);
  return { ...paper, port, [Symbol.asyncDispose]: server.close };
}

test('rejections are listed newest first, with what was dropped', async () => {
  await using it = await onSocket();
  const first = it.reject(draft({ resource: 'a' }));
  const second = it.reject(draft({ resource: 'b' }));
  const { status, json } = await it.get('/api/rejections');
  assert.equal(status, 200);
  assert.deepEqual(new Set(json.rejections.map((event: { id: string }) => event.id)), new Set([second, first]));
  assert.deepEqual(json.dropped, {});
  assert.equal(json.rejections[0].kind, 'rejection');
});

test('filters narrow the list', async () => {
  await using it = await onSocket();
  const mine = it.reject(draft({ principal: 'press 2', cause: 'qos-not-allowed' }));
  it.reject(draft());
  it.reject(anonymous());
  const ids = async (query: string) =>
    (await it.get(`/api/rejections?${query}`)).json.rejections.map((event: { id: string }) => event.id);
  assert.deepEqual(await ids('principal=press%202'), [mine]);
  assert.deepEqual(await ids('cause=qos-not-allowed'), [mine]);
  assert.deepEqual(await ids(`id=${mine}&since=10m`), [mine]);
  assert.equal((await ids('listener=plant-mqtt')).length, 3);
  assert.equal((await ids('limit=2')).length, 2);
  assert.equal((await ids('identity=devices')).length, 2);
  assert.equal((await ids('since=2099-01-01T00:00:00Z')).length, 0);
});

const BAD_QUERIES: readonly (readonly [string, RegExp])[] = [
  [
    'principle=x',
    /unknown query key "principle"; known: principal, identity, cause, listener, id, shadow, since, limit/,
  ],
  ['__proto__=x', /unknown query key/],
  ['cause=nonsense', /unknown cause; known: .*no-certificate/],
  ['cause=constructor', /unknown cause/],
  ['limit=0', /from 1 to 1000/],
  ['limit=1001', /from 1 to 1000/],
  ['limit=1e3', /from 1 to 1000/],
  ['since=yesterday', /since is a duration/],
  ['since=2026-13-01T00:00:00Z', /since is/],
  ['shadow=yes', /shadow is true or false/],
  ['id=', /id is empty/],
  ['id=a&id=b', /id is given more than once/],
];
for (const [query, words] of BAD_QUERIES) {
  test(`?${query} is refused in words`, async () => {
    await using it = await onSocket();
    const { status, json } = await it.get(`/api/rejections?${query}`);
    assert.deepEqual([status, json.error.code], [400, 'bad-query']);
    assert.match(json.error.message, words);
  });
}

test('the policy in force is shown', async () => {
  await using it = await onSocket();
  assert.deepEqual((await it.get('/api/policy')).json, GENERATION);
  assert.equal((await it.get('/api/policy?x=1')).status, 400);
});

test('a reload is a POST; one that is refused says why', async () => {
  await using it = await onSocket();
  const done = await it.post('/api/reload', '{}');
  assert.deepEqual([done.status, done.json], [200, { reload: it.state.reload }]);
  it.state.reload = { ...it.state.reload, ok: false, generation: 3, errors: ['gate.yaml:3:1: no such key'] };
  const refused = await it.post('/api/reload', '{}');
  assert.equal(refused.status, 422);
  assert.equal(refused.json.error.code, 'reload-refused');
  assert.match(refused.json.error.message, /generation 3 stays in force: gate\.yaml:3:1: no such key/);
});

const BAD_WRITES: readonly (readonly [string, string, Record<string, string>, number, string])[] = [
  ['no content type', '{}', { 'content-type': '' }, 415, 'not-json'],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'not-json'],
  ['plain text', '{}', { 'content-type': 'text/plain' }, 415, 'not-json'],
  ['no JSON', '{', {}, 400, 'bad-json'],
  ['an array', '[]', {}, 400, 'bad-body'],
  ['an unknown field', '{"force":true}', {}, 400, 'bad-body'],
  ['null', 'null', {}, 400, 'bad-body'],
];
for (const [what, body, headers, status, code] of BAD_WRITES) {
  test(`a write with ${what} is refused`, async () => {
    await using it = await onSocket();
    const answer = await it.post('/api/reload', body, headers);
    assert.deepEqual([answer.status, answer.json.error.code], [status, code]);
    assert.equal(it.state.reloads, 0);
  });
}

test('a body over 1 MiB is refused, declared or chunked, and the server lives', async () => {
  await using it = await onSocket();
  const big = Buffer.alloc(1024 * 1024 + 1, 0x20);
  for (const headers of [{ 'content-length': String(big.length) }, { 'transfer-encoding': 'chunked' }] as const) {
    const answer = await it.post('/api/reload', big, headers as Record<string, string>);
    assert.deepEqual([answer.status, answer.json.error.code], [413, 'too-large']);
  }
  assert.equal((await it.post('/api/reload', Buffer.concat([big.subarray(3), Buffer.from('{}')]))).status, 200);
});

test('the refusal of a body that is too large arrives while the client is still sending', async () => {
  await using it = await onSocket();
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const sent = plainRequest({ socketPath: it.socketPath, path: '/api/reload', method: 'POST', headers });
  sent.once('response', (response) => resolve(response.statusCode)).once('error', reject);
  sent.write(Buffer.alloc(1024 * 1024 + 1, 0x20));
  assert.equal(await promise, 413);
  sent.destroy();
});

test('wrong methods, unknown paths and bodies on reads are refused', async () => {
  await using it = await onSocket();
  const { socketPath } = it;
  const reloadByGet = await it.get('/api/reload');
  assert.deepEqual([reloadByGet.status, reloadByGet.headers.allow], [405, 'POST']);
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']) {
    assert.equal((await ask({ socketPath, path: '/api/policy', method })).status, 405, method);
  }
  assert.equal((await it.get('/')).status, 404);
  assert.equal((await it.get('/api/rejections/')).status, 404);
  const body = await ask({ socketPath, path: '/api/policy', headers: { 'content-length': '2' } }, '{}');
  assert.deepEqual([body.status, body.json.error.code], [400, 'unexpected-body']);
  assert.equal((await ask({ socketPath, path: 'http://evil.example/api/policy' })).status, 400);
  assert.equal(it.state.reloads, 0);
});

const FOREIGN: readonly (readonly [string, Record<string, string>, string])[] = [
  ['a host that DNS rebinding would name', { host: 'evil.example' }, 'foreign-host'],
  ['a host that only begins well', { host: 'localhost.evil.example' }, 'foreign-host'],
  ['a foreign origin', { host: 'localhost', origin: 'https://evil.example' }, 'foreign-origin'],
  ['the null origin', { host: 'localhost', origin: 'null' }, 'foreign-origin'],
  ['an origin of another port', { host: 'localhost:1', origin: 'http://localhost:2' }, 'foreign-origin'],
  ['a cross-site fetch', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, 'foreign-origin'],
  ['a same-site fetch', { host: 'localhost', 'sec-fetch-site': 'same-site' }, 'foreign-origin'],
];
for (const [what, headers, code] of FOREIGN) {
  test(`a request with ${what} is refused`, async () => {
    await using it = await onSocket();
    const read = await it.get('/api/policy', headers);
    assert.deepEqual([read.status, read.json.error.code], [403, code]);
    const write = await it.post('/api/reload', '{}', headers);
    assert.deepEqual([write.status, write.json.error.code], [403, code]);
    assert.equal(it.state.reloads, 0);
    assert.equal(read.headers['access-control-allow-origin'], undefined);
  });
}

const OWN: readonly Record<string, string>[] = [
  { host: 'localhost' },
  { host: 'LOCALHOST:80' },
  { host: '127.0.0.1:9000' },
  { host: '[::1]:9000' },
  { host: 'gate.example:9000' },
  { host: 'localhost:1', origin: 'http://localhost:1' },
  { host: 'localhost', 'sec-fetch-site': 'same-origin' },
];
for (const headers of OWN) {
  test(`a request with ${JSON.stringify(headers)} is served`, async () => {
    await using it = await onSocket({ hosts: ['gate.example'] });
    assert.equal((await it.get('/api/policy', headers)).status, 200);
  });
}

for (const head of ['GET /api/policy HTTP/1.0', 'GET /api/policy HTTP/1.1', 'GET /api/policy HTTP/1.1\r\nHost:']) {
  test(`a request without a host is refused: ${JSON.stringify(head)}`, async () => {
    await using it = await onSocket();
    const socket = connect(it.socketPath);
    socket.end(`${head}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk;
    assert.match(text, /^HTTP\/1\.1 40[03] /);
    assert.doesNotMatch(text, /c0ffee/);
  });
}

test('an internal error goes to the operator’s log, not to the client', async () => {
  const faults: unknown[] = [];
  await using it = await onSocket({ onFault: (fault) => faults.push(fault) });
  it.deps.reload = () => Promise.reject(new Error('secret particulars'));
  const { status, text, json } = await it.post('/api/reload', '{}');
  assert.deepEqual([status, json.error.code], [500, 'internal']);
  assert.doesNotMatch(text, /secret/);
  assert.match(String(faults[0]), /secret particulars/);
});

test('the socket is its owner’s alone, and gone after closing', async () => {
  const it = await onSocket();
  assert.equal(statSync(it.socketPath).mode & 0o777, 0o600);
  const { socketPath } = it;
  await it[Symbol.asyncDispose]();
  assert.throws(() => statSync(socketPath), { code: 'ENOENT' });
});

test('a stale socket is replaced, a living one and a plain file are not', async () => {
  await using place = tempDir();
  const { deps } = paperDeps();
  const socket = place.file('a.sock');
  const config = { socket, hosts: [] };

  const living = createServer().listen(socket);
  await new Promise((resolve) => living.once('listening', resolve));
  await assert.rejects(startAdmin(config, deps), /another process answers/);
  await new Promise((resolve) => living.close(resolve));

  writeFileSync(socket, 'precious');
  await assert.rejects(startAdmin(config, deps), /is not a socket/);
});

test('what a killed process left behind does not stand in the way', async () => {
  await using place = tempDir();
  const socket = place.file('a.sock');
  const code = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  assert.throws(() => execFileSync(process.execPath, ['-e', code, socket], { stdio: 'ignore' }));
  assert.ok(statSync(socket).isSocket());
  const server = await startAdmin({ socket, hosts: [] }, paperDeps().deps);
  assert.equal((await ask({ socketPath: socket, path: '/api/policy' })).status, 200);
  await server.close();
});

test('a path that the system cannot hold is an error in words', async () => {
  const socket = `/run/${'x'.repeat(120)}`;
  await assert.rejects(
    startAdmin({ socket, hosts: [] }, paperDeps().deps),
    /the path has 125 bytes, the system allows/,
  );
});

test('over TCP nothing is answered without the token', async () => {
  await using it = await onTcp();
  const { port } = it;
  const path = '/api/policy';
  for (const authorization of ['', 'Bearer wrong', 'Bearer', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
    const answer = await ask({ port, path, headers: { authorization } });
    assert.deepEqual([answer.status, answer.json.error.code], [401, 'unauthorized'], authorization);
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
  }
  const known = await ask({ port, path, headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(known.status, 200);
  // The token does not make up for a foreign host.
  const rebound = await ask({ port, path, headers: { authorization: `Bearer ${TOKEN}`, host: 'evil.example' } });
  assert.equal(rebound.status, 403);
});

test('over TCP with TLS a client certificate is required beside the token', async () => {
  await using place = tempDir();
  const operators = await createAuthority({ commonName: 'operators' });
  const others = await createAuthority({ commonName: 'others' });
  const own = await operators.issue({ subject: 'CN=gate', eku: 'server', dns: ['localhost'] });
  const tls = {
    certificate: place.write('own.pem', own.cert),
    key: place.write('own.key', own.key),
    clientCa: place.write('ca.pem', operators.cert),
  };
  const config = { listen: { host: '0.0.0.0', port: 0 }, token: TOKEN, tls, hosts: [] };
  const server = await startAdmin(config, paperDeps().deps);
  const port = Number(server.address.split(':')[1]);
  const attempt = (client: { cert?: string; key?: string }, authorization = `Bearer ${TOKEN}`) => {
    const { promise, resolve } = Promise.withResolvers<number | string>();
    const options = {
      port,
      path: '/api/policy',
      ca: operators.cert,
      headers: { authorization },
      agent: false as const,
    };
    const sent = request({ host: 'localhost', ...options, ...client }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', () => resolve('refused'));
    sent.end();
    return promise;
  };
  try {
    const operator = await operators.issue({ subject: 'CN=operator' });
    const stranger = await others.issue({ subject: 'CN=operator' });
    assert.equal(await attempt(operator), 200);
    assert.equal(await attempt(operator, 'Bearer wrong'), 401);
    assert.equal(await attempt(stranger), 'refused');
    assert.equal(await attempt({}), 'refused');
  } finally {
    await server.close();
  }
});

const OPEN_DOORS = [
  [{ listen: { host: '127.0.0.1', port: 0 } }, /a token of at least 16 characters/],
  [{ listen: { host: '127.0.0.1', port: 0 }, token: 'short' }, /a token of at least 16 characters/],
  [{ listen: { host: '0.0.0.0', port: 0 }, token: TOKEN }, /beyond loopback: mutual TLS is required/],
  [{ listen: { host: '::', port: 0 }, token: TOKEN }, /beyond loopback/],
  [{}, /either socket or listen/],
] as const;
for (const [config, words] of OPEN_DOORS) {
  test(`${JSON.stringify(config)} does not start`, async () => {
    await assert.rejects(startAdmin({ hosts: [], ...config }, paperDeps().deps), words);
  });
}

test('a stream sends rejections as they happen, those that match', async () => {
  await using it = await onSocket();
  const response = await open({ socketPath: it.socketPath, path: '/api/rejections/stream?principal=press-1' });
  assert.equal(response.headers['content-type'], 'text/event-stream');
  it.reject(draft({ principal: 'other' }));
  const id = it.reject(draft());
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.endsWith('}\n\n')) break;
  }
  assert.match(
    text,
    new RegExp(`^: .*\\n\\nid: ${id}\\nevent: rejection\\ndata: \\{.*"principal":"press-1".*\\}\\n\\n$`),
  );
});

test('streams are few, and one that ended makes room', async () => {
  await using it = await onSocket({ maxStreams: 1 });
  const options = { socketPath: it.socketPath, path: '/api/rejections/stream' };
  const first = await open(options);
  const second = await ask(options);
  assert.deepEqual([second.status, second.json.error.code], [503, 'too-many-streams']);
  first.destroy();
  const deadline = AbortSignal.timeout(5000);
  for (let status = 503; status !== 200; ) {
    deadline.throwIfAborted();
    const next = await open(options);
    status = next.statusCode ?? 0;
    next.destroy();
  }
  assert.equal((await it.get('/api/rejections/stream?since=10m')).status, 400);
});

test('a reader who does not read loses the stream, not the server’s memory', async () => {
  await using it = await onSocket();
  const response = await open({ socketPath: it.socketPath, path: '/api/rejections/stream' });
  response.pause();
  const cut = new Promise((resolve) => response.once('error', resolve).once('close', resolve));
  const deadline = AbortSignal.timeout(10_000);
  for (let n = 0; it.hub.query({ limit: 1 }).length === 0 || n < 20_000; n++) {
    deadline.throwIfAborted();
    it.reject(draft({ resource: `${n}/${'x'.repeat(240)}` }));
    if (n % 1000 === 0) await new Promise(setImmediate);
  }
  response.resume();
  await within('the cut', cut);
  assert.equal(response.complete, false);
});
