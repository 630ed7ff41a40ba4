import { KafkaError } from '../../../adapters/kafka/error.ts';

const LENGTH = 4;
const FIRST_SIZE = 16 * 1024;

/**
 * Cuts the bytes of a connection into Kafka frames: int32 length, then as many bytes. Room is
 * made as bytes arrive, not as a length promises.
 */
export class FrameReader {
  readonly #max: number;
  #buf: Buffer = Buffer.alloc(0);
  #length = 0;

  /** @param max bytes of a frame without its length */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Takes a copy of `chunk` and returns the frames that it completes, each without its length.
   * @throws KafkaError for a length out of bounds
   */
  push(chunk: Buffer): Buffer[] {
    this.#append(chunk);
    const frames: Buffer[] = [];
    let at = 0;
    for (let next = this.#frameEnd(at); next !== -1 && next <= this.#length; next = this.#frameEnd(at)) {
      frames.push(this.#buf.subarray(at + LENGTH, next));
      at = next;
    }
    this.#drop(at);
    return frames;
  }

  /** Offset behind the frame at `at`; -1: its length has not arrived. */
  #frameEnd(at: number): number {
    if (this.#length - at < LENGTH) return -1;
    const size = this.#buf.readInt32BE(at);
    if (size < 0 || size > this.#max) {
      throw new KafkaError('malformed', `a frame of ${size} bytes, ${this.#max} are allowed`);
    }
    return at + LENGTH + size;
  }

  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > this.#buf.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_SIZE, length, Math.min(this.#buf.length * 2, this.#max)));
      this.#buf.copy(grown, 0, 0, this.#length);
      this.#buf = grown;
    }
    chunk.copy(this.#buf, this.#length);
    this.#length = length;
  }

  /** The frames stay where they are, for whoever holds them; what is left moves. */
  #drop(count: number): void {
    if (count === 0) return;
    const rest = Buffer.from(this.#buf.subarray(count, this.#length));
    this.#buf = rest;
    this.#length = rest.length;
  }
}
