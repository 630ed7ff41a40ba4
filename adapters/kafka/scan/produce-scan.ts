import { isUtf8 } from 'node:buffer';
import { PERMIT_SHADOW, type Permit, REFUSED } from '../../../policies/decision.ts';
import type { KafkaAccess } from '../../../policies/types.ts';
import { BATCH, newBatchHead, readBatchHead } from '../codec/records.ts';
import type { Topology } from '../topology.ts';
import { Cursor } from './cursor.ts';

/** From this version on topics are named by id (KIP-516). */
const WITH_IDS = 13;
const FLEXIBLE = 9;
const UUID = 16;

/**
 * Walks a Produce request without decoding it: who writes where, and the first bytes of each
 * batch; records are stepped over. It only says yes: `permit` is 0 when anything is to be
 * refused, looked up, answered partly or recorded (shadow), and the request is then read and decided in full
 * (apis/produce.ts). What it lets through was walked to its last byte, strictly.
 *
 *     transactional_id acks timeout_ms [topic [index records]]      (versions 3 to 13)
 */
export class ProduceScan {
  /** > 0: all of it is allowed. */
  permit: Permit = REFUSED;
  acks = 0;
  /** Records in all batches, as the batches say. */
  records = 0;
  /** After `head`: where the records of the only partition end. */
  recordsEnd = 0;
  readonly #cursor = new Cursor();
  readonly #batch = newBatchHead();
  #transactionalId = '';
  #hasTransactionalId = false;
  #refused = false;
  #transactional = false;
  #partitions = 0;
  #topicStart = 0;
  #topicEnd = 0;
  /** Of the last topic, when it was named by id. */
  #topicName: string | undefined;

  /** The name of the last topic: for samples. */
  topic(buf: Buffer): string {
    return this.#topicName ?? buf.toString('utf8', this.#topicStart, this.#topicEnd);
  }

  /**
   * Takes up the request of the frame that begins at `base`: `[body, end)` is there behind its header, the frame ends
   * at `frameEnd`.
   */
  begin(buf: Buffer, base: number, body: number, end: number, frameEnd = end): this {
    this.#cursor.set(buf, base, body, end, frameEnd);
    return this;
  }

  /** A request that is here whole. @throws KafkaError */
  whole(access: KafkaAccess, topology: Topology, version: number): void {
    const c = this.#cursor;
    const { end } = c;
    const flexible = version >= FLEXIBLE;
    for (let topics = this.#start(c, flexible); topics > 0; topics--) {
      let partitions = this.#topic(c, access, topology, version);
      for (; partitions > 0; partitions--) {
        const size = this.#partition(c, flexible);
        this.#batchAt(c, size);
        c.skip(Math.max(0, size), 'records');
        if (flexible) c.tags('tags of a partition');
      }
      if (flexible) c.tags('tags of a topic');
    }
    if (flexible) c.tags('tags of the request');
    if (c.at !== end) throw c.fail(`${end - c.at} bytes too many`);
    this.#conclude(access);
  }

  /**
   * A request of which only the beginning is here. True: it writes to a single partition and
   * everything that its verdict hangs on has been seen. False: it must be here whole.
   * @throws KafkaError; NEEDS_MORE when the beginning is not complete either
   */
  head(access: KafkaAccess, topology: Topology, version: number): boolean {
    const c = this.#cursor;
    const flexible = version >= FLEXIBLE;
    if (this.#start(c, flexible) !== 1) return false;
    if (this.#topic(c, access, topology, version) !== 1) return false;
    const size = this.#partition(c, flexible);
    if (size < BATCH.headerSize) return false;
    if (c.end - c.at < BATCH.headerSize) c.skip(BATCH.headerSize, 'the batch');
    this.#batchAt(c, size);
    this.recordsEnd = c.at + size;
    this.#conclude(access);
    return this.permit > REFUSED;
  }

  /** The end of a request that was streamed: nothing but tagged fields. @throws KafkaError */
  tail(version: number, buf: Buffer, at: number, end: number): void {
    const c = this.#cursor;
    c.set(buf, at, at, end, end);
    if (version >= FLEXIBLE) {
      c.tags('tags of a partition');
      c.tags('tags of a topic');
      c.tags('tags of the request');
    }
    if (c.at !== end) throw c.fail(`${end - c.at} bytes too many behind the records`);
  }

  #start(c: Cursor, flexible: boolean): number {
    this.permit = REFUSED;
    this.records = 0;
    this.#refused = false;
    this.#transactional = false;
    this.#partitions = 0;
    const length = c.stringLength(flexible, 'transactional id');
    this.#hasTransactionalId = length >= 0;
    const at = c.skip(Math.max(0, length), 'transactional id');
    // What is not UTF-8 is refused when the request is read in full.
    if (length > 0 && !isUtf8(c.buf.subarray(at, at + length))) this.#refused = true;
    this.#transactionalId = length > 0 ? c.buf.toString('utf8', at, at + length) : '';
    this.acks = c.int16('acks');
    c.int32('timeout');
    const topics = c.count(flexible, 'topics');
    if (topics < 0) throw c.fail('topics is null');
    return topics;
  }

  /** Reads up to the number of partitions and returns it. */
  #topic(c: Cursor, access: KafkaAccess, topology: Topology, version: number): number {
    const flexible = version >= FLEXIBLE;
    let permit: Permit;
    if (version >= WITH_IDS) {
      const at = c.skip(UUID, 'topic id');
      const name = topology.nameOf(c.buf.toString('base64url', at, at + UUID));
      this.#topicName = name;
      permit = name === undefined ? REFUSED : access.authorize('write', 'topic', name);
    } else {
      const length = c.stringLength(flexible, 'topic name');
      if (length < 0) throw c.fail('a topic name is null');
      const at = c.skip(length, 'topic name');
      this.#topicName = undefined;
      this.#topicStart = at;
      this.#topicEnd = at + length;
      permit = access.topic('write', c.buf, at, at + length);
    }
    if (permit > REFUSED && permit < PERMIT_SHADOW) this.permit = permit;
    else this.#refused = true;
    const partitions = c.count(flexible, 'partitions');
    if (partitions < 0) throw c.fail('partitions is null');
    this.#partitions += partitions;
    return partitions;
  }

  #partition(c: Cursor, flexible: boolean): number {
    c.int32('partition index');
    return c.size(flexible, 'records');
  }

  #batchAt(c: Cursor, size: number): void {
    const batch = this.#batch;
    if (size < 0 || readBatchHead(c.buf, c.at, c.at + size, batch) !== BATCH.ok) {
      this.#refused = true;
      return;
    }
    this.records += batch.recordsCount;
    if ((batch.attributes & BATCH.transactional) !== 0) this.#transactional = true;
  }

  /** A request without any topic has nothing to be permitted: it is decided in full. */
  #conclude(access: KafkaAccess): void {
    if (this.#transactional && !this.#mayTransact(access)) this.#refused = true;
    if (this.#refused || this.#partitions === 0) this.permit = REFUSED;
  }

  #mayTransact(access: KafkaAccess): boolean {
    if (!this.#hasTransactionalId) return false;
    const permit = access.authorize('write', 'transactionalId', this.#transactionalId);
    return permit > REFUSED && permit < PERMIT_SHADOW;
  }
}
