import { isUtf8 } from 'node:buffer';
import { PERMIT_SHADOW, type Permit, REFUSED } from '../../../policies/decision.ts';
import type { KafkaAccess } from '../../../policies/types.ts';
import type { Topology } from '../topology.ts';
import { Cursor } from './cursor.ts';
import { FLEXIBLE, readPermit } from './fetch-topic.ts';

const WITH_LOG_START = 5;
const WITH_SESSION = 7;
const WITH_LEADER_EPOCH = 9;
const WITH_RACK = 11;
/** From this version on the replica stands in a tagged field. */
const WITH_REPLICA_STATE = 15;
const CONSUMER = -1;

/**
 * Walks a Fetch request without decoding it: who reads what. It only says yes: `permit` is 0 when
 * anything is to be refused, looked up, recorded (shadow) or changed but the session (`sessionAt`), and
 * when there are tagged fields; the request is then read and decided in full (apis/fetch.ts). What it lets
 * through was walked to its last byte, strictly.
 *
 *     replica wait min max isolation session [topic [partition]] [forgotten] rack      (versions 4 to 18)
 */
export class FetchScan {
  /** > 0: all of it is allowed. */
  permit: Permit = REFUSED;
  /** Where session id and epoch stand, eight bytes; -1: the version has none. */
  sessionAt = -1;
  readonly #cursor = new Cursor();

  /**
   * Takes up the request of the frame that begins at `base`: `[body, end)` behind its header.
   */
  begin(buf: Buffer, base: number, body: number, end: number): this {
    this.#cursor.set(buf, base, body, end, end);
    return this;
  }

  /** Walks it. @throws KafkaError */
  whole(access: KafkaAccess, topology: Topology, version: number): void {
    const c = this.#cursor;
    this.permit = REFUSED;
    const permit = this.#head(c, version) ? this.#topics(c, access, topology, version) : REFUSED;
    if (permit > REFUSED && this.#isPlainEnd(c, version) && c.at === c.end) this.permit = permit;
  }

  /** Is it a consumer's, and no request of a session that is under way? */
  #head(c: Cursor, version: number): boolean {
    const consumer = version >= WITH_REPLICA_STATE || c.int32('replica id') === CONSUMER;
    c.skip(13, 'wait, bytes and isolation level');
    this.sessionAt = -1;
    if (version < WITH_SESSION) return consumer;
    this.sessionAt = c.skip(4, 'session id');
    return c.int32('session epoch') <= 0 && consumer;
  }

  /** The permit of the last topic; REFUSED when there is one that may not be read, or none at all. */
  #topics(c: Cursor, access: KafkaAccess, topology: Topology, version: number): Permit {
    const flexible = version >= FLEXIBLE;
    const partition = sizeOfPartition(version);
    let permit: Permit = REFUSED;
    for (let topics = c.count(flexible, 'topics'); topics > 0; topics--) {
      permit = readPermit(c, access, topology, version);
      if (!(permit > REFUSED && permit < PERMIT_SHADOW)) return REFUSED;
      const partitions = c.count(flexible, 'partitions');
      if (partitions < 0) return REFUSED;
      if (!flexible) {
        c.skip(partitions * partition, 'partitions');
        continue;
      }
      for (let n = partitions; n > 0; n--) {
        c.skip(partition, 'a partition');
        if (c.uvarint('tags of a partition') !== 0) return REFUSED;
      }
      if (c.uvarint('tags of a topic') !== 0) return REFUSED;
    }
    return permit;
  }

  /** Nothing is forgotten, and no tags. */
  #isPlainEnd(c: Cursor, version: number): boolean {
    const flexible = version >= FLEXIBLE;
    if (version >= WITH_SESSION && c.count(flexible, 'forgotten topics') !== 0) return false;
    if (version >= WITH_RACK) {
      const length = c.stringLength(flexible, 'rack id');
      if (length < 0) return false;
      const at = c.skip(length, 'rack id');
      if (length > 0 && !isUtf8(c.buf.subarray(at, at + length))) return false;
    }
    return !flexible || c.uvarint('tags of the request') === 0;
  }
}

/** Index, leader epoch, offset, last epoch, start of the log, largest answer: without tags. */
function sizeOfPartition(version: number): number {
  const leaderEpoch = version >= WITH_LEADER_EPOCH ? 4 : 0;
  const lastEpoch = version >= FLEXIBLE ? 4 : 0;
  const logStart = version >= WITH_LOG_START ? 8 : 0;
  return 4 + leaderEpoch + 8 + lastEpoch + logStart + 4;
}
