import type { Permit } from '../../policies/decision.ts';

/** Longer topics are simply asked about each time. */
const MAX_TOPIC = 128;
/** After so many other topics in a row only each so many-th is remembered: copying costs as much as asking. */
const PATIENCE = 16;

/**
 * The last topic that was allowed and its permit: devices publish on the same topic again and
 * again, and comparing its bytes is cheaper than asking. Holds per quality of service and retain
 * flag; forgotten when the policy changes.
 */
export class TopicMemo {
  #bytes: Uint8Array | null = null;
  #length = 0;
  #misses = 0;
  /** Permits by `qos << 1 | retain`; 0: not known. */
  readonly #permits: Permit[] = [0, 0, 0, 0, 0, 0];

  /** True when the bytes are those of the remembered topic. */
  matches(buf: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const length = this.#length;
    if (bytes === null || end - start !== length || length === 0) return false;
    // From the end: topics of one device differ in their last levels.
    for (let i = length - 1; i >= 0; i--) {
      if (bytes[i] !== buf[start + i]) return false;
    }
    return true;
  }

  /** Permit of the remembered topic, 0 when it has to be asked for. */
  permit(key: number): Permit {
    return this.#permits[key] as Permit;
  }

  remember(buf: Uint8Array, start: number, end: number, key: number, permit: Permit): void {
    const length = end - start;
    if (length > MAX_TOPIC) return;
    if (this.matches(buf, start, end)) {
      this.#misses = 0;
    } else {
      if (++this.#misses > PATIENCE && this.#misses % PATIENCE !== 0) return;
      this.#bytes ??= new Uint8Array(MAX_TOPIC);
      for (let i = 0; i < length; i++) this.#bytes[i] = buf[start + i] as number;
      this.#length = length;
      this.#permits.fill(0);
    }
    this.#permits[key] = permit;
  }

  forget(): void {
    this.#length = 0;
    this.#permits.fill(0);
  }
}
