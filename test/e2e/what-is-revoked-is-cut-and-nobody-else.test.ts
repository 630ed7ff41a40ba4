/**
 * A certificate that is revoked, denied or expired does not get in, and the sessions that it has are ended in the words
 * of their protocol, wills suppressed; nobody else is touched. What is not known, or no longer, is refused where the
 * store asks for it.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { startAedes } from '../support/aedes.ts';
import { runChild } from '../support/child.ts';
import type { Section } from '../support/gate-config.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { startSink } from '../support/mqtt-sink.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
const DAY = 86_400_000;
const pki = await testPki();

const serialOf = ({ cert }: Credentials) => new X509Certificate(cert).serialNumber;
const crl = (number: number, revoked: readonly Credentials[], more: object = {}) =>
  pki.authority.crl({ number, revoked: revoked.map((one) => ({ serial: serialOf(one) })), ...more });

/** A gate of two workers whose store looks certificates up in `list.crl`. */
async function gateWithList(
  broker: number,
  list: string,
  revocation: Section = {},
  state = 'state',
): Promise<ObservedGate> {
  const more = { workers: 2, state: { dir: state }, admin: { socket: 'admin.sock' }, reloadInterval: '0s' };
  const gate = await startObservedGate({ broker, more });
  gate.dir.write('list.crl', list);
  const trust = { devices: { ca: 'ca.pem', revocation: { crl: 'list.crl', ...revocation } } };
  gate.configure({ broker, more: { ...more, trust } });
  await reload(gate);
  return gate;
}

async function reload(gate: ObservedGate): Promise<void> {
  const { ok, errors } = await gate.gate.reload();
  assert.deepEqual([ok, errors], [true, []]);
}

const connect = (gate: ObservedGate, clientId: string, tls: Credentials, version: 4 | 5 = 4): Promise<TestClient> =>
  connectMqtt({ port: gate.port(), clientId, version, tls });

async function refused(gate: ObservedGate, clientId: string, cause: Cause): Promise<void> {
  const before = gate.rejections(cause);
  await assert.rejects(connect(gate, clientId, await pki.device(clientId)), ConnectError);
  await waitFor(`a rejection with cause ${cause}`, () => gate.rejections(cause) > before);
}

test('a new list ends the session of the certificate on it, on both workers, and lets it in no more', async () => {
  await using broker = await startAedes();
  const names = Array.from({ length: 8 }, (_, i) => `pump-${i}`);
  await using gate = await gateWithList(broker.port, await crl(1, []));
  await using stack = new AsyncDisposableStack();
  const clients = new Map<string, TestClient>();
  for (const name of names) clients.set(name, stack.use(await connect(gate, name, await pki.device(name))));
  const gone = ['pump-2', 'pump-5'];
  gate.dir.write('list.crl', await crl(2, await Promise.all(gone.map((name) => pki.device(name)))));
  await reload(gate);
  for (const name of gone) await clients.get(name)?.waitClosed();
  for (const name of names.filter((one) => !gone.includes(one))) {
    assert.equal(await clients.get(name)?.publish(`plant/p1/${name}/t`, 'x', { qos: 1 }), 0, `${name} goes on`);
  }
  const told = await waitFor('both rejections', () => {
    const all = gate.gate.hub.query({ cause: 'revoked' });
    return all.length === gone.length ? all : undefined;
  });
  assert.deepEqual(told.map(({ principal }) => principal).sort(), gone);
  assert.match(
    told[0]?.reason ?? '',
    /on the revocation list of its issuer: .*list\.crl, number 2, since .* \(key ?compromise\)/i,
  );
  assert.equal(told[0]?.certificate?.subject.includes('pump'), true);
  await refused(gate, 'pump-2', 'revoked');
});

