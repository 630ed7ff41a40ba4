/** The compiler knows from a schema alone what its messages are: this file is checked by it, then run. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  array,
  bytes,
  defineApi,
  int16,
  int64,
  nullable,
  since,
  string,
  struct,
  tag,
  throttleTimeMs,
  uuid,
} from '../../../../adapters/kafka/codec/fields.ts';
import { responseCodec } from '../../../../adapters/kafka/codec/message.ts';
import type { RequestOf, ResponseOf } from '../../../../adapters/kafka/codec/schema.ts';
import { encode } from './support/codecs.ts';

const api = defineApi({
  key: 999,
  name: 'Test',
  versions: [0, 1],
  flexible: 1,
  request: [],
  response: [
    throttleTimeMs(),
    array('topics', [string('name'), uuid('id', since(1)), array('partitions', 'int32', nullable())]),
    struct('leader', [int64('epoch')], since(1), tag(0)),
    bytes('records', nullable(1)),
    int16('errorCode'),
  ],
});

interface Expected {
  throttleTimeMs?: number;
  topics: readonly { name: string; id?: string; partitions: readonly number[] | null }[];
  leader?: { epoch: bigint };
  records: Uint8Array | null;
  errorCode: number;
}

/** `true` only where both are the same type, optional fields and null included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Simple<T> = T extends Uint8Array | readonly number[]
  ? T
  : T extends readonly (infer E)[]
    ? readonly Simple<E>[]
    : T extends object
      ? { [K in keyof T]: Simple<T[K]> }
      : T;

test('a response is typed as its fields say', () => {
  const same: Same<Simple<ResponseOf<typeof api>>, Simple<Expected>> = true;
  const nothing: Same<RequestOf<typeof api>, { name: string }> = false;
  assert.deepEqual([same, nothing], [true, false]);
});

test('what the type says is always there is read in every version', () => {
  const value = { topics: [{ name: 'a', partitions: null }], records: Buffer.alloc(0), errorCode: 1 };
  for (const version of [0, 1]) {
    const codec = responseCodec(api, version);
    const body = encode(codec, value);
    const read = codec.read(body, 0, body.length);
    const { topics, records, errorCode } = read;
    assert.deepEqual([topics[0]?.name, topics[0]?.partitions, records?.length, errorCode], ['a', null, 0, 1]);
    assert.equal(topics[0]?.id, version === 0 ? undefined : 'A'.repeat(22));
    assert.equal(read.leader, undefined);
  }
});
