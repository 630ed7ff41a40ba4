/**
 * The metrics say how long a reload took: from the call to the last live session that was judged, and
 * the part of it since the generation was put in force.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAedes } from '../support/aedes.ts';
import type { GateOptions } from '../support/gate-config.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';

const options = (broker: number, topic: string): GateOptions => ({
  broker,
  device: { mqtt: { clientId: '{device}', allow: [{ publish: topic }, { subscribe: topic }] } },
  more: { workers: 2, reloadInterval: '0s' },
});

test('when a reload is answered its sessions are judged, and the metrics say how long that took', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port, 'a/#'));
  const pki = await testPki();
  const tls = await pki.device('pump-1');
  await using client = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version: 4, tls });
  await client.subscribe('a/b', 0);
  gate.configure(options(broker.port, 'b/#'));

  const start = performance.now();
  const { ok, changed } = await gate.gate.reload();
  const seconds = (performance.now() - start) / 1000;

  assert.deepEqual([ok, changed], [true, true]);
  assert.equal(gate.rejections('policy-changed'), 1);
  const judged = gate.metric('headgate_generation_enforcement_seconds');
  const all = gate.metric('headgate_generation_activation_seconds');
  assert.ok(all > 0 && judged <= all, `${judged} of ${all}`);
  // Both are in whole milliseconds.
  assert.ok(all <= seconds + 0.001, `${all}, measured ${seconds}`);
});