test('an older list does not take a revocation back, not even after a restart', async () => {
  await using broker = await startAedes();
  await using dir = tempDir();
  const device = await pki.device('pump-1');
  const older = async (gate: ObservedGate): Promise<void> => {
    gate.dir.write('list.crl', await crl(6, []));
    await reload(gate);
    assert.equal(gate.metric('headgate_crl_refused'), 1);
    assert.match(JSON.stringify(gate.logged('a revocation list is not used')), /number 6, but 7 was seen before/);
    // Nothing usable is left: nobody gets in.
    await refused(gate, 'pump-1', 'revocation-unknown');
    await refused(gate, 'pump-9', 'revocation-unknown');
  };
  {
    await using gate = await gateWithList(broker.port, await crl(7, [device]), {}, dir.file('state'));
    await refused(gate, 'pump-1', 'revoked');
    await older(gate);
  }
  await using again = await gateWithList(broker.port, await crl(7, [device]), {}, dir.file('state'));
  await older(again);
  again.dir.write('list.crl', await crl(8, []));
  await reload(again);
  await using _back = await connect(again, 'pump-1', device);
});

const UNKNOWN: readonly (readonly [
  what: string,
  list: () => Promise<string>,
  revocation: Section,
  cause: Cause | null,
])[] = [
  ['no list, required', () => pki.foreign.crl({ number: 1, revoked: [] }), {}, 'revocation-unknown'],
  ['no list, preferred', () => pki.foreign.crl({ number: 1, revoked: [] }), { mode: 'prefer' }, null],
  ['a list that ran out', () => crl(1, [], past), {}, 'revocation-unknown'],
  ['a list that ran out, within maxStaleness', () => crl(1, [], past), { maxStaleness: '7d' }, null],
  ['a list that ran out, allowed', () => crl(1, [], past), { onStale: 'allow' }, null],
  ['a list of tomorrow', () => crl(1, [], { thisUpdate: new Date(Date.now() + DAY) }), {}, 'revocation-unknown'],
  ['any list, off', async () => crl(1, [await pki.device('pump-1')]), { mode: 'off' }, null],
  ['on a list that ran out', async () => crl(1, [await pki.device('pump-1')], past), { onStale: 'allow' }, 'revoked'],
];
const past = { thisUpdate: new Date(Date.now() - 3 * DAY), nextUpdate: new Date(Date.now() - 2 * DAY) };

for (const [what, list, revocation, cause] of UNKNOWN) {
  test(`${what}: ${cause ?? 'accepted'}`, async () => {
    await using broker = await startAedes();
    await using gate = await gateWithList(broker.port, await list(), revocation);
    if (cause !== null) await refused(gate, 'pump-1', cause);
    else await (await connect(gate, 'pump-1', await pki.device('pump-1'))).end();
  });
}

test('a list that is broken is a reload that is refused, and the last good one holds', async () => {
  await using broker = await startAedes();
  await using gate = await gateWithList(broker.port, await crl(1, [await pki.device('pump-1')]));
  gate.dir.write('list.crl', 'no list');
  const { ok, errors } = await gate.gate.reload();
  assert.equal(ok, false);
  assert.match(errors.join(), /"list\.crl" is no revocation list/);
  await refused(gate, 'pump-1', 'revoked');
});

