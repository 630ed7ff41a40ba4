import { HEADROOM } from './inlet.ts';

/** Bytes per read from a broker. A stalled client holds at most about one such buffer of ciphertext. */
export const BROKER_READ_SIZE = 128 * 1024;
/** Milliseconds that a stream of small reads waits to gather more. */
const COALESCING_PAUSE = 1;

/** The worker's read buffer for all brokers: read, walked in place, written to the client, reused. */
export class BrokerReadBuffer {
  readonly buffer = Buffer.allocUnsafeSlow(HEADROOM + BROKER_READ_SIZE);
  /** Where libuv reads into: behind the headroom. */
  readonly read: Buffer = this.buffer.subarray(HEADROOM);
  #waiting: (() => void)[] = [];

  /** Calls back after the coalescing pause; one timer serves all who wait. */
  wait(done: () => void): void {
    if (this.#waiting.push(done) === 1) setTimeout(this.#fire, COALESCING_PAUSE);
  }

  #fire = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  };
}
