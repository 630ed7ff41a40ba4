import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Drain, type Drainable } from '../../../proxy/data-plane/drain.ts';

/** A session that ends when it is told, or that only notes that it was. */
class Session implements Drainable {
  closing = false;
  destroyed = false;
  readonly words: string[] = [];
  readonly #set: Set<Session>;
  readonly #obeys: boolean;

  constructor(set: Set<Session>, obeys: boolean) {
    this.#set = set;
    this.#obeys = obeys;
    set.add(this);
  }

  stop(reason: string, suppressWill: boolean): void {
    this.closing = true;
    this.words.push(`${reason} ${suppressWill}`);
    if (this.#obeys) this.#set.delete(this);
  }

  destroy(): void {
    this.destroyed = true;
    this.#set.delete(this);
  }
}

function setUp(count: number, deadline: number, obeys = true) {
  const open = new Set<Session>();
  const sessions = Array.from({ length: count }, () => new Session(open, obeys));
  let ends = 0;
  const all = {
    get size() {
      return open.size;
    },
    all: () => [...open],
  };
  const drain = new Drain(all, { deadline, suppressWills: true }, 5000, () => {
    ends++;
  });
  return { drain, sessions, open, ends: () => ends };
}

test('sessions end evenly over the time, each told once, and the end is told once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1000, max: 60_000 }), (count, deadline) => {
      const { drain, sessions, open, ends } = setUp(count, deadline);
      for (let elapsed = 0; elapsed <= deadline; elapsed += 250) {
        drain.step(5000 + elapsed);
        assert.equal(open.size, Math.max(0, Math.floor(count * (1 - elapsed / (deadline * 0.8)))));
        assert.equal(ends(), open.size === 0 ? 1 : 0);
      }
      drain.step(5000 + deadline);
      assert.equal(ends(), 1);
      for (const { words } of sessions) assert.deepEqual(words, ['drain true']);
    }),
  );
});

test('who does not end until the deadline is cut', () => {
  const { drain, sessions, open, ends } = setUp(3, 1000, false);
  for (const elapsed of [0, 500, 900]) drain.step(5000 + elapsed);
  assert.deepEqual([open.size, ends()], [3, 0]);
  drain.step(6000);
  assert.deepEqual([open.size, ends()], [0, 1]);
  assert.ok(sessions.every(({ destroyed, words }) => destroyed && words.length === 1));
});

test('with nobody there, or no time at all, it is over at once', () => {
  const nobody = setUp(0, 60_000);
  nobody.drain.step(5000);
  assert.equal(nobody.ends(), 1);
  const noTime = setUp(4, 0, false);
  noTime.drain.step(5000);
  assert.deepEqual([noTime.ends(), noTime.open.size], [1, 0]);
});
