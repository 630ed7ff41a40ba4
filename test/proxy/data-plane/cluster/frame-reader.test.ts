import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { FrameReader } from '../../../../proxy/data-plane/cluster/frame-reader.ts';

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

test('frames come out whole, however the bytes arrive, and stay as they are', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sent, sizes) => {
      const reader = new FrameReader(300);
      const bytes = Buffer.concat(sent.map(framed));
      const arrived: Buffer[] = [];
      const chunk = Buffer.alloc(200);
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const n = bytes.copy(chunk, 0, at, at + (sizes[i % sizes.length] as number));
        arrived.push(...reader.push(chunk.subarray(0, n)));
        // The read buffer of a connection is used again.
        chunk.fill(0xee);
        at += n;
      }
      assert.deepEqual(
        arrived.map((frame) => frame.toString('hex')),
        sent.map((body) => Buffer.from(body).toString('hex')),
      );
    }),
  );
});

test('a length out of bounds is refused before anything of the frame is kept', () => {
  for (const size of [-1, -2147483648, 301, 2147483647]) {
    const length = Buffer.alloc(4);
    length.writeInt32BE(size);
    assert.throws(
      () => new FrameReader(300).push(length),
      (error) => error instanceof KafkaError && error.why === 'malformed',
    );
  }
});

test('a frame of the largest size is taken', () => {
  assert.equal(new FrameReader(300).push(framed(new Uint8Array(300)))[0]?.length, 300);
});
