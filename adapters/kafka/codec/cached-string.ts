/** Longer texts are made anew each time. */
const MAX_KEPT = 256;

/** The text that was read last at some place, with its bytes. */
export class CachedString {
  text = '';
  #bytes = new Uint8Array(0);

  /** Are the `length` bytes at `at` those of the text? Empty: never known. */
  is(buf: Uint8Array, at: number, length: number): boolean {
    const bytes = this.#bytes;
    if (length === 0 || bytes.length !== length) return false;
    for (let i = 0; i < length; i++) if (buf[at + i] !== bytes[i]) return false;
    return true;
  }

  keep(buf: Uint8Array, at: number, length: number, text: string): void {
    if (length > MAX_KEPT) return;
    this.#bytes = new Uint8Array(buf.subarray(at, at + length));
    this.text = text;
  }
}
