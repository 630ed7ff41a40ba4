/** The bytes are no ClientHello as the standard has it. The message says what is wrong, never what the bytes hold. */
export class ClientHelloError extends Error {
  override readonly name = 'ClientHelloError';
}

/** Walks through the presentation language of TLS (RFC 8446, 3). Copies nothing; throws ClientHelloError. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  u8(what: string): number {
    return this.#number(1, what);
  }

  u16(what: string): number {
    return this.#number(2, what);
  }

  skip(count: number, what: string): void {
    if (this.left < count) throw new ClientHelloError(`${what} is cut off`);
    this.#at += count;
  }

  /** Enters a vector: a length of `width` bytes, at least `min`, and that many bytes. */
  vector(width: 1 | 2 | 3, min: number, what: string): ByteCursor {
    const length = this.#number(width, what);
    if (length < min) throw new ClientHelloError(`${what} has ${length} bytes, at least ${min} are due`);
    const start = this.#at;
    this.skip(length, what);
    return new ByteCursor(this.#bytes, start, this.#at);
  }

  /** Does one of the bytes left have this value? */
  has(value: number): boolean {
    const found = this.#bytes.indexOf(value, this.#at);
    return found >= 0 && found < this.#end;
  }

  /** The bytes left, one character each. */
  text(): string {
    let text = '';
    for (let at = this.#at; at < this.#end; at++) text += String.fromCharCode(this.#bytes[at] as number);
    return text;
  }

  /** Nothing may follow. */
  done(what: string): void {
    if (this.left > 0) throw new ClientHelloError(`${this.left} bytes too many behind ${what}`);
  }

  #number(width: number, what: string): number {
    const start = this.#at;
    this.skip(width, what);
    let value = 0;
    for (let at = start; at < this.#at; at++) value = value * 256 + (this.#bytes[at] as number);
    return value;
  }
}
