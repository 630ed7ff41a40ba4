import type { Permit } from '../../policies/decision.ts';

/** Longer topics in bytes are not stored: the policy is asked each time. */
const MAX_LENGTH = 128;
/** Topics stored at once: a device has a handful and publishes on them in turn. */
const MAX_ENTRIES = 8;
/** After so many misses in a row only one miss in so many is stored: copying costs as much as asking. */
const MISSES_PER_ENTRY = 16;

/** One topic: its bytes and what is allowed on it. */
class Entry {
  tag = -1;
  bytes = new Uint8Array(0);
  length = 0;
  /** Permits by `qos << 1 | retain`; 0: not known. */
  readonly permits: Permit[] = [0, 0, 0, 0, 0, 0];
  /** The largest payloads in bytes for which they hold. */
  readonly maxPayloads: number[] = [0, 0, 0, 0, 0, 0];
}

/**
 * The last topics that were allowed and their permits: devices publish on the same few topics
 * again and again, and comparing bytes is cheaper than checking the grammar and asking. Holds per
 * quality of service and retain flag; cleared when the policy changes.
 */
export class TopicPermitCache {
  readonly #entries: Entry[] = [];
  #next = 0;
  #misses = 0;
  /** What `find` found last. */
  #found: Entry | undefined;

  /** True when the bytes are those of a stored topic. */
  find(buf: Uint8Array, start: number, end: number): boolean {
    const tag = tagOf(buf, start, end);
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry;
      if (entry.tag !== tag || !equal(entry, buf, start, end)) continue;
      this.#found = entry;
      return true;
    }
    return false;
  }

  /** Permit of the topic that `find` has just found, 0 when the policy has to be asked. `key`: `qos << 1 | retain`. */
  permit(key: number): Permit {
    return (this.#found as Entry).permits[key] as Permit;
  }

  /** The largest payload in bytes for which that permit holds. */
  maxPayload(key: number): number {
    return (this.#found as Entry).maxPayloads[key] as number;
  }

  store(buf: Uint8Array, start: number, end: number, key: number, permit: Permit, maxPayload: number): void {
    const length = end - start;
    if (length > MAX_LENGTH || length === 0) return;
    if (this.find(buf, start, end)) {
      this.#misses = 0;
      const found = this.#found as Entry;
      found.permits[key] = permit;
      found.maxPayloads[key] = maxPayload;
      return;
    }
    if (++this.#misses > MISSES_PER_ENTRY && this.#misses % MISSES_PER_ENTRY !== 0) return;
    if (this.#entries.length < MAX_ENTRIES) this.#entries.push(new Entry());
    const entry = this.#entries[this.#next] as Entry;
    this.#next = (this.#next + 1) % MAX_ENTRIES;
    if (entry.bytes.length < length) entry.bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) entry.bytes[i] = buf[start + i] as number;
    entry.tag = tagOf(buf, start, end);
    entry.length = length;
    entry.permits.fill(0);
    entry.permits[key] = permit;
    entry.maxPayloads[key] = maxPayload;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#next = 0;
    this.#found = undefined;
  }
}

/** Tells most topics apart with one comparison: the length and the last bytes. */
function tagOf(buf: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 3) return length;
  return (length << 24) | ((buf[end - 3] as number) << 16) | ((buf[end - 2] as number) << 8) | (buf[end - 1] as number);
}

function equal(entry: Entry, buf: Uint8Array, start: number, end: number): boolean {
  const { bytes, length } = entry;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== buf[start + i]) return false;
  }
  return true;
}
