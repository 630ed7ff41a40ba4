/** A session's host that only counts. */
import { COUNTERS, type Out, type SessionHost } from '../../../adapters/seam.ts';

export class CountingOut implements Out {
  readonly clientPaused = false;
  /** Bytes of the peers' own. */
  forwarded = 0;
  /** Bytes that were built for the client, and in how many pieces. */
  told = 0;
  tellings = 0;
  forward(start: number, end: number): void {
    this.forwarded += end - start;
  }
  toBroker(): void {}
  toClient(bytes: Uint8Array): void {
    this.told += bytes.length;
    this.tellings++;
  }
  hold(): void {}
  resume(): void {}
  holdBroker(): void {}
  resumeBroker(): void {}
  dial(): void {}
  endBroker(): void {}
  close(): void {}
}

export type Take = SessionHost['take'];

/** `take` is what limits and clock cost; by default nothing. */
export function countingHost(take: Take = () => 0): { host: SessionHost; out: CountingOut } {
  const out = new CountingOut();
  const host: SessionHost = {
    out,
    now: () => 1,
    counters: new Float64Array(COUNTERS),
    take,
    takeTopic: () => 0,
    claim: () => 'granted',
    admit: () => 'granted',
    run: (work) => work(),
    peerAddress: '192.0.2.1',
    reject: ({ reason }) => {
      throw new Error(`rejected: ${reason}`);
    },
    sampled: () => false,
    trace: () => {},
  };
  return { host, out };
}
