import { Reader } from './codec/reader.ts';
import { KafkaError } from './error.ts';

/** The newest version of ConsumerProtocolSubscription (KIP-881): newer ones begin like it. */
const NEWEST = 3;

const reader = new Reader();

/**
 * Checks what a member of a group of type `consumer` says of itself when it joins. The
 * coordinator reads these bytes, and on some that it cannot read it never answers the group
 * again. They are ConsumerProtocolSubscription, behind its version: topics, user data, owned
 * partitions (from version 1 on, KIP-429), generation (2, KIP-792), rack (3, KIP-881).
 *
 * There are clients that name a version and end where an older one does: a coordinator bears that.
 *
 * @throws KafkaError
 */
export function checkSubscription(metadata: Uint8Array): void {
  const buf = Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  reader.open(buf, 0, buf.length, false);
  try {
    const version = reader.int16();
    if (version < 0) reader.fail(`version ${version}`, 0);
    strings(reader);
    reader.bytes(false, true);
    if (version >= 1 && more()) ownedPartitions(reader);
    if (version >= 2 && more()) reader.int32();
    if (version >= 3 && more()) reader.string(false, true);
    if (version <= NEWEST) reader.finish();
  } catch (error) {
    const failure = reader.failure(error);
    throw failure instanceof KafkaError ? new KafkaError(failure.why, `a subscription: ${failure.message}`) : failure;
  } finally {
    reader.close();
  }
}

function more(): boolean {
  return reader.at < reader.end;
}

function strings(r: Reader): void {
  for (let n = r.count(false, false, 2); n > 0; n--) r.string(false, false);
}

function ownedPartitions(r: Reader): void {
  for (let n = r.count(false, false, 6); n > 0; n--) {
    r.string(false, false);
    const partitions = r.count(false, false, 4);
    r.int32s(partitions);
  }
}
