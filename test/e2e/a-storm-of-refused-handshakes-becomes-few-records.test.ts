/** Hundreds of handshakes that fail alike are few records whose counts add up; what fails otherwise keeps its own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { createSecureContext, type SecureContext } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RejectionEvent } from '../../policies/event.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { waitFor } from '../support/wait.ts';

const NOBODY = 1;
const WARM_UP = 100;
const STORM = 500;
const PARALLEL = 10;
/** What may be left of a storm, in bytes; its records and log lines take a few KB. */
const LEFT = 4 * 1024 * 1024;
const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex');
const NOT_AUTHORIZED = '20020005';

const pki = await testPki();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function used(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function refused(gate: ObservedGate, secureContext: SecureContext): Promise<void> {
  await using client = await connectRaw({ port: gate.port(), tls: { secureContext } });
  await client.write(CONNECT);
  assert.equal((await client.waitClosed()).toString('hex'), NOT_AUTHORIZED);
}

async function storm(gate: ObservedGate, { cert, key, ca }: Credentials, count: number): Promise<void> {
  const context = createSecureContext({ cert, key, ca });
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun++ < count) await refused(gate, context);
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
  await gate.idle();
}

const sum = (events: readonly RejectionEvent[]): number => events.reduce((all, { count }) => all + count, 0);

test(`${STORM} clients with one expired certificate`, async () => {
  const admission = { perAddress: '100000/s', burst: 100_000 };
  await using gate = await startObservedGate({
    broker: NOBODY,
    listener: { admission },
    more: { audit: { file: 'audit.jsonl' } },
  });
  const expired = await pki.expired('pump-1');
  const records = (cause: RejectionEvent['cause']) => gate.gate.hub.query({ cause, limit: 10_000 });
  const all = (count: number) => waitFor('all records', () => sum(records('expired')) === count);
  await storm(gate, expired, WARM_UP);
  await all(WARM_UP);
  const before = { used: used(), records: records('expired').length };
  const started = performance.now();

  await storm(gate, expired, STORM / 2);
  await refused(gate, createSecureContext({ ca: pki.ca }));
  await storm(gate, expired, STORM / 2);

  await all(WARM_UP + STORM);
  const ticks = Math.ceil((performance.now() - started) / 250);
  const few = records('expired').length - before.records;
  assert.ok(few <= ticks + 2, `${few} records in ${ticks} ticks`);
  assert.ok(few <= STORM / 5, `${few} records`);
  assert.equal(gate.metric('headgate_rejections_total', { cause: 'expired', listener: 'mqtt' }), WARM_UP + STORM);
  for (const { certificate, listener, peer, reason } of records('expired')) {
    assert.match(certificate?.subject ?? '', /CN=pump-1/);
    assert.match(reason, /RFC 5280 4\.1\.2\.5/);
    assert.equal(listener, 'mqtt');
    assert.match(peer, /^127\.0\.0\.1:\d+$/);
  }
  assert.deepEqual(
    records('no-certificate').map(({ count }) => count),
    [1],
    'what is of another kind is not hidden',
  );
  const total = WARM_UP + STORM + 1;
  assert.equal(sum(gate.logged('rejected') as unknown as RejectionEvent[]), total);
  const audited = () => readFileSync(gate.dir.file('audit.jsonl'), 'utf8').split('\n').slice(0, -1);
  await waitFor('the audit file', () => sum(audited().map((line) => JSON.parse(line) as RejectionEvent)) === total);
  assert.equal(gate.metric('headgate_events_dropped_total'), 0);
  const left = used() - before.used;
  assert.ok(left < LEFT, `${left} bytes are left`);
});
