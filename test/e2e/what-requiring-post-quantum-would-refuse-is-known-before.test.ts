/**
 * `pq: report` serves every client, and says of each whether `pq: require` would have; when that is switched on, it is
 * exactly those that are refused.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import type { IClientOptions } from 'mqtt';
import type { PqReportResponse } from '../../proxy/control-plane/api/pq.ts';
import { startAedes } from '../support/aedes.ts';
import { runChild } from '../support/child.ts';
import { ConnectError, connectMqtt } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
const pki = await testPki();

/** What clients offer, and whether that is a post-quantum key agreement. */
const CLIENTS: readonly (readonly [name: string, options: object, hybrid: boolean])[] = [
  ['pump-1', { ecdhCurve: 'X25519MLKEM768:X25519' }, true],
  // The share is for the classic group; the server asks for the other.
  ['pump-2', { ecdhCurve: 'X25519:X25519MLKEM768' }, true],
  ['pump-3', { ecdhCurve: 'X25519:P-256' }, false],
  ['pump-4', { ecdhCurve: 'X25519MLKEM768:X25519:P-256', maxVersion: 'TLSv1.2' }, false],
];

const listener = (pq: string) => ({
  tls: { profile: 'mozilla-intermediate', pq, certificate: 'server.pem', key: 'server.key', clients: ['devices'] },
});
const MORE = { workers: 2, reloadInterval: '0s', admin: { socket: 'admin.sock' } };

async function connect(gate: ObservedGate, clientId: string, options: object): Promise<void> {
  const tls = { ...(await pki.device(clientId)), ...options };
  await (await connectMqtt({ port: gate.port(), clientId, version: 4, tls, more: options as IClientOptions })).end();
}

function ask(gate: ObservedGate, path: string): Promise<PqReportResponse> {
  return new Promise((resolve, reject) => {
    const socketPath = gate.dir.file('admin.sock');
    request({ socketPath, path, headers: { host: 'localhost' } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve(JSON.parse(Buffer.concat(chunks).toString()) as PqReportResponse);
    })
      .on('error', reject)
      .end();
  });
}

test('each client is told with its handshakes; require then refuses those who had a classic one, and no other', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: MORE, listener: listener('report') });
  for (const [name, options] of CLIENTS) for (let i = 0; i < 3; i++) await connect(gate, name, options);
  const { clients, listeners, unattributed } = await waitFor('all handshakes', async () => {
    const answer = await ask(gate, '/api/pq');
    return answer.clients.reduce((sum, { hybrid, classic }) => sum + hybrid + classic, 0) === 12 && answer;
  });
  assert.deepEqual(
    clients.map(({ principal, identity, hybrid, classic }) => [principal, identity, hybrid, classic]).sort(),
    CLIENTS.map(([name, , hybrid]) => [name, 'devices', hybrid ? 3 : 0, hybrid ? 0 : 3]),
  );
  assert.deepEqual(listeners, [{ listener: 'mqtt', hybrid: 6, classic: 6, clients: 4, wouldRefuse: 2 }]);
  assert.equal(unattributed, 0);
  const offered = clients.find(({ principal }) => principal === 'pump-3')?.offered;
  assert.deepEqual(offered?.groups, ['x25519', 'P-256']);
  for (const kind of ['hybrid', 'classic']) {
    assert.equal(gate.metric('headgate_key_agreements_total', { identity: 'devices', kind }), 6);
  }
  const one = await ask(gate, '/api/pq?principal=pump-4');
  assert.deepEqual(
    one.clients.map(({ principal }) => principal),
    ['pump-4'],
  );
  const { code, stdout } = await runChild(process.execPath, [PROGRAM, 'pq', '--admin', gate.dir.file('admin.sock')]);
  assert.equal(code, 0);
  assert.match(stdout, /^mqtt +6 +6 +50% +4 +2$/m);
  assert.match(stdout, /^pump-4 +devices +mqtt +3 +0 +classic /m);

  gate.configure({ broker: broker.port, more: MORE, listener: listener('require') });
  assert.deepEqual((await gate.gate.reload()).errors, []);
  for (const [name, options, hybrid] of CLIENTS) {
    if (hybrid) await connect(gate, name, options);
    else await assert.rejects(connect(gate, name, options), ConnectError);
  }
  assert.deepEqual((await ask(gate, '/api/pq')).listeners, [], 'only listeners that report are told');
});

test('without report nobody is kept', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: MORE });
  await connect(gate, 'pump-3', { ecdhCurve: 'X25519' });
  await waitFor('its handshake', () => gate.metric('headgate_key_agreements_total', { kind: 'classic' }) === 1);
  const { clients, listeners } = await ask(gate, '/api/pq');
  assert.deepEqual([clients, listeners], [[], []]);
});
