const MIN_CAPACITY = 16;
/** Entries below are packet identifiers that the broker has not acknowledged. */
const DONE = 0x10000;
/** An acknowledgement made here; its bytes are the next of the queue. */
const LOCAL = 0x20000;

/**
 * Keeps the acknowledgements that are made here behind the broker's older ones of the same type, so that
 * a client sees them in the order of its packets [MQTT-4.6.0-2]. The broker's own
 * acknowledgements are never delayed. A ring of at most `limit` entries: what goes beyond it is not
 * ordered.
 */
export class AckOrder {
  readonly #limit: number;
  readonly #send: (bytes: Uint8Array) => void;
  #ring: Int32Array | null = null;
  #head = 0;
  #size = 0;
  #queue: Uint8Array[] = [];

  constructor(limit: number, send: (bytes: Uint8Array) => void) {
    this.#limit = limit;
    this.#send = send;
  }

  /** Acknowledgements made here that are not sent yet. */
  get queued(): number {
    return this.#queue.length;
  }

  /** True while an acknowledgement of the broker is outstanding. */
  get pending(): boolean {
    return this.#size > 0;
  }

  /** A packet went to the broker, which has to acknowledge it. */
  expect(id: number): void {
    if (this.#size < this.#limit) this.#push(id);
  }

  /** Sends an acknowledgement made here, at once or when the older ones have come. */
  send(bytes: Uint8Array): void {
    if (this.#size === 0 || this.#size >= this.#limit) {
      this.#send(bytes);
      return;
    }
    this.#push(LOCAL);
    this.#queue.push(bytes);
  }

  /** The broker acknowledged `id`; call it when that was forwarded. */
  acked(id: number): void {
    const ring = this.#ring;
    if (ring === null) return;
    const mask = ring.length - 1;
    for (let n = 0; n < this.#size; n++) {
      const at = (this.#head + n) & mask;
      if (ring[at] !== id) continue;
      ring[at] = DONE;
      if (n === 0) this.#settle(ring, mask);
      return;
    }
  }

  /** Removes what is done from the head and sends the queued acknowledgements that come to it. */
  #settle(ring: Int32Array, mask: number): void {
    while (this.#size > 0) {
      const entry = ring[this.#head] as number;
      if (entry < DONE) return;
      this.#head = (this.#head + 1) & mask;
      this.#size--;
      if (entry === LOCAL) this.#send(this.#queue.shift() as Uint8Array);
    }
  }

  #push(entry: number): void {
    if (this.#ring === null) this.#ring = new Int32Array(MIN_CAPACITY);
    else if (this.#size === this.#ring.length) this.#grow(this.#ring);
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = entry;
    this.#size++;
  }

  #grow(old: Int32Array): void {
    const ring = new Int32Array(old.length * 2);
    for (let n = 0; n < this.#size; n++) ring[n] = old[(this.#head + n) & (old.length - 1)] as number;
    this.#ring = ring;
    this.#head = 0;
  }
}
