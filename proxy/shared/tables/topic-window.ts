import { randomBytes } from 'node:crypto';

/** Topics that are remembered of one principal in one worker. With more, all others count as one too many. */
export const MAX_TOPICS = 65_536;

const SEEDS = new Int32Array(new Uint8Array(randomBytes(8)).buffer);

/** A topic as 53 bits. Seeded, so that nobody can look for topics that count as one. */
export function topicKey(buf: Uint8Array, start: number, end: number): number {
  let a = SEEDS[0] as number;
  let b = SEEDS[1] as number;
  for (let i = start; i < end; i++) {
    const byte = buf[i] as number;
    a = Math.imul((a ^ byte) + (a >>> 15), 0x2c1b3c6d);
    b = Math.imul((b ^ byte) + (b >>> 13), 0x297a2d39);
  }
  a = Math.imul(a ^ (b >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
  return (a >>> 0) * 0x20_0000 + ((b ^ (b >>> 16)) >>> 11);
}

/** The topics of one principal that drew a token lately. */
export class TopicWindow {
  /** Topic -> when it drew its token, the oldest first. */
  readonly #drawn = new Map<number, number>();

  /** `since`: what drew before that is forgotten. Milliseconds. */
  look(topic: number, since: number): 'known' | 'new' | 'full' {
    const drawn = this.#drawn.get(topic);
    if (drawn !== undefined && drawn > since) return 'known';
    for (const [old, at] of this.#drawn) {
      if (at > since) break;
      this.#drawn.delete(old);
    }
    return this.#drawn.size < MAX_TOPICS ? 'new' : 'full';
  }

  add(topic: number, at: number): void {
    this.#drawn.delete(topic);
    this.#drawn.set(topic, at);
  }
}
