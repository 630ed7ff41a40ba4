import assert from 'node:assert/strict';
import test from 'node:test';
import { CachedString } from '../../../../adapters/kafka/codec/cached-string.ts';

test('only the very bytes that were kept are the text, whatever becomes of their buffer', () => {
  const last = new CachedString();
  const buf = Buffer.from('..client-1');
  assert.equal(last.is(buf, 2, 8), false);
  last.keep(buf, 2, 8, 'client-1');
  assert.deepEqual([last.is(buf, 2, 8), last.text], [true, 'client-1']);
  for (const [text, at, length] of [
    ['..client-2', 2, 8],
    ['..client-1', 1, 8],
    ['..client-1', 2, 7],
    ['..client-12', 2, 9],
    ['', 0, 0],
  ] as const) {
    assert.equal(last.is(Buffer.from(text), at, length), false, text);
  }
  buf.fill(0);
  assert.equal(last.is(Buffer.from('client-1'), 0, 8), true);
  last.keep(Buffer.alloc(300, 'x'), 0, 300, 'long');
  assert.equal(last.is(Buffer.alloc(300, 'x'), 0, 300), false, 'nothing long is kept');
});
