/**
 * The table in one buffer, made once and then only read:
 *
 *     header     8 words of 32 bits: magic, version, slots, entries, lists, start of the lists, 0, 0
 *     slots      6 words each: the first 128 bits of the key; date in seconds; list | reason << 16 | 1 << 24
 *     lists      40 octets each, sorted: SHA-256 of the issuer's key, start and length of the text
 *     texts      JSON, one for each list
 *
 * The key of a certificate is SHA-256(SHA-256 of the issuer's SubjectPublicKeyInfo, serial number). That a certificate
 * that nobody revoked is taken for one of n others has a chance of n / 2^128: 3e-34 for a hundred thousand entries. The
 * other way round it cannot happen.
 */
import { hash } from 'node:crypto';

export const MAGIC = 0x48475256;
export const VERSION = 1;
export const HEADER_WORDS = 8;
export const SLOT_WORDS = 6;
export const LIST_OCTETS = 40;
export const KEY_HASH_OCTETS = 32;

/** Bit of a slot's last word that says that it is taken. */
export const TAKEN = 1 << 24;

/** RFC 5280 4.1.2.2. */
export const MAX_SERIAL_OCTETS = 20;

/**
 * Where the search for a key begins: its first word, spread over the slots. Both numbers stay far enough below 2^53
 * for the product never to reach `slots`.
 */
export function homeSlot(word: number, slots: number): number {
  return Math.floor((word * slots) / 0x1_0000_0000);
}

/** Word `i` of a key. */
export function keyWord(key: Uint8Array, i: number): number {
  const at = i * 4;
  const high = (key[at + 3] as number) << 24;
  return (high | ((key[at + 2] as number) << 16) | ((key[at + 1] as number) << 8) | (key[at] as number)) >>> 0;
}

/** Makes keys in one buffer; the result of `key` is the caller's. */
export class KeyMaker {
  readonly #input = new Uint8Array(KEY_HASH_OCTETS + MAX_SERIAL_OCTETS);

  issuer(keyHash: Uint8Array): this {
    if (keyHash.length !== KEY_HASH_OCTETS) throw new RangeError('the hash of an issuer key has 32 bytes');
    this.#input.set(keyHash);
    return this;
  }

  /** `bytes[start, end)` is a serial number of 1 to 20 octets without leading zeros. */
  key(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const input = this.#input;
    let at = KEY_HASH_OCTETS;
    for (let i = start; i < end; i++) input[at++] = bytes[i] as number;
    return hash('sha256', input.subarray(0, at), 'buffer');
  }
}
