const MIN_CAPACITY = 16;

/**
 * A set of packet identifiers (1 to 65535) without an allocation per entry: open addressing in
 * a typed array that is made with the first entry. Its users bound its size.
 */
export class PacketIdSet {
  #slots: Uint16Array | null = null;
  #mask = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return this.#size > 0 && (this.#slots as Uint16Array)[this.#find(id)] === id;
  }

  /** False when it is there already. */
  add(id: number): boolean {
    if (this.#slots === null) this.#resize(MIN_CAPACITY);
    else if (this.#size * 2 >= this.#slots.length) this.#resize(this.#slots.length * 2);
    const slots = this.#slots as unknown as Uint16Array;
    const at = this.#find(id);
    if (slots[at] === id) return false;
    slots[at] = id;
    this.#size++;
    return true;
  }

  /** False when it was not there. */
  delete(id: number): boolean {
    if (this.#size === 0) return false;
    const slots = this.#slots as Uint16Array;
    let hole = this.#find(id);
    if (slots[hole] !== id) return false;
    // Close the gap, so that no probe stops early at it.
    for (let at = (hole + 1) & this.#mask; slots[at] !== 0; at = (at + 1) & this.#mask) {
      const home = this.#home(slots[at] as number);
      if (((at - home) & this.#mask) >= ((at - hole) & this.#mask)) {
        slots[hole] = slots[at] as number;
        hole = at;
      }
    }
    slots[hole] = 0;
    this.#size--;
    return true;
  }

  #home(id: number): number {
    return (Math.imul(id, 0x9e3779b1) >>> 15) & this.#mask;
  }

  /** The slot of the id, or the free one where it would go. */
  #find(id: number): number {
    const slots = this.#slots as Uint16Array;
    let at = this.#home(id);
    while (slots[at] !== 0 && slots[at] !== id) at = (at + 1) & this.#mask;
    return at;
  }

  #resize(length: number): void {
    const old = this.#slots;
    this.#slots = new Uint16Array(length);
    this.#mask = length - 1;
    if (old === null) return;
    for (const id of old) if (id !== 0) this.#slots[this.#find(id)] = id;
  }
}
