/**
 * Thousands of connections that never become clients, from many addresses at once: silent ones,
 * pieces of a hello, byte by byte, garbage, and hellos without anything after them. They are all
 * closed in time, memory is bounded, and who means it gets in. The gate is a process of its own
 * with two workers, so that its memory is its own.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { clientHello } from '../support/client-hello.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess } from '../support/gate.ts';
import { Flood, type Manner } from '../support/half-open.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { testPki } from '../support/pki.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const MIB = 1024 * 1024;
const LEGITIMATE = 40;
/** Each attacker has a descriptor here and one in the gate; clients, broker and files need some too. */
const DESCRIPTORS = Number(/^Max open files\s+(\d+)/m.exec(limitsOfProcess())?.[1] ?? 0);
const PER_ADDRESS = 250;
const ATTACKERS = Math.min(5000, Math.floor((DESCRIPTORS - 500) / 2 / PER_ADDRESS) * PER_ADDRESS);
/** In hundredths. The mute ones come last: they hold the handshake slots when the clients come. */
const SHARES: readonly [Manner, number][] = [
  ['silent', 30],
  ['partial', 20],
  ['drip', 10],
  ['garbage', 30],
  ['mute', 10],
];
const HANDSHAKE_TIMEOUT = 6000;
/** Fewer than there are mute attackers. */
const SLOTS = ATTACKERS / 25;
const HALF_OPEN_PER_ADDRESS = 90;
/** One more on its way in for each worker and address. */
const MOST_OPEN = (ATTACKERS / PER_ADDRESS) * (HALF_OPEN_PER_ADDRESS + 2);
const ADDRESSES = Array.from({ length: ATTACKERS / PER_ADDRESS }, (_, n) => `127.0.0.${n + 2}`);

const pki = await testPki();

function limitsOfProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** Resident memory of a process, now and at its highest so far. */
function memory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

async function metrics(probe: number): Promise<string> {
  return (await ask({ port: probe, host: '127.0.0.1', path: '/metrics' })).text;
}

/** A gauge without labels. */
async function gauge(probe: number, name: string): Promise<number> {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await metrics(probe))?.[1]);
}

/** Sum of a counter over its series, or over those of one cause. */
function sum(text: string, name: string, cause = ''): number {
  return [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\d+)$`, 'gm'))]
    .filter(([, labels = '']) => labels.includes(`cause="${cause}`) || cause === '')
    .reduce((total, [, , value]) => total + Number(value), 0);
}

test(`${ATTACKERS} attackers are closed in time, and ${LEGITIMATE} clients get in meanwhile`, {
  skip: ATTACKERS < PER_ADDRESS && 'needs the loopback addresses and the /proc of Linux, and 1,000 open files',
  timeout: 120_000,
}, async (t) => {
  if (ATTACKERS < 5000) t.diagnostic(`${ATTACKERS} attackers: there may be ${DESCRIPTORS} open files`);
  await using broker = await startAedes();
  await using dir = tempDir();
  const [port, probe] = [await freePort(), await freePort()];
  await using gate = await startGateProcess(dir, {
    broker: broker.port,
    port,
    listener: {
      timeouts: { handshake: `${HANDSHAKE_TIMEOUT}ms` },
      admission: {
        perAddress: '5000/s',
        burst: 5000,
        handshakes: SLOTS,
        queue: 1000,
        halfOpen: ATTACKERS,
        halfOpenPerAddress: HALF_OPEN_PER_ADDRESS,
      },
    },
    more: { workers: 2, probe: { listen: `127.0.0.1:${probe}` } },
  });
  await using opened = new AsyncDisposableStack();
  const client = async (name: string): Promise<TestClient> => {
    try {
      return opened.use(await connectMqtt({ port, clientId: name, version: 4, tls: await pki.device(name) }));
    } catch (error) {
      // Attackers have other addresses: these records are of clients.
      const told = gate.lines.filter((line) => line.includes('"peer":"127.0.0.1:'));
      throw new Error(`${name} did not get in: ${told.join('\n')}`, { cause: error });
    }
  };
  // Certificates are made beforehand: the clients shall come at once.
  const names = Array.from({ length: LEGITIMATE }, (_, n) => `pump-${n}`);
  await Promise.all(names.map((name) => pki.device(name)));
  const early = await client('early');
  const before = memory(gate.pid).now;

  await using flood = new Flood({ port, hello: await clientHello(), from: ADDRESSES });
  for (const [manner, share] of SHARES) await flood.add(manner, (ATTACKERS * share) / 100);
  assert.equal(flood.failed, 0);
  assert.equal(flood.connected, ATTACKERS);
  const accepted = async () => sum(await metrics(probe), 'headgate_connections_accepted_total');
  await waitFor('all of them to be accepted', async () => (await accepted()) >= ATTACKERS);
  const since = performance.now();
  await waitFor('no address to have more than it may', () => flood.open <= MOST_OPEN, 1500);
  // The clients come when every slot is held by someone who will never finish.
  await waitFor(
    'the slots to be taken',
    async () => (await gauge(probe, 'headgate_handshakes_in_flight')) >= SLOTS - 1,
  );
  const [clients] = await Promise.all([Promise.all(names.map(client)), flood.add('garbage', 200)]);
  const admitted = performance.now() - since;
  assert.equal(await early.publish('plant/p1/early/t', 'still here', { qos: 1 }), 0);
  for (const one of clients) assert.equal(one.closed, false);
  for (const [n, one] of clients.entries()) {
    assert.equal(await one.publish(`plant/p1/pump-${n}/t`, 'in', { qos: 1 }), 0);
  }

  await flood.closed();
  const closed = performance.now() - since;
  const margin = 1000 + flood.stall;
  assert.ok(closed <= HANDSHAKE_TIMEOUT + margin, `${Math.round(closed)} ms until the last attacker was closed`);
  const { peak } = memory(gate.pid);
  assert.ok(peak - before < 200 * MIB, `memory grew by ${Math.round((peak - before) / MIB)} MiB`);

  let text = '';
  await waitFor('every connection that was accepted to be accounted for', async () => {
    text = await metrics(probe);
    const ended = sum(text, 'headgate_rejections_total') + sum(text, 'headgate_connections_empty_total');
    return ended + clients.length + 1 === sum(text, 'headgate_connections_accepted_total');
  });
  const [dropped, late, ...named] = ['half-open-dropped', 'half-open-timeout', 'plain-text', 'client-hello'].map(
    (cause) => sum(text, 'headgate_rejections_total', cause),
  );
  const facts = { dropped, late, named, waited: sum(text, 'headgate_rejections_total', 'admission-queue') };
  t.diagnostic(
    `${JSON.stringify(facts)}, clients in after ${Math.round(admitted)} ms, all attackers closed after ${Math.round(closed)} ms, memory +${Math.round((peak - before) / MIB)} MiB`,
  );
  const crowdedOut = (ATTACKERS * 70) / 100 - MOST_OPEN;
  assert.ok((dropped as number) >= crowdedOut, 'the oldest of each address made room');
  assert.ok((late as number) > 0, 'the deadline ended others');
  assert.ok(
    named.every((count) => count > 0),
    'garbage is named',
  );
});
