import { malformed } from '../error.ts';
import { decode, isMqttString } from './utf8.ts';

/** A Two Byte Integer (MQTT 5.0, 1.5.2) that is known to be there. */
export function readU16(buf: Uint8Array, at: number): number {
  return ((buf[at] as number) << 8) | (buf[at + 1] as number);
}

/**
 * Strict reader over one packet: never beyond its end, errors name the field and its position.
 * For packets off the hot path.
 */
export class Reader {
  readonly buf: Uint8Array;
  /** First byte of the packet; positions in errors count from it. */
  readonly base: number;
  readonly end: number;
  at: number;

  constructor(buf: Uint8Array, base: number, at: number, end: number) {
    this.buf = buf;
    this.base = base;
    this.at = at;
    this.end = end;
  }

  u8(what: string): number {
    this.#need(1, what);
    return this.buf[this.at++] as number;
  }

  u16(what: string): number {
    this.#need(2, what);
    const value = readU16(this.buf, this.at);
    this.at += 2;
    return value;
  }

  /** Steps over a length-prefixed field and returns where its content starts; it ends at `at`. */
  bytes(what: string): number {
    const length = this.u16(what);
    this.#need(length, what);
    const start = this.at;
    this.at += length;
    return start;
  }

  utf8(what: string): string {
    const start = this.bytes(what);
    if (!isMqttString(this.buf, start, this.at)) throw this.fail(`${what} is not well-formed UTF-8`, start);
    return decode(this.buf, start, this.at);
  }

  /** A packet identifier, which is never 0 [MQTT-2.2.1-2]. */
  packetId(): number {
    const id = this.u16('packet identifier');
    if (id === 0) throw this.fail('packet identifier 0', this.at - 2);
    return id;
  }

  /** Throws unless everything was read. */
  done(): void {
    if (this.at !== this.end) throw this.fail(`${this.end - this.at} bytes too many`, this.at);
  }

  fail(message: string, at: number = this.at): Error {
    return malformed(message, at - this.base);
  }

  #need(n: number, what: string): void {
    if (this.end - this.at < n) throw this.fail(`the packet ends within the ${what}`);
  }
}
