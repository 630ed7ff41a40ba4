import { type Permit, REFUSED } from '../../../policies/decision.ts';
import type { KafkaAccess } from '../../../policies/types.ts';
import type { Topology } from '../topology.ts';
import type { Cursor } from './cursor.ts';

/** From this version on Fetch is flexible. */
export const FLEXIBLE = 12;
/** From this version on topics are named by id (KIP-516). */
const WITH_IDS = 13;
const UUID = 16;

/**
 * Reads which topic a Fetch request or its response goes on with, and whether it may be read.
 * @throws KafkaError; NEEDS_MORE
 */
export function readPermit(c: Cursor, access: KafkaAccess, topology: Topology, version: number): Permit {
  if (version >= WITH_IDS) {
    const at = c.skip(UUID, 'topic id');
    const name = topology.nameOf(c.buf.toString('base64url', at, at + UUID));
    return name === undefined ? REFUSED : access.authorize('read', 'topic', name);
  }
  const length = c.stringLength(version >= FLEXIBLE, 'topic name');
  if (length < 0) throw c.fail('a topic name is null');
  const at = c.skip(length, 'topic name');
  return access.topic('read', c.buf, at, at + length);
}