test('a list that is fetched: a new one ends sessions without a reload, a server that is gone changes nothing', async () => {
  await using broker = await startAedes();
  let list: string | null = await crl(1, []);
  const server = createServer((_request, response) => {
    if (list === null) response.destroy();
    else response.end(list);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`;
  try {
    await using gate = await gateWithList(broker.port, list, { crl: url, refresh: '1s' });
    const device = await pki.device('pump-1');
    // In force once a client gets in: until then nothing is known of anybody.
    const first = () => connect(gate, 'pump-1', device).catch(() => undefined);
    await using client = await waitFor('the list to be in force', first);
    await using other = await connect(gate, 'pump-2', await pki.device('pump-2'));
    list = await crl(2, [device]);
    await client.waitClosed();
    list = null;
    await waitFor('a failure', () => gate.logged('a revocation list cannot be fetched').length > 0);
    await refused(gate, 'pump-1', 'revoked');
    assert.equal(await other.publish('plant/p1/pump-2/t', 'x', { qos: 1 }), 0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('headgate deny: the answer comes when the session is gone; the entry outlives a reload, and can be taken back', async () => {
  await using sink = await startSink();
  await using gate = await gateWithList(sink.port, await crl(1, []));
  const admin = ['--admin', gate.dir.file('admin.sock')];
  const run = (...args: string[]) => runChild(process.execPath, [PROGRAM, 'deny', ...args, ...admin]);
  const device = await pki.device('pump-1');
  await using bystander = await connect(gate, 'pump-2', await pki.device('pump-2'), 5);
  await using client = await connect(gate, 'pump-1', device, 5);
  const issuer = new X509Certificate(pki.ca).subject;
  const { code, stdout } = await run('add', '--serial', serialOf(device), '--issuer', issuer, '--reason', 'stolen');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^denied: n-[0-9a-f]{10} serial .*, in force on every worker/);
  await client.waitClosed();
  assert.equal(client.disconnectCode, 0x87);
  const { reason, principal } = await gate.rejection('revoked');
  assert.match(
    `${principal} ${reason}`,
    /^pump-1 denied by its serial \(entry n-[0-9a-f]{10} of headgate deny\): stolen$/,
  );
  assert.equal((await sink.connection('pump-1')).packets.at(-1)?.cmd, 'disconnect', 'so that the will is discarded');
  await refused(gate, 'pump-1', 'revoked');
  await reload(gate);
  await refused(gate, 'pump-1', 'revoked');
  const id = /n-[0-9a-f]{10}/.exec((await run('list')).stdout)?.[0] ?? '';
  assert.equal((await run('remove', id)).code, 0);
  await using _again = await connect(gate, 'pump-1', device, 5);
  assert.equal(bystander.disconnectCode, undefined);
  assert.equal((await run('remove', id)).code, 2);
  assert.equal((await run('add', '--serial', '1')).code, 2);
  assert.equal((await run('list')).code, 0);
});

test('who is denied by principal, by subject, by key or by an authority is out', async () => {
  await using broker = await startAedes();
  await using gate = await gateWithList(broker.port, await crl(1, []));
  const key = (pem: string) => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  const hash = async (bytes: Uint8Array) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex');
  const device = await pki.device('pump-1');
  for (const [entry, words] of [
    [{ principal: 'pump-1' }, /by its principal/],
    [{ subject: { CN: 'pump-*' } }, /by its subject/],
    [{ spki: await hash(key(device.cert)) }, /by its spki/],
    [{ sha256: await hash(new X509Certificate(device.cert).raw) }, /by its sha256/],
    [{ spki: await hash(key(pki.ca)) }, /by its spki/],
  ] as const) {
    await using client = await connect(gate, 'pump-1', device);
    const { entry: kept } = await gate.gate.deny.add(entry);
    await client.waitClosed();
    await waitFor('its rejection', () => words.test(gate.gate.hub.query({ cause: 'revoked' })[0]?.reason ?? ''));
    await refused(gate, 'pump-1', 'revoked');
    await gate.gate.deny.remove(kept.id);
  }
});

test('the operator’s own file: read with the configuration, kept when it breaks', async () => {
  await using broker = await startAedes();
  const more = { deny: { file: 'deny.yaml' }, reloadInterval: '0s' };
  await using gate = await startObservedGate({ broker: broker.port });
  gate.dir.write('deny.yaml', '- principal: pump-1\n  reason: lost in the field\n');
  gate.configure({ broker: broker.port, more });
  await reload(gate);
  await refused(gate, 'pump-1', 'revoked');
  assert.match((await gate.rejection('revoked')).reason, /lost in the field/);
  gate.dir.write('deny.yaml', '- principle: pump-1\n');
  const { ok, errors } = await gate.gate.reload();
  assert.equal(ok, false);
  assert.match(errors.join(), /"deny\.yaml": .*deny\[0\].*principle.* is not known/);
  await refused(gate, 'pump-1', 'revoked');
  gate.dir.write('deny.yaml', '');
  await reload(gate);
  await using _client = await connect(gate, 'pump-1', await pki.device('pump-1'));
});

test('a session ends with its certificate', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port });
  const soon = await pki.issue({
    subject: 'O=Acme,CN=pump-1',
    uri: ['spiffe://acme/p1/pump-1'],
    notAfter: new Date(Date.now() + 2000),
  });
  await using client = await connect(gate, 'pump-1', soon);
  await using other = await connect(gate, 'pump-2', await pki.device('pump-2'));
  await client.waitClosed();
  const { principal, reason } = await gate.rejection('expired');
  assert.equal(principal, 'pump-1');
  assert.match(reason, /expired on/);
  assert.equal(await other.publish('plant/p1/pump-2/t', 'x', { qos: 1 }), 0);
});
