import type { Permit } from '../../policies/decision.ts';

/** Longer topics are simply asked about each time. */
const MAX_TOPIC = 128;
/** Topics remembered at once: a device has a handful and publishes on them in turn. */
const PLACES = 8;
/** After so many unknown topics in a row only each so many-th is remembered: copying costs as much as asking. */
const PATIENCE = 16;

/** One remembered topic: its bytes and what is allowed on it. */
class Entry {
  tag = -1;
  bytes = new Uint8Array(0);
  length = 0;
  /** Permits by `qos << 1 | retain`; 0: not known. */
  readonly permits: Permit[] = [0, 0, 0, 0, 0, 0];
  /** The largest payloads in bytes for which they hold. */
  readonly sizes: number[] = [0, 0, 0, 0, 0, 0];
}

/**
 * The last topics that were allowed and their permits: devices publish on the same few topics
 * again and again, and comparing bytes is cheaper than checking the grammar and asking. Holds per
 * quality of service and retain flag; forgotten when the policy changes.
 */
export class TopicPermitCache {
  readonly #entries: Entry[] = [];
  #next = 0;
  #misses = 0;
  /** What `matches` found last. */
  #found: Entry | undefined;

  /** True when the bytes are those of a remembered topic. */
  matches(buf: Uint8Array, start: number, end: number): boolean {
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

  /** Permit of the topic that `matches` has just found, 0 when it has to be asked for. */
  permit(key: number): Permit {
    return (this.#found as Entry).permits[key] as Permit;
  }

  /** The largest payload in bytes for which that permit holds. */
  size(key: number): number {
    return (this.#found as Entry).sizes[key] as number;
  }

  remember(buf: Uint8Array, start: number, end: number, key: number, permit: Permit, size: number): void {
    const length = end - start;
    if (length > MAX_TOPIC || length === 0) return;
    if (this.matches(buf, start, end)) {
      this.#misses = 0;
      const found = this.#found as Entry;
      found.permits[key] = permit;
      found.sizes[key] = size;
      return;
    }
    if (++this.#misses > PATIENCE && this.#misses % PATIENCE !== 0) return;
    if (this.#entries.length < PLACES) this.#entries.push(new Entry());
    const entry = this.#entries[this.#next] as Entry;
    this.#next = (this.#next + 1) % PLACES;
    if (entry.bytes.length < length) entry.bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) entry.bytes[i] = buf[start + i] as number;
    entry.tag = tagOf(buf, start, end);
    entry.length = length;
    entry.permits.fill(0);
    entry.permits[key] = permit;
    entry.sizes[key] = size;
  }

  forget(): void {
    this.#entries.length = 0;
    this.#next = 0;
    this.#found = undefined;
  }
}

/** Tells most topics apart at a glance: the length and the last bytes. */
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
