import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { readAdmin, streamAdmin, writeAdmin } from '../../../proxy/cli/admin-client.ts';
import { AdminRefused, AdminUnreachable } from '../../../proxy/cli/admin-errors.ts';
import type { ReadEndpoint, StreamEndpoint, WriteEndpoint } from '../../../proxy/control-plane/api/endpoint.ts';

const READ: ReadEndpoint<{ readonly all: readonly number[] }, 'a' | 'b'> = {
  method: 'GET',
  path: '/api/things',
  query: ['a', 'b'],
  lists: ['all'],
};
const WRITE: WriteEndpoint<{ readonly done: boolean }, { readonly x: number }> = { method: 'POST', path: '/api/do' };
const STREAM: StreamEndpoint<{ readonly n: number }, 'a'> = { method: 'GET', path: '/api/stream', query: ['a'] };

/** A server that answers with `reply`; `asked` has what it was sent. */
async function server(reply: (response: ServerResponse) => unknown) {
  const asked: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const listening = createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    asked.push({ ...(method && { method }), ...(url && { url }), headers, body });
    await reply(response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  listening.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    asked,
    target: { at: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, token: 'secret' },
    async [Symbol.asyncDispose]() {
      listening.closeAllConnections();
      await new Promise((done) => listening.close(done));
    },
  };
}

test('a read sends the query that is given, and the token', async () => {
  await using gate = await server((response) => response.end('{"all":[1]}'));
  assert.deepEqual(await readAdmin(gate.target, READ, { a: 'x y', b: undefined }), { all: [1] });
  const [{ method, url, headers, body } = assert.fail()] = gate.asked;
  assert.deepEqual([method, url, headers.authorization, body], ['GET', '/api/things?a=x+y', 'Bearer secret', '']);
});

test('a write sends JSON and says so', async () => {
  await using gate = await server((response) => response.end('{"done":true}'));
  assert.deepEqual(await writeAdmin(gate.target, WRITE, { x: 1 }), { done: true });
  const [{ method, url, headers, body } = assert.fail()] = gate.asked;
  assert.deepEqual([method, url, headers['content-type'], body], ['POST', '/api/do', 'application/json', '{"x":1}']);
});

for (const body of ['<html>', 'null', '3', '{}', '{"all":3}']) {
  test(`${body} in place of the lists of a response is not headgate`, async () => {
    await using gate = await server((response) => response.end(body));
    await assert.rejects(readAdmin(gate.target, READ), (error: unknown) => {
      return error instanceof AdminUnreachable && /is not headgate’s admin server$/.test(error.message);
    });
  });
}

for (const [body, message] of [
  ['{"error":{"code":"x","message":"the reason"}}', 'the reason'],
  ['nothing to read', 'HTTP status 403'],
] as const) {
  test(`an error response is an AdminRefused: ${message}`, async () => {
    await using gate = await server((response) => response.writeHead(403).end(body));
    await assert.rejects(readAdmin(gate.target, READ), (error: unknown) => {
      return error instanceof AdminRefused && error.status === 403 && error.message === message;
    });
  });
}

test('nobody there is an AdminUnreachable that says what to do', async () => {
  await assert.rejects(readAdmin({ at: './no-such.sock' }, READ), (error: unknown) => {
    return error instanceof AdminUnreachable && /there is no such socket.*--admin/.test(error.message);
  });
});

test('events arrive whole, however they are cut; comments are left out', async () => {
  await using gate = await server(async (response) => {
    for (const part of [': hello\n\nid: 1\nda', 'ta: {"n":1}\n', '\ndata: {"n"\ndata: :2}\n\n:\n\n']) {
      response.write(part);
      await new Promise(setImmediate);
    }
    response.end();
  });
  const events: unknown[] = [];
  const stream = await streamAdmin(gate.target, STREAM, { a: '1' });
  for await (const event of stream) events.push(event);
  assert.deepEqual(events, [{ n: 1 }, { n: 2 }]);
  assert.equal(gate.asked[0]?.url, '/api/stream?a=1');
});
