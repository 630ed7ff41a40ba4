import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test from 'node:test';
import { accepts, freePorts } from '../../../../proxy/cli/demo/ports.ts';

test('a port is free while nobody listens, and ports in a row all are', async () => {
  const first = await freePorts(3);
  for (const port of [first, first + 1, first + 2]) assert.equal(await accepts('127.0.0.1', port), false);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  assert.equal(await accepts('127.0.0.1', (server.address() as AddressInfo).port), true);
  server.close();
});
