import assert from 'node:assert/strict';
import test from 'node:test';
import type { WouldEnd } from '../../../proxy/messages.ts';
import { mergeEnds } from '../../../proxy/shared/session-forecast.ts';

function end(identity: string, reason: WouldEnd['reason'], principals: readonly string[], listener = 'l'): WouldEnd {
  const examples = principals.map((principal) => ({ principal, words: `why ${principal}` }));
  return { listener, identity, reason, count: principals.length, examples };
}

test('what is alike is one entry, the most first; nothing else is thrown together', () => {
  const one = end('a', 'revoked', ['x']);
  const other = end('a', 'policy-changed', ['x']);
  const elsewhere = end('a', 'revoked', ['x'], 'm');
  const merged = mergeEnds([one, other, end('b', 'revoked', ['p', 'q']), elsewhere, end('b', 'revoked', ['r'])]);
  assert.deepEqual(merged, [end('b', 'revoked', ['p', 'q', 'r']), one, other, elsewhere]);
  assert.deepEqual(mergeEnds([]), []);
});

test('all are counted, 20 are named', () => {
  const names = Array.from({ length: 15 }, (_, i) => `p${i}`);
  const [merged] = mergeEnds([end('a', 'revoked', names), end('a', 'revoked', names)]);
  assert.equal(merged?.count, 30);
  assert.equal(merged?.examples.length, 20);
});
