/**
 * Clients that break TLS in the middle: cut-up, oversized and forged records, renegotiation, and a leave at every step.
 * Each is closed at once and named, or let in where nothing is wrong; nothing of it is left, and others are served
 * meanwhile.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { BROKEN_RECORDS } from '../scenarios/tls/broken-records.ts';
import { CLOSINGS } from '../scenarios/tls/closings.ts';
import type { Misbehaviour } from '../scenarios/tls/misbehaviour.ts';
import { startAedes } from '../support/aedes.ts';
import { runChild } from '../support/child.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { oneByteRecords, rawTls } from '../support/raw-tls.ts';
import { findTool, without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

/** Milliseconds; the deadlines of the gate are 10 s. */
const AT_ONCE = 5000;
const pki = await testPki();

interface Scene extends AsyncDisposable {
  readonly gate: ObservedGate;
  /** Is connected all the time. */
  readonly bystander: TestClient;
}

async function scene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startAedes());
  const gate = stack.use(await startObservedGate({ broker: broker.port }));
  const tls = await pki.device('pump-1');
  const bystander = stack.use(await connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 4, tls }));
  const kept = stack.move();
  return { gate, bystander, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const served = async (bystander: TestClient): Promise<void> =>
  assert.equal(await bystander.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);

/** Only the bystander is left. */
const forgotten = (gate: ObservedGate): Promise<boolean> =>
  waitFor('it to be forgotten', () => left(gate).every((count, i) => count === [1, 0, 1][i]), AT_ONCE);
const left = (gate: ObservedGate): number[] => [gate.total('live'), gate.total('handshakes'), gate.total('sessions')];

const counts = (gate: ObservedGate) => ({
  rejections: gate.metric('headgate_rejections_total'),
  handshakes: gate.metric('headgate_handshakes_total'),
  records: gate.gate.hub.query({ limit: 1000 }).length,
});

/** Rejections of a cause by their records. */
const sum = (gate: ObservedGate, cause: Cause): number =>
  gate.gate.hub.query({ cause, limit: 1000 }).reduce((all, { count }) => all + count, 0);

async function misbehave(
  { gate, bystander }: Scene,
  { options, tamper, afterwards, outcome }: Misbehaviour,
): Promise<void> {
  const before = counts(gate);
  await using client = await rawTls(gate.port(), options, tamper);
  await served(bystander);
  if (outcome === 'let in' || afterwards !== undefined) {
    await waitFor('the session', () => gate.total('sessions') === 2, AT_ONCE);
    afterwards?.(client);
  }
  if (outcome === 'let in') {
    assert.equal(client.wire.closed, false);
    client.client.end();
  }
  await client.wire.waitClosed(AT_ONCE);
  await forgotten(gate);
  await served(bystander);
  if (typeof outcome === 'string') {
    assert.deepEqual(counts(gate), { ...before, handshakes: before.handshakes + 1 });
    return;
  }
  const [cause, reason] = outcome;
  const [event] = await waitFor('the record', () => {
    const all = gate.gate.hub.query({ limit: 1000 });
    return all.length > before.records && all;
  });
  assert.ok(event);
  assert.equal(event.cause, cause, event.reason);
  assert.match(event.reason, reason);
  assert.equal(event.count, 1);
  const read = cause !== 'client-hello';
  assert.equal(event.tls?.sni, read ? 'localhost' : undefined);
  const stranger = event.principal === undefined;
  assert.equal(event.tls?.offered?.ja4.startsWith('t1'), (read && stranger) || undefined);
  assert.equal(counts(gate).rejections, before.rejections + 1);
  assert.equal(sum(gate, cause), gate.metric('headgate_rejections_total', { cause, listener: 'mqtt' }));
}

test('clients that break TLS', async (t) => {
  await using all = await scene();
  for (const misbehaviour of [...BROKEN_RECORDS, ...CLOSINGS]) {
    const { what, outcome } = misbehaviour;
    await t.test(`${what}: ${typeof outcome === 'string' ? outcome : outcome[0]}`, () => misbehave(all, misbehaviour));
  }
});

test('ClientHellos over 1,500 records are read, three at once', async () => {
  await using all = await scene();
  const tls = await pki.device('pump-2');
  const hellos = Array.from({ length: 3 }, () =>
    rawTls(all.gate.port(), tls, (whole, at) => (at === 0 ? oneByteRecords(whole) : [whole])),
  );
  const clients = await Promise.all(hellos);
  await waitFor('all sessions', () => all.gate.total('sessions') === 4);
  for (const { client, records } of clients) {
    assert.ok((records[0]?.length ?? 0) > 1500, 'each hello had over 1,500 bytes, one a record');
    assert.equal(client.authorized, true);
  }
  for (const client of clients) await client[Symbol.asyncDispose]();
  await forgotten(all.gate);
  assert.equal(all.gate.metric('headgate_rejections_total'), 0);
});

test('Node’s client that renegotiates is told no, and its session stands', async () => {
  await using all = await scene();
  const { gate } = all;
  await using client = await rawTls(gate.port(), { ...(await pki.device('pump-2')), maxVersion: 'TLSv1.2' });
  await waitFor('the session', () => gate.total('sessions') === 2);
  const failed = Promise.withResolvers<Error | null>();
  client.client.once('error', failed.resolve);
  client.client.renegotiate({}, failed.resolve);
  assert.match((await failed.promise)?.message ?? '', /no.renegotiation/i);
  assert.equal(gate.metric('headgate_handshakes_total'), 2, 'no second handshake');
  await served(all.bystander);
  await client[Symbol.asyncDispose]();
  await forgotten(gate);
});

/** `openssl s_client` with the certificate of a device and these further arguments. */
async function sClient(gate: ObservedGate, ca: string, more: readonly string[], input: string) {
  const { cert, key } = writeCredentials(gate.dir, 'pump-2', await pki.device('pump-2'));
  const args = ['-connect', `127.0.0.1:${gate.port()}`, '-servername', 'localhost', '-CAfile', ca, '-cert', cert];
  return runChild(findTool('openssl') as string, ['s_client', ...args, '-key', key, ...more], { input });
}

test('openssl s_client that renegotiates is told no', { skip: without('openssl') }, async () => {
  await using all = await scene();
  const { gate } = all;
  const { stdout, stderr } = await sClient(gate, gate.dir.write('trusted.pem', pki.ca), ['-tls1_2'], 'R\n');
  assert.match(stdout, /Verify return code: 0/);
  assert.match(stderr, /RENEGOTIATING[\s\S]*no renegotiation/);
  await served(all.bystander);
  await forgotten(gate);
  assert.equal(gate.metric('headgate_handshakes_total'), 2, 'no second handshake');
});

for (const version of ['-tls1_2', '-tls1_3']) {
  test(`openssl s_client ${version} that does not trust the gate says so`, { skip: without('openssl') }, async () => {
    await using all = await scene();
    const { gate } = all;
    const ca = gate.dir.write('trusted.pem', pki.foreign.cert);
    const { stderr } = await sClient(gate, ca, [version, '-verify_return_error'], '');
    assert.match(stderr, /certificate verify failed/);
    const { reason } = await gate.rejection('aborted-by-client');
    assert.match(reason, /alert unknown ca/);
    await served(all.bystander);
    await forgotten(gate);
    assert.equal(gate.metric('headgate_handshakes_total'), 1, 'that of the bystander');
  });
}
