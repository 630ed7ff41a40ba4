import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import test from 'node:test';
import { dispatch } from '../../../../proxy/control-plane/admin/dispatch.ts';
import type { AdminEndpoint, Call } from '../../../../proxy/control-plane/admin/endpoint.ts';
import { ENDPOINTS } from '../../../../proxy/control-plane/admin/endpoints/index.ts';
import { HttpError } from '../../../../proxy/control-plane/admin/http.ts';

function endpoint(method: 'GET' | 'POST', path: string, served: string[]): AdminEndpoint {
  return { method, path, serve: ({ query }) => void served.push(`${method} ${path} ${query}`) };
}

async function served(method: string, url: string): Promise<string[]> {
  const calls: string[] = [];
  const endpoints = [
    endpoint('GET', '/api/a', calls),
    endpoint('POST', '/api/a', calls),
    endpoint('GET', '/api/b', calls),
  ];
  const request = { method, url } as IncomingMessage;
  const call = { request, response: {} as ServerResponse } as Omit<Call, 'query' | 'now'>;
  await dispatch(call, endpoints);
  return calls;
}

test('method and path choose the endpoint, which gets the query', async () => {
  assert.deepEqual(await served('GET', '/api/a?x=1'), ['GET /api/a x=1']);
  assert.deepEqual(await served('POST', '/api/a'), ['POST /api/a ']);
});

for (const [method, url, status, allow] of [
  ['GET', '/api', 404, undefined],
  ['GET', '/api/a/', 404, undefined],
  ['GET', '/API/A', 404, undefined],
  ['DELETE', '/api/a', 405, 'GET, POST'],
  ['POST', '/api/b', 405, 'GET'],
  ['HEAD', '/api/b', 405, 'GET'],
  ['GET', 'http://other/api/a', 400, undefined],
  ['GET', '//api/a', 400, undefined],
] as const) {
  test(`${method} ${url} is refused with ${status}`, async () => {
    const error = await served(method, url).then(
      () => assert.fail('it was served'),
      (fault: unknown) => fault,
    );
    assert.ok(error instanceof HttpError);
    assert.deepEqual([error.status, error.headers['allow']], [status, allow]);
  });
}

test('no two endpoints have the same method and path', () => {
  const names = ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(names)], names);
});
