/**
 * Certificates that change on disk by themselves: a pair of which only one half is there is waited for, a mounted volume
 * that is swapped as a whole is taken, and what would make matters worse is refused while the last good pair goes on.
 */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { startAedes } from '../support/aedes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { serialOf, shownSerial } from '../support/shown-certificate.ts';
import { waitFor } from '../support/wait.ts';

const WATCHING = { reloadInterval: '100ms' };

async function serverPair(
  lifetime: { readonly notBefore?: Date; readonly notAfter?: Date } = {},
): Promise<Credentials> {
  return (await testPki()).issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server', ...lifetime });
}

/** How many reloads ended so: `ok`, `unchanged` or `failed`. */
function reloads(gate: TestGate, result: string): number {
  const samples = gate.gate.metrics.flatMap((source) => source());
  return (
    samples.find(({ name, labels }) => name === 'headgate_reloads_total' && labels['result'] === result)?.value ?? 0
  );
}

test('the key may come after its certificate: clients see the old pair, then the new one, and nothing fails', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, more: WATCHING });
  const pki = await testPki();
  const device = await pki.device('pump-1');
  const old = serialOf(await pki.server());
  const next = await serverPair();
  await using session = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 4, tls: device });
  gate.dir.write('server.pem', next.cert);
  // Longer than several polls and looks.
  const end = performance.now() + 1200;
  await waitFor('the half to be seen', async () => {
    assert.equal(await shownSerial(gate, device), old);
    return performance.now() >= end;
  });
  assert.equal(reloads(gate, 'failed'), 0);
  gate.dir.write('server.key', next.key);
  await waitFor('the new pair', async () => (await shownSerial(gate, device)) === serialOf(next));
  assert.equal(reloads(gate, 'failed'), 0);
  assert.equal(await session.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
});

test('a half that stays alone is an alarm after 5 s, and the last good pair goes on', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, more: WATCHING });
  const pki = await testPki();
  const device = await pki.device('pump-1');
  const next = await serverPair();
  const start = performance.now();
  gate.dir.write('server.pem', next.cert);
  await waitFor('the alarm', () => reloads(gate, 'failed') > 0);
  assert.ok(performance.now() - start > 4900);
  assert.equal(reloads(gate, 'failed'), 1);
  assert.equal(await shownSerial(gate, device), serialOf(await pki.server()));
  gate.dir.write('server.key', next.key);
  await waitFor('the new pair', async () => (await shownSerial(gate, device)) === serialOf(next));
});

/** A volume as Kubernetes mounts it: the files are links through `..data`, which is swapped as a whole. */
class Volume {
  readonly #gate: TestGate;
  #version = 0;

  constructor(gate: TestGate, first: Credentials) {
    this.#gate = gate;
    mkdirSync(gate.dir.file('tls'));
    this.swap(first);
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, gate.dir.file(`tls/${name}`));
  }

  swap({ cert, key }: Credentials): void {
    const { dir } = this.#gate;
    const version = `..v${++this.#version}`;
    mkdirSync(dir.file(`tls/${version}`));
    dir.write(`tls/${version}/tls.crt`, cert);
    dir.write(`tls/${version}/tls.key`, key);
    symlinkSync(version, dir.file('tls/..data_tmp'));
    renameSync(dir.file('tls/..data_tmp'), dir.file('tls/..data'));
  }
}

test('a mounted volume that is swapped by its link is taken each time', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, more: WATCHING });
  const device = await (await testPki()).device('pump-1');
  const first = await serverPair();
  const volume = new Volume(gate, first);
  const tls = { profile: 'mozilla-intermediate', certificate: 'tls/tls.crt', key: 'tls/tls.key', clients: ['devices'] };
  gate.configure({ broker: broker.port, listener: { tls }, more: WATCHING });
  await waitFor('the volume', async () => (await shownSerial(gate, device)) === serialOf(first));
  for (const pair of [await serverPair(), await serverPair(), await serverPair()]) {
    volume.swap(pair);
    await waitFor('the swapped pair', async () => (await shownSerial(gate, device)) === serialOf(pair));
  }
  assert.equal(reloads(gate, 'failed'), 0);
});

const HOUR = 3_600_000;

test('an expired certificate and a broken chain are refused, and the last good pair goes on', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, more: WATCHING });
  const pki = await testPki();
  const device = await pki.device('pump-1');
  const old = serialOf(await pki.server());
  const over = await serverPair({
    notBefore: new Date(Date.now() - 2 * HOUR),
    notAfter: new Date(Date.now() - HOUR),
  });
  gate.dir.write('server.key', over.key);
  gate.dir.write('server.pem', over.cert);
  await waitFor('the refusal', () => reloads(gate, 'failed') === 1);
  assert.equal(await shownSerial(gate, device), old);
  const next = await serverPair();
  gate.dir.write('server.key', next.key);
  gate.dir.write('server.pem', next.cert + pki.foreign.cert);
  await waitFor('the refusal', () => reloads(gate, 'failed') === 2);
  assert.equal(await shownSerial(gate, device), old);
  gate.dir.write('server.pem', next.cert);
  await waitFor('the new pair', async () => (await shownSerial(gate, device)) === serialOf(next));
});
