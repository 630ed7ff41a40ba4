/** One owner may hold this share of the memory once it holds anything. */
const OWNER_SHARE = 0.25;

interface Waiter {
  readonly owner: string;
  readonly size: number;
  readonly granted: () => void;
}

/**
 * The bytes of frames that are on their way, of all connections of a worker: what a frame
 * declares is reserved before anything of it is kept. Who finds no room waits, in order, and
 * holds nothing meanwhile. An owner (a principal) that holds something already gets no more than
 * a quarter of all, so that one client cannot keep the others out.
 */
export class FrameMemory {
  readonly #total: number;
  readonly #held = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  #free: number;

  /** @param total bytes */
  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  get free(): number {
    return this.#free;
  }

  /** True: reserved, to be given back with `release`. A frame larger than everything never gets in. */
  reserve(owner: string, size: number): boolean {
    if (size > this.#free || !this.#mayHold({ owner, size })) return false;
    // Nobody overtakes its own principal, nor a frame that waits for room; one over its owner's share holds up no other.
    for (const waiter of this.#waiters) {
      if (waiter.owner === owner || (this.#mayHold(waiter) && waiter.size > this.#free)) return false;
    }
    this.#take(owner, size);
    return true;
  }

  /** Reserves as soon as there is room; `granted` runs then. Returns what ends the wait. */
  wait(owner: string, size: number, granted: () => void): () => void {
    const waiter = { owner, size, granted };
    this.#waiters.add(waiter);
    return () => {
      if (this.#waiters.delete(waiter)) this.#grant();
    };
  }

  release(owner: string, size: number): void {
    const left = (this.#held.get(owner) ?? 0) - size;
    if (left > 0) this.#held.set(owner, left);
    else this.#held.delete(owner);
    this.#free = Math.min(this.#total, this.#free + size);
    this.#grant();
  }

  /** An owner that is over its own share is passed over; for lack of room all wait behind the first. */
  #grant(): void {
    for (const waiter of this.#waiters) {
      if (!this.#mayHold(waiter)) continue;
      if (waiter.size > this.#free) return;
      this.#waiters.delete(waiter);
      this.#take(waiter.owner, waiter.size);
      waiter.granted();
    }
  }

  #mayHold({ owner, size }: Pick<Waiter, 'owner' | 'size'>): boolean {
    const held = this.#held.get(owner) ?? 0;
    return held === 0 || held + size <= this.#total * OWNER_SHARE;
  }

  #take(owner: string, size: number): void {
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + size);
    this.#free -= size;
  }
}
