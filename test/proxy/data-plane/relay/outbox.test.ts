import assert from 'node:assert/strict';
import test from 'node:test';
import { Outbox } from '../../../../proxy/data-plane/relay/outbox.ts';

const buf = Buffer.from('abcdefghij');

test('adjacent ranges leave as one view of the original bytes', () => {
  const box = new Outbox();
  box.range(buf, 0, 3, 0);
  box.range(buf, 3, 5, 0);
  const { bytes, borrowed } = box.take();
  assert.equal(bytes.toString(), 'abcde');
  assert.equal(borrowed, true);
  assert.equal(bytes.buffer, buf.buffer);
  assert.equal(box.empty, true);
});

test('gaps, other buffers and built bytes keep their order', () => {
  const box = new Outbox();
  box.range(buf, 0, 2, 0);
  box.range(buf, 4, 5, 0);
  box.inject(Buffer.from('XY'));
  box.range(Buffer.from('zzz'), 0, 1, 0);
  const { bytes, borrowed } = box.take();
  assert.equal(bytes.toString(), 'abeXYz');
  assert.equal(borrowed, false);
});

test('injected bytes wait for the end of a half-forwarded frame', () => {
  const box = new Outbox();
  box.range(buf, 0, 4, 6);
  box.inject(Buffer.from('answer'));
  assert.equal(box.take().bytes.toString(), 'abcd');
  assert.equal(box.insideFrame, true);
  box.range(buf, 4, 10, 0);
  assert.equal(box.take().bytes.toString(), 'efghijanswer');
  assert.equal(box.insideFrame, false);
});

test('a frame that changes its announced size is a fault', () => {
  const box = new Outbox();
  box.range(buf, 0, 4, 6);
  assert.throws(() => box.range(buf, 4, 8, 0), /changed its size/);
});

test('what waits for a boundary is bounded', () => {
  const box = new Outbox();
  box.range(buf, 0, 1, 9);
  const piece = Buffer.alloc(256 * 1024);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => box.inject(piece)),
    [true, true, true, true, false],
  );
});
