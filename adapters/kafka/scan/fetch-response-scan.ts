import { REFUSED } from '../../../policies/decision.ts';
import type { KafkaAccess } from '../../../policies/types.ts';
import type { Topology } from '../topology.ts';
import { Cursor, NEEDS_MORE } from './cursor.ts';
import { FLEXIBLE, readPermit } from './fetch-topic.ts';

const WITH_LOG_START = 5;
const WITH_SESSION = 7;
const WITH_PREFERRED_REPLICA = 11;
const WITH_ENDPOINTS = 16;
const INT64 = 8;

/** A tag that no client knows (KIP-482: it is stepped over). */
const UNKNOWN_TAG = 127;

const STEP = { head: 0, topic: 1, partition: 2, records: 3, partitionEnd: 4, topicEnd: 5, end: 6, done: 7 } as const;

/**
 * Walks the response to a Fetch as it arrives, without decoding it: each topic in it is held
 * against the policy of this moment, records are stepped over. What was walked may go to the
 * client.
 *
 *     throttle error session [topic [index error offsets aborted replica records]] endpoints
 */
export class FetchResponseScan {
  /** It met something that must not pass as it is: a topic that may not be read, addresses. */
  blocked: 'topic' | 'endpoints' | null = null;
  readonly #cursor = new Cursor();
  #step: number = STEP.done;
  #version = 0;
  #topics = 0;
  #partitions = 0;
  #records = 0;

  get active(): boolean {
    return this.#step !== STEP.done;
  }

  begin(version: number): void {
    this.#version = version;
    this.#step = STEP.head;
    this.blocked = null;
  }

  /** Ends a walk that goes on elsewhere. */
  stop(): void {
    this.#step = STEP.done;
  }

  /**
   * Walks `[at, end)`, of which the frame takes all up to `frameEnd`. Returns how far everything
   * is fit to pass; stops there when more bytes are needed or something blocks.
   * @throws KafkaError
   */
  walk(access: KafkaAccess, topology: Topology, buf: Buffer, at: number, end: number, frameEnd: number): number {
    const c = this.#cursor;
    c.set(buf, at, at, end, frameEnd);
    this.blocked = null;
    let mark = at;
    try {
      while (this.#step !== STEP.done) {
        if (this.#step === STEP.records) {
          const n = Math.min(this.#records, c.end - c.at);
          c.at += n;
          this.#records -= n;
          mark = c.at;
          if (this.#records > 0) return mark;
          this.#step = STEP.partitionEnd;
        } else {
          this.#walkStep(c, access, topology);
          if (this.blocked !== null) return mark;
          mark = c.at;
        }
      }
    } catch (error) {
      if (error !== NEEDS_MORE) throw error;
      return mark;
    }
    if (c.at !== frameEnd) throw c.fail(`${frameEnd - c.at} bytes too many`);
    return mark;
  }

  #walkStep(c: Cursor, access: KafkaAccess, topology: Topology): void {
    const version = this.#version;
    const flexible = version >= FLEXIBLE;
    switch (this.#step) {
      case STEP.head: {
        c.skip(version >= WITH_SESSION ? 10 : 4, 'the head');
        const topics = c.count(flexible, 'topics');
        if (topics < 0) throw c.fail('topics is null');
        this.#topics = topics;
        this.#step = STEP.topic;
        return;
      }
      case STEP.topic: {
        if (this.#topics === 0) {
          this.#step = STEP.end;
          return;
        }
        if (!(readPermit(c, access, topology, version) > REFUSED)) {
          this.blocked = 'topic';
          return;
        }
        const partitions = c.count(flexible, 'partitions');
        if (partitions < 0) throw c.fail('partitions is null');
        this.#topics--;
        this.#partitions = partitions;
        this.#step = STEP.partition;
        return;
      }
      case STEP.partition:
        if (this.#partitions === 0) {
          this.#step = STEP.topicEnd;
          return;
        }
        this.#partition(c, flexible);
        this.#partitions--;
        this.#step = STEP.records;
        return;
      case STEP.partitionEnd:
        if (flexible) c.tags('tags of a partition');
        this.#step = STEP.partition;
        return;
      case STEP.topicEnd:
        if (flexible) c.tags('tags of a topic');
        this.#step = STEP.topic;
        return;
      default:
        if (flexible) this.#tail(c);
        if (this.blocked === null) this.#step = STEP.done;
    }
  }

  #partition(c: Cursor, flexible: boolean): void {
    c.skip(6 + 2 * INT64 + (this.#version >= WITH_LOG_START ? INT64 : 0), 'a partition');
    for (let aborted = c.count(flexible, 'aborted transactions'); aborted > 0; aborted--) {
      c.skip(2 * INT64, 'an aborted transaction');
      if (flexible) c.tags('tags of an aborted transaction');
    }
    if (this.#version >= WITH_PREFERRED_REPLICA) c.int32('preferred replica');
    this.#records = Math.max(0, c.size(flexible, 'records'));
  }

  /** Addresses of brokers stand in tag 0. */
  #tail(c: Cursor): void {
    const { at } = c;
    if (this.#version >= WITH_ENDPOINTS && c.uvarint('tags of the answer') > 0 && c.uvarint('a tag') === 0) {
      this.blocked = 'endpoints';
      return;
    }
    c.at = at;
    c.tags('tags of the answer');
  }

  /**
   * The addresses of a response whose beginning is on its way already: put out in place, under a
   * tag that clients step over, as the length of the frame was sent. The client then asks for
   * Metadata, which has the addresses it may see. `[at, frameEnd)` must be here whole.
   * @throws KafkaError when the tags are not just that one
   */
  blankEndpoints(buf: Buffer, at: number, frameEnd: number): void {
    const c = this.#cursor;
    c.set(buf, at, at, frameEnd, frameEnd);
    const n = c.uvarint('tags of the answer');
    const tag = c.at;
    if (n !== 1 || c.uvarint('a tag') !== 0) throw c.fail('addresses beside other tags');
    const size = c.uvarint('size of the tag');
    if (size !== frameEnd - c.at) throw c.fail('the tag does not end with the frame');
    buf[tag] = UNKNOWN_TAG;
    buf.fill(0, c.at, frameEnd);
    this.blocked = null;
    this.#step = STEP.done;
  }
}
