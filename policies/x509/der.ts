/**
 * A strict reader for the DER encoding of ASN.1 (X.690 section 10): definite lengths in their
 * shortest form, low tag numbers, no bytes left over, bounded depth. It walks in place and
 * copies nothing.
 */

/** Constructed values inside each other; a certificate needs seven. */
export const MAX_DEPTH = 16;

/** Bytes of one object identifier; the longest in use (2.25.UUID) needs 20. */
const MAX_OID_BYTES = 64;

/** Identifier octets of DER that are read here (X.690, 8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Universal types that are constructed: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET. BER has strings in pieces, DER has not. */
const CONSTRUCTED: ReadonlySet<number> = new Set([0x28, 0x2b, TAG.sequence, TAG.set]);

/** The bytes are not the DER of what was asked for. The message says what and at which byte. */
export class X509Error extends Error {
  override readonly name = 'X509Error';
  /** Offset in the encoding. */
  readonly at: number;

  constructor(what: string, at: number) {
    super(`${what} (at byte ${at})`);
    this.at = at;
  }
}

/** Bytes `[start, end)` of the encoding. */
export interface DerRange {
  readonly start: number;
  readonly end: number;
}

/** One value: header at `start`, content `[content, end)`. */
export interface DerValue extends DerRange {
  readonly tag: number;
  readonly content: number;
}

/** Reads the values that stand one after another in `[start, end)` of `bytes`. */
export class DerReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  #at: number;
  readonly #depth: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length, depth = 0) {
    this.bytes = bytes;
    this.end = end;
    this.#at = start;
    this.#depth = depth;
  }

  get at(): number {
    return this.#at;
  }

  get more(): boolean {
    return this.#at < this.end;
  }

  /** Tag of the next value; -1 at the end. */
  peek(): number {
    return this.more ? (this.bytes[this.#at] as number) : -1;
  }

  /** Reads the next value, whatever its tag. `what` names it in errors. */
  any(what: string): DerValue {
    const start = this.#at;
    if (start >= this.end) throw new X509Error(`${what} is missing`, start);
    const tag = this.bytes[start] as number;
    if ((tag & 0x1f) === 0x1f) throw new X509Error(`${what} has a multi-byte tag`, start);
    if (tag < 0x40 && (tag === 0 || (tag & 0x20) !== 0) && !CONSTRUCTED.has(tag)) {
      throw new X509Error(`${what} has the tag ${hex(tag)}, which DER does not use`, start);
    }
    const content = this.#length(start + 1, what);
    const end = content + this.#size;
    if (end > this.end) throw new X509Error(`${what} is longer than what contains it`, start);
    this.#at = end;
    return { tag, start, content, end };
  }

  read(tag: number, what: string): DerValue {
    const found = this.peek();
    if (found !== tag && found !== -1) throw new X509Error(`${what} has tag ${hex(found)}, not ${hex(tag)}`, this.#at);
    return this.any(what);
  }

  /** Enters a constructed value. */
  enter(tag: number, what: string): DerReader {
    return this.inside(this.read(tag, what), what);
  }

  /** Reads the content of a value that was read before. */
  inside(value: DerValue, what: string): DerReader {
    if (this.#depth + 1 > MAX_DEPTH) throw new X509Error(`${what} is nested too deeply`, value.start);
    return new DerReader(this.bytes, value.content, value.end, this.#depth + 1);
  }

  /** Ends a container: nothing may follow. */
  done(what: string): void {
    if (this.more) throw new X509Error(`${what} has bytes left over`, this.#at);
  }

  /** Content of an INTEGER in its shortest two's complement form. */
  integer(what: string): DerValue {
    const value = this.read(TAG.integer, what);
    const { content, end } = value;
    if (content === end) throw new X509Error(`${what} is empty`, content);
    const first = this.bytes[content] as number;
    if (end - content > 1) {
      const second = this.bytes[content + 1] as number;
      const padded = (first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80);
      if (padded) throw new X509Error(`${what} is padded`, content);
    }
    return value;
  }

  /** X.690 11.1: TRUE is 0xFF, nothing else. */
  boolean(what: string): boolean {
    const { content, end } = this.read(TAG.boolean, what);
    const octet = this.bytes[content];
    if (end - content !== 1 || (octet !== 0x00 && octet !== 0xff)) {
      throw new X509Error(`${what} is not a canonical BOOLEAN`, content);
    }
    return octet === 0xff;
  }

  /** Dotted text of an OBJECT IDENTIFIER. */
  oid(what: string): string {
    const { content, end } = this.read(TAG.oid, what);
    if (content === end || end - content > MAX_OID_BYTES) {
      throw new X509Error(`${what} is empty or too long`, content);
    }
    if ((this.bytes[end - 1] as number) >= 0x80) throw new X509Error(`${what} ends in mid-component`, end - 1);
    return oidText(this.bytes, content, end, what);
  }

  /** BIT STRING of whole octets, as signatures and keys are. */
  bitString(what: string): DerValue {
    const value = this.read(TAG.bitString, what);
    if (value.content === value.end) throw new X509Error(`${what} is empty`, value.content);
    if (this.bytes[value.content] !== 0) throw new X509Error(`${what} has unused bits`, value.content);
    return value;
  }

  #size = 0;

  /** Reads the length at `at` into `#size` and returns where the content begins. */
  #length(at: number, what: string): number {
    if (at >= this.end) throw new X509Error(`${what} has no length`, at);
    const first = this.bytes[at] as number;
    if (first < 0x80) {
      this.#size = first;
      return at + 1;
    }
    const octets = first & 0x7f;
    if (octets === 0) throw new X509Error(`${what} has an indefinite length`, at);
    // Four octets reach beyond any buffer we read and stay exact in a double.
    if (octets > 4) throw new X509Error(`${what} has a length of ${octets} octets`, at);
    if (at + 1 + octets > this.end) throw new X509Error(`${what} ends within its length`, at);
    let size = 0;
    for (let i = 1; i <= octets; i++) size = size * 256 + (this.bytes[at + i] as number);
    if (size < 0x80 || size < 256 ** (octets - 1)) throw new X509Error(`${what} has a padded length`, at);
    this.#size = size;
    return at + 1 + octets;
  }
}

function oidText(bytes: Uint8Array, start: number, end: number, what: string): string {
  let text = '';
  let component = 0n;
  let first = true;
  for (let i = start; i < end; i++) {
    const octet = bytes[i] as number;
    if (component === 0n && octet === 0x80) throw new X509Error(`${what} has a padded component`, i);
    component = component * 128n + BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    if (first) {
      const root = component < 40n ? 0n : component < 80n ? 1n : 2n;
      text = `${root}.${component - root * 40n}`;
      first = false;
    } else {
      text += `.${component}`;
    }
    component = 0n;
  }
  return text;
}

function hex(octet: number): string {
  return `0x${octet.toString(16).padStart(2, '0')}`;
}
