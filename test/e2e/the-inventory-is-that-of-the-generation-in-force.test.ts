/** `headgate inventory` asks a running gate, and tells what is in force: bound addresses, and after a reload the new certificate. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { inventoryCommand } from '../../proxy/cli/inventory.ts';
import type { Inventory } from '../../proxy/control-plane/api/inventory.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { testPki } from '../support/pki.ts';
import { serialOf } from '../support/shown-certificate.ts';

async function inventory(gate: TestGate): Promise<Inventory> {
  const out: string[] = [];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => assert.fail(line) };
  assert.equal(await inventoryCommand.run(['--admin', gate.dir.file('admin.sock'), '--json'], io), 0);
  return JSON.parse(out.join('\n')) as Inventory;
}

test('the inventory follows what is in force, and only that', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({
    broker: broker.port,
    more: { reloadInterval: '0s', admin: { socket: 'admin.sock' } },
  });
  const pki = await testPki();
  const before = await inventory(gate);
  const [listener] = before.listeners;
  assert.deepEqual(listener?.addresses, [`127.0.0.1:${gate.port()}`]);
  assert.equal(listener?.certificates[0]?.leaf.serial, serialOf(await pki.server()));
  assert.equal(before.stores[0]?.certificates[0]?.serial, serialOf({ cert: pki.ca }));
  assert.deepEqual(before.upstreams, [{ listener: 'mqtt', addresses: [`127.0.0.1:${broker.port}`] }]);

  const next = await pki.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
  gate.dir.write('server.pem', next.cert);
  assert.equal((await gate.gate.reload()).ok, false);
  assert.deepEqual((await inventory(gate)).listeners, before.listeners);
  gate.dir.write('server.key', next.key);
  assert.equal((await gate.gate.reload()).ok, true);
  const after = await inventory(gate);
  assert.equal(after.listeners[0]?.certificates[0]?.leaf.serial, serialOf(next));
  assert.notEqual(after.hash, before.hash);

  const asked = await ask({ socketPath: gate.dir.file('admin.sock'), path: '/api/endpoints?listener=mqtt' });
  assert.deepEqual([asked.status, asked.json.error.code], [400, 'bad-query']);
});
