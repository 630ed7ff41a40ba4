import { hash } from 'node:crypto';
import type { SharedState } from './state.ts';

/** A 128-bit key as four words. */
export type Key = Int32Array;

/** Hashes pairs of strings to keys; `domain` keeps the tables apart. For connect time: about 2 µs. */
export type KeyHash = (domain: 'limit' | 'group' | 'client' | 'address', first: string, second: string) => Key;

/**
 * SHA-256 over the seed of the process and the pair, cut to 128 bits. UTF-16 and the length of
 * the first string make it injective: no two pairs give the same input.
 */
export function openKeyHash(state: SharedState): KeyHash {
  const seed = new Uint8Array(state.seed);
  return (domain, first, second) => {
    const text = `${domain}:${first.length}:${first}${second}`;
    const input = Buffer.alloc(seed.length + 2 * text.length);
    input.set(seed);
    input.write(text, seed.length, 'utf16le');
    const digest = hash('sha256', input, 'buffer');
    return Int32Array.of(digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12));
  };
}
