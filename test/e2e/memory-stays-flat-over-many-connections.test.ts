/**
 * Thousands of connections come and go: nothing of them stays. Memory is looked at in a process of
 * its own after a full collection; the shared tables are looked at from inside.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openLimits } from '../../proxy/shared/tables/index.ts';
import { startAedes } from '../support/aedes.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { nextEvent, waitFor } from '../support/wait.ts';

const pki = await testPki();

/** Ten thousand take about 40 s of two cores: all of them where time is there. */
const CYCLES = process.env['CI'] === 'true' ? 10_000 : 3000;
const WARM_UP = 500;
const PARALLEL = 16;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** CONNECT of MQTT 3.1.1 with a client id. */
function connectPacket(clientId: string): Buffer {
  const id = Buffer.from(clientId);
  const head = Buffer.from([0x10, 12 + id.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, id.length]);
  return Buffer.concat([head, id]);
}

/** One life of a connection: some get a session and say good-bye, some are cut in it, some at the end of the handshake. */
async function cycle(gate: ObservedGate, context: ReturnType<typeof createSecureContext>, i: number): Promise<void> {
  const port = gate.port();
  const socket = connectTls({ port, host: '127.0.0.1', secureContext: context, checkServerIdentity: () => undefined });
  socket.on('error', () => {}); // a reset is one of the ways out
  await nextEvent(socket, 'secureConnect');
  if (i % 3 < 2) {
    socket.write(connectPacket(`flat-${i}`));
    const [connack] = (await nextEvent(socket, 'data')) as [Buffer];
    assert.equal(connack.toString('hex', 0, 2), '2002');
  }
  const gone = new Promise((resolve) => socket.once('close', resolve));
  if (i % 3 === 0) socket.end(Buffer.from([0xe0, 0]));
  else socket.destroy();
  await gone;
}

async function cycles(gate: ObservedGate, count: number): Promise<void> {
  const contexts = await Promise.all(
    Array.from({ length: PARALLEL }, async (_, i) => {
      const { cert, key, ca } = await pki.device(`flat-${i}`);
      return createSecureContext({ cert, key, ca });
    }),
  );
  let next = 0;
  await Promise.all(
    contexts.map(async (context) => {
      while (next < count) await cycle(gate, context, next++);
    }),
  );
}

function used(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

test(`after ${CYCLES} connections memory, descriptors and the shared tables are where they were`, {
  skip: process.platform !== 'linux' && 'counts descriptors in /proc',
}, async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({
    broker: broker.port,
    listener: { admission: { exempt: ['127.0.0.0/8'] } },
    device: { mqtt: { clientId: 'any', allow: [{ publish: '#' }] }, limits: { connections: 100, publish: '1000/s' } },
  });
  const idle = async (): Promise<void> => {
    await gate.idle();
    await waitFor('the broker to be left', () => broker.connections === 0);
  };
  await cycles(gate, WARM_UP);
  await idle();
  const before = { memory: used(), descriptors: descriptors() };
  await cycles(gate, CYCLES);
  await idle();
  assert.equal(gate.metric('headgate_connections_accepted_total'), WARM_UP + CYCLES);
  await waitFor('the descriptors to be closed', () => descriptors() <= before.descriptors);
  const grown = used() - before.memory;
  assert.ok(
    grown < 4 * MIB,
    `grew by ${(grown / MIB).toFixed(1)} MiB, ${Math.round(grown / CYCLES)} bytes a connection`,
  );
  const limits = openLimits(gate.gate.shared, 0);
  await waitFor('the slots of the limits to be free', () => limits.used() === 0);
  assert.equal(gate.gate.planes.alive, 1);
});
