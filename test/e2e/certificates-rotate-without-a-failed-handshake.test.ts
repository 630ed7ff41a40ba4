/**
 * Server certificates change while clients come and go: new connections are shown the new one, sessions live on, not one
 * handshake fails; what does not fit together is not taken, and the last good pair goes on.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAedes } from '../support/aedes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { serialOf, shownSerial } from '../support/shown-certificate.ts';

const SWAPS = 100;
/** Clients that connect all the time. */
const CLIENTS = 4;

function install(gate: TestGate, { cert, key }: Credentials, name = 'server'): void {
  gate.dir.write(`${name}.pem`, cert);
  gate.dir.write(`${name}.key`, key);
}

const FREE = { admission: { exempt: ['127.0.0.0/8'] } };

test(`${SWAPS} swaps while clients connect: every handshake succeeds, a session lives on, the last one is shown`, async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({
    broker: broker.port,
    listener: FREE,
    more: { workers: 2, reloadInterval: '0s' },
  });
  const pki = await testPki();
  const pairs = [await pki.server(), await pki.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' })];
  const device = await pki.device('pump-1');
  await using session = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 4, tls: device });
  let over = false;
  let connections = 0;
  const coming = Array.from({ length: CLIENTS }, async (_, i) => {
    const clientId = `coming-${i}`;
    const tls = await pki.device(clientId);
    while (!over) {
      await (await connectMqtt({ port: gate.port(), clientId, version: 4, tls })).end();
      connections++;
    }
  });
  try {
    for (let n = 1; n <= SWAPS; n++) {
      install(gate, pairs[n % 2] as Credentials);
      const { ok, changed, errors } = await gate.gate.reload();
      assert.deepEqual([ok, changed, errors], [true, true, []]);
    }
  } finally {
    over = true;
  }
  await Promise.all(coming);
  assert.ok(connections > 5 * CLIENTS, `${connections} connections`);
  assert.deepEqual(gate.gate.hub.query(), []);
  assert.equal(await session.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
  assert.equal(await shownSerial(gate, device), serialOf(pairs[SWAPS % 2] as Credentials));
});

test('a pair that does not fit is refused, the last good one is shown', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, more: { reloadInterval: '0s' } });
  const pki = await testPki();
  const device = await pki.device('pump-1');
  const good = await shownSerial(gate, device);
  const other = await pki.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
  gate.dir.write('server.pem', other.cert);
  const { ok, errors } = await gate.gate.reload();
  assert.equal(ok, false);
  assert.match(errors.join(), /the key is not that of the first certificate/);
  assert.equal(await shownSerial(gate, device), good);
  gate.dir.write('server.key', other.key);
  assert.equal((await gate.gate.reload()).ok, true);
  assert.equal(await shownSerial(gate, device), serialOf(other));
});

test('the name that a client asks for chooses the certificate; all else is shown the first', async () => {
  await using broker = await startAedes();
  const pki = await testPki();
  const named = await pki.issue({ subject: 'CN=other', dns: ['other.example', '*.plants.example'], eku: 'server' });
  const tls = {
    profile: 'mozilla-intermediate',
    certificate: 'server.pem',
    key: 'server.key',
    certificates: [{ certificate: 'server.pem', key: 'server.key' }],
    clients: ['devices'],
  };
  await using gate = await startTestGate({ broker: broker.port, listener: { tls } });
  install(gate, named, 'other');
  gate.configure({
    broker: broker.port,
    listener: { tls: { ...tls, certificates: [{ certificate: 'other.pem', key: 'other.key' }] } },
  });
  assert.equal((await gate.gate.reload()).ok, true);
  const device = await pki.device('pump-1');
  const first = serialOf(await pki.server());
  for (const [name, serial] of [
    ['localhost', first],
    ['other.example', serialOf(named)],
    ['OTHER.Example', serialOf(named)],
    ['a.plants.example', serialOf(named)],
    ['a.b.plants.example', first],
    ['plants.example', first],
    ['', first],
  ] as const) {
    assert.equal(await shownSerial(gate, device, name), serial, name);
  }
});
