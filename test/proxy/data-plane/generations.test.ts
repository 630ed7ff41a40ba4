import assert from 'node:assert/strict';
import test from 'node:test';
import { messageFor, planGeneration } from '../../../proxy/control-plane/generations/generation-plan.ts';
import { HalfOpen } from '../../../proxy/data-plane/accept/half-open.ts';
import type { KafkaGate } from '../../../proxy/data-plane/cluster/kafka-gate.ts';
import { Generations } from '../../../proxy/data-plane/generations.ts';
import { Staples } from '../../../proxy/data-plane/tls/staples.ts';
import type { GenerationMessage } from '../../../proxy/messages.ts';
import { compileShared } from '../../../proxy/shared/policy-part.ts';
import { NO_REVOCATION_PART } from '../../support/no-revocation.ts';
import { edit, SOUND_KAFKA, workspace } from '../control-plane/config/support.ts';

const TABLES = {
  takeAddress: () => true,
  enterHandshake: () => true,
  leaveHandshake() {},
  queued() {},
  halfOpen: new HalfOpen(1, () => 0),
};

/** Messages of generations whose Kafka listener differs in its bootstrap list; what is open behind them, by its name. */
async function setUp() {
  await using dir = await workspace();
  const message = (id: number, bootstrap: string): GenerationMessage => {
    const loaded = dir.load(edit('kafka-1:9092, kafka-2:9092', bootstrap, SOUND_KAFKA));
    assert.ok(loaded.ok);
    return messageFor(planGeneration(loaded.config, NO_REVOCATION_PART), id, new Set());
  };
  const messages = [message(1, 'a:1'), message(2, 'b:2'), message(3, 'c:3'), message(4, 'a:1')] as const;
  const open: string[] = [];
  const generations = new Generations({
    tables: TABLES,
    staples: new Staples(),
    compile: async (bytes, version) => {
      if (version === 'broken') throw new Error('the policy is broken');
      return compileShared(bytes, version);
    },
    openKafka: ({ upstream }) => {
      const name = upstream.bootstrap.map(({ host }) => host).join();
      open.push(name);
      return { release: () => void open.splice(open.indexOf(name), 1) } as unknown as KafkaGate;
    },
  });
  return { generations, messages, open };
}

const inForce = (generations: Generations) => generations.inForce?.id;

test('a generation is in force from its commit on, and what only the one before used is given up', async () => {
  const { generations, messages, open } = await setUp();
  await generations.prepare(messages[0]);
  assert.equal(inForce(generations), undefined);
  assert.equal(generations.commit(2), false);
  assert.equal(generations.commit(1), true);
  assert.equal(inForce(generations), 1);
  await generations.prepare(messages[1]);
  assert.deepEqual([inForce(generations), open], [1, ['a', 'b']]);
  assert.equal(generations.commit(2), true);
  assert.deepEqual([inForce(generations), open], [2, ['b']]);
  assert.equal(generations.commit(2), false);
});

test('a generation that is dropped leaves nothing open, and no other is dropped for it', async () => {
  const { generations, messages, open } = await setUp();
  await generations.prepare(messages[0]);
  generations.commit(1);
  await generations.prepare(messages[1]);
  generations.drop(1);
  assert.deepEqual(open, ['a', 'b']);
  generations.drop(2);
  assert.deepEqual([generations.commit(2), inForce(generations), open], [false, 1, ['a']]);
});

test('a generation that another one overtakes leaves nothing open', async () => {
  const { generations, messages, open } = await setUp();
  await generations.prepare(messages[1]);
  await generations.prepare(messages[2]);
  assert.deepEqual(open, ['c']);
  assert.deepEqual([generations.commit(2), generations.commit(3)], [false, true]);
});

test('a generation that is dropped, or overtaken, while its policy is compiled is never prepared', async () => {
  const { generations, messages, open } = await setUp();
  const dropped = generations.prepare(messages[0]);
  generations.drop(1);
  await assert.rejects(dropped, /generation 1 was given up/);
  const overtaken = generations.prepare(messages[1]);
  const last = generations.prepare(messages[2]);
  await assert.rejects(overtaken, /generation 2 was given up/);
  await last;
  assert.deepEqual([generations.commit(2), generations.commit(3), open], [false, true, ['c']]);
});

test('a generation that cannot be built leaves nothing open, and the one in force as it is', async () => {
  const { generations, messages, open } = await setUp();
  await generations.prepare(messages[0]);
  generations.commit(1);
  const broken = { ...messages[1], policy: { ...messages[1].policy, version: 'broken' } };
  await assert.rejects(generations.prepare(broken), /the policy is broken/);
  assert.deepEqual([generations.commit(2), inForce(generations), open], [false, 1, ['a']]);
});

test('a listener that stays as it was keeps what is behind it', async () => {
  const { generations, messages, open } = await setUp();
  await generations.prepare(messages[0]);
  generations.commit(1);
  await generations.prepare(messages[3]);
  generations.commit(4);
  assert.deepEqual([inForce(generations), open], [4, ['a']]);
});
