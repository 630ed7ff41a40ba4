import assert from 'node:assert/strict';
import test from 'node:test';
import { Plane } from '../../../../proxy/control-plane/data-planes/plane.ts';
import { PlaneGenerations } from '../../../../proxy/control-plane/data-planes/plane-generations.ts';
import type { GenerationPlan } from '../../../../proxy/control-plane/generations/generation-plan.ts';
import type { ToPlane } from '../../../../proxy/messages.ts';
import { NO_REVOCATION_PART } from '../../../support/no-revocation.ts';

const POLICY = { version: 'policy', bytes: new SharedArrayBuffer(0) };
const PLAN = { policy: POLICY, revocation: NO_REVOCATION_PART, listeners: [], binds: [] } as unknown as GenerationPlan;

/** Planes that run and say nothing of themselves; what each is sent, and which were unusable. */
function setUp(count: number) {
  const sent: ToPlane[][] = [];
  const unusable: string[] = [];
  const planes = Array.from({ length: count }, (_, index) => {
    const plane = new Plane(index);
    const own: ToPlane[] = [];
    sent.push(own);
    const post = (message: ToPlane) => void own.push(message);
    plane.began({ replaceable: true, ready: Promise.resolve(), post, close: async () => {} });
    plane.alive = true;
    return plane;
  });
  const connected: number[] = [];
  const generations = new PlaneGenerations(
    { planes, unusable: (plane, error) => unusable.push(`${plane.index}: ${(error as Error).message}`) },
    {
      connect(index) {
        connected.push(index);
        return null;
      },
    },
  );
  const types = () =>
    sent.map((own) => own.map((message) => ('id' in message ? `${message.type} ${message.id}` : message.type)));
  const prepared = (plane: Plane, id: number) => generations.receive(plane, { type: 'prepared', id, bound: [] });
  const enforced = (plane: Plane, id: number) =>
    generations.receive(plane, { type: 'reauthorized', id, judged: 0, ended: 0, ms: 0 });
  return { planes, generations, sent, types, unusable, connected, prepared, enforced };
}

const at = (planes: readonly Plane[], index: number): Plane => planes[index] as Plane;

test('a generation that one plane cannot prepare is dropped everywhere', async () => {
  const { planes, generations, types, connected, prepared } = setUp(2);
  const preparing = generations.prepare(PLAN, 1);
  prepared(at(planes, 0), 1);
  assert.equal(generations.receive(at(planes, 1), { type: 'prepare-failed', id: 1, problem: 'in use' }), true);
  await assert.rejects(preparing, { message: 'in use' });
  assert.deepEqual(types(), [
    ['prepare', 'drop 1'],
    ['prepare', 'drop 1'],
  ]);
  assert.deepEqual(connected, []);
});

test('what a plane has is not sent again, and it is connected once', async () => {
  const { planes, generations, sent, connected, prepared } = setUp(1);
  for (const id of [1, 2]) {
    const preparing = generations.prepare(PLAN, id);
    prepared(at(planes, 0), id);
    await preparing;
    const enforced = generations.commit(PLAN, id);
    generations.receive(at(planes, 0), { type: 'committed', id, final: true });
    await enforced;
  }
  const values = sent[0]?.flatMap((one) => (one.type === 'prepare' ? [one.generation.policy.value] : []));
  assert.deepEqual(values, [POLICY.bytes, undefined]);
  assert.deepEqual(connected, [0]);
  assert.equal(at(planes, 0).serving, true);
});

test('enforced is when the sessions are reauthorized, not when the generation is taken', async () => {
  const { planes, generations, prepared } = setUp(1);
  const preparing = generations.prepare(PLAN, 1);
  prepared(at(planes, 0), 1);
  await preparing;
  const enforced = generations.commit(PLAN, 1).then(() => 'enforced');
  assert.equal(generations.receive(at(planes, 0), { type: 'committed', id: 1, final: false }), false, 'others hear it');
  await new Promise(setImmediate);
  assert.equal(await Promise.race([enforced, 'pending']), 'pending');
  generations.receive(at(planes, 0), { type: 'reauthorized', id: 1, judged: 3, ended: 1, ms: 2 });
  assert.equal(await enforced, 'enforced');
});

test('a replacement catches up with what came into force while it prepared', async () => {
  const { planes, generations, types, prepared, enforced } = setUp(2);
  const replacement = at(planes, 1);
  replacement.catchingUp = true;
  const first = generations.prepare(PLAN, 1);
  prepared(at(planes, 0), 1);
  await first;
  void generations.commit(PLAN, 1);
  const caughtUp = generations.catchUp(replacement);
  const second = generations.prepare(PLAN, 2);
  prepared(at(planes, 0), 2);
  await second;
  void generations.commit(PLAN, 2);
  prepared(replacement, 1);
  await new Promise(setImmediate);
  prepared(replacement, 2);
  await caughtUp;
  assert.deepEqual(types()[1], ['prepare', 'prepare', 'commit 2']);
  assert.deepEqual([replacement.serving, replacement.catchingUp], [true, false]);
  enforced(at(planes, 0), 2);
});

test('a replacement that cannot prepare is unusable, and is not waited for', async () => {
  const { planes, generations, unusable, prepared, enforced } = setUp(2);
  const replacement = at(planes, 1);
  replacement.catchingUp = true;
  const first = generations.prepare(PLAN, 1);
  prepared(at(planes, 0), 1);
  await first;
  void generations.commit(PLAN, 1);
  const caughtUp = generations.catchUp(replacement);
  generations.lost(replacement);
  await caughtUp;
  assert.deepEqual(unusable, ['1: worker 1 ended']);
  assert.equal(replacement.serving, false);
  enforced(at(planes, 0), 1);
});
