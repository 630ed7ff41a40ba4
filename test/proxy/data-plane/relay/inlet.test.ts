import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HEADROOM, Inlet } from '../../../../proxy/data-plane/relay/inlet.ts';

/** A consumer of frames `[length(2) payload]` that may be told to stop before a frame. */
class Frames {
  readonly seen: string[] = [];
  held = false;
  holdAt: number;
  #size = 0;

  constructor(holdAt = -1) {
    this.holdAt = holdAt;
  }

  consume(buf: Buffer, start: number, end: number): number {
    let at = start;
    this.#size = 0;
    while (at < end && !this.held) {
      if (end - at < 2) return at;
      const size = 2 + buf.readUInt16BE(at);
      if (end - at < size) {
        this.#size = size;
        return at;
      }
      this.seen.push(buf.toString('hex', at + 2, at + size));
      at += size;
      if (this.seen.length === this.holdAt) this.held = true;
    }
    return at;
  }

  frameSize(): number {
    return this.#size;
  }

  stopped(): boolean {
    return this.held;
  }
}

const frame = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ minLength: 9000, maxLength: 30000 }).map((bytes) => bytes.fill(bytes.length & 0xff)),
);

function wire(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((bytes) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Offers the bytes in pieces of the given sizes, each from a read buffer that is overwritten afterwards. */
function feed(inlet: Inlet, bytes: Buffer, sizes: readonly number[], after: () => void): void {
  const read = Buffer.alloc(HEADROOM + 65536);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const n = Math.min(sizes[i % sizes.length] as number, bytes.length - at);
    bytes.copy(read, HEADROOM, at, at + n);
    inlet.offer(read, HEADROOM, HEADROOM + n);
    read.fill(0xee);
    at += n;
    after();
  }
}

test('any chunking gives the same frames, though the read buffer is reused', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 60000 }), { minLength: 1, maxLength: 5 }),
      (frames, sizes) => {
        const consumer = new Frames();
        const inlet = new Inlet(consumer);
        feed(inlet, wire(frames), sizes, () => {});
        assert.deepEqual(
          consumer.seen,
          frames.map((bytes) => Buffer.from(bytes).toString('hex')),
        );
        assert.equal(inlet.pending, 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('nothing is parsed while the consumer holds, and nothing is lost when it goes on', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 60000 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 5 }),
      (frames, sizes, holdAt, patience) => {
        const consumer = new Frames(holdAt);
        const inlet = new Inlet(consumer);
        let waited = 0;
        feed(inlet, wire(frames), sizes, () => {
          if (!consumer.held || waited++ < patience) return;
          assert.equal(consumer.seen.length, holdAt);
          consumer.held = false;
          consumer.holdAt = -1;
          inlet.replay();
        });
        consumer.held = false;
        consumer.holdAt = -1;
        inlet.replay();
        assert.deepEqual(
          consumer.seen,
          frames.map((bytes) => Buffer.from(bytes).toString('hex')),
        );
      },
    ),
    { numRuns: 300 },
  );
});
