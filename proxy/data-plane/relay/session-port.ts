import type { Out } from '../../../adapters/seam.ts';
import type { Permit } from '../../../policies/decision.ts';
import type { Flow } from './flow.ts';
import { Outbox } from './outbox.ts';

/**
 * What the session of one connection may do. What it sends is gathered, one box per direction;
 * what it wishes is noted. The relay carries out both when the running call is over.
 */
export class SessionPort implements Out {
  readonly clientBox = new Outbox();
  readonly brokerBox = new Outbox();
  /** Nothing of the client may be parsed. */
  held = false;
  resumeWanted = false;
  /** The session wants no bytes of the broker. */
  brokerHeld = false;
  closeWanted = false;
  brokerEndWanted = false;
  /** There is a broker to send built bytes to. */
  connected = false;
  readonly #flow: Flow;
  readonly #dial: () => void;
  /** Of the running call; null outside of one. */
  #source: Buffer | null = null;
  #box = this.brokerBox;

  constructor(flow: Flow, dial: () => void) {
    this.#flow = flow;
    this.#dial = dial;
  }

  /** `forward` means ranges of this buffer, and this box, until `shut`. */
  open(source: Buffer, box: Outbox): void {
    this.#source = source;
    this.#box = box;
  }

  shut(): void {
    this.#source = null;
  }

  get clientPaused(): boolean {
    return this.#flow.clientPaused;
  }

  forward(start: number, end: number, permit: Permit, rest = 0): void {
    const source = this.#source;
    if (source === null || !(permit > 0)) throw new Error('forward without a permit');
    this.#box.range(source, start, end, rest);
  }

  toBroker(bytes: Uint8Array, permit: Permit): void {
    if (!(permit > 0)) throw new Error('bytes to the broker without a permit');
    if (this.connected) inject(this.brokerBox, bytes);
  }

  toClient(bytes: Uint8Array): void {
    inject(this.clientBox, bytes);
  }

  hold(): void {
    this.held = true;
    this.resumeWanted = false;
  }

  resume(): void {
    if (this.held) this.resumeWanted = true;
  }

  holdBroker(): void {
    this.brokerHeld = true;
  }

  resumeBroker(): void {
    this.brokerHeld = false;
  }

  dial(): void {
    this.#dial();
  }

  endBroker(): void {
    this.brokerEndWanted = true;
  }

  close(): void {
    this.closeWanted = true;
  }
}

function inject(box: Outbox, bytes: Uint8Array): void {
  if (!box.inject(bytes)) throw new Error('injected bytes wait too long for a frame to end');
}
