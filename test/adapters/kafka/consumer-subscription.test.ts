import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Writer } from '../../../adapters/kafka/codec/writer.ts';
import { checkSubscription } from '../../../adapters/kafka/consumer-subscription.ts';
import { KafkaError } from '../../../adapters/kafka/error.ts';

interface Subscription {
  readonly topics: readonly string[];
  readonly userData: Uint8Array | null;
  readonly owned: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  readonly rack: string | null;
}

/** Where each part ends: version, topics and user data, owned partitions, generation, rack. */
interface Written {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

function write(version: number, { topics, userData, owned, rack }: Subscription): Written {
  const out = new Writer();
  const ends: number[] = [];
  out.int16(version);
  out.count(topics.length, false, false);
  for (const topic of topics) out.string(topic, false, false);
  out.bytes(userData, false, true);
  ends.push(out.at);
  out.count(owned.length, false, false);
  for (const { topic, partitions } of owned) {
    out.string(topic, false, false);
    out.count(partitions.length, false, false);
    out.int32s(partitions);
  }
  ends.push(out.at);
  out.int32(-1);
  ends.push(out.at);
  out.string(rack, false, true);
  ends.push(out.at);
  return { bytes: out.done(), ends };
}

const text = fc.string({ unit: 'binary', maxLength: 8 });
const subscription: fc.Arbitrary<Subscription> = fc.record({
  topics: fc.array(text, { maxLength: 3 }),
  userData: fc.option(fc.uint8Array({ maxLength: 9 })),
  owned: fc.array(fc.record({ topic: text, partitions: fc.array(fc.integer(), { maxLength: 3 }) }), { maxLength: 3 }),
  rack: fc.option(text),
});

/** What a version holds: the first parts of what the newest one does. */
const partsOf = (version: number): number => Math.min(version, 3);

function isRead(bytes: Uint8Array): boolean {
  try {
    checkSubscription(bytes);
    return true;
  } catch (error) {
    assert.ok(error instanceof KafkaError, String(error));
    assert.equal(error.why, 'malformed');
    return false;
  }
}

const version = fc.integer({ min: 0, max: 3 });

test('every version is read, and every one that ends where an older one does', () => {
  const property = fc.property(subscription, version, fc.integer({ min: 0, max: 3 }), (value, asVersion, parts) => {
    const { bytes, ends } = write(asVersion, value);
    return isRead(bytes.subarray(0, ends[Math.min(parts, partsOf(asVersion))]));
  });
  fc.assert(property);
});

test('one that ends anywhere else is not', () => {
  const property = fc.property(subscription, version, fc.nat(), (value, asVersion, seed) => {
    const { bytes, ends } = write(asVersion, value);
    const whole = ends[partsOf(asVersion)] as number;
    const end = seed % whole;
    fc.pre(!ends.includes(end));
    return !isRead(bytes.subarray(0, end));
  });
  fc.assert(property);
});

test('behind the end of a known version there is nothing, behind that of a newer one anything', () => {
  const rest = fc.uint8Array({ minLength: 1, maxLength: 9 });
  const newer = fc.integer({ min: 4, max: 32_767 });
  const property = fc.property(subscription, version, newer, rest, (value, known, unknown, more) => {
    const old = write(known, value);
    const oldBytes = old.bytes.subarray(0, old.ends[partsOf(known)]);
    assert.equal(isRead(Buffer.concat([write(3, value).bytes, more])), false);
    if (known === 0) assert.equal(isRead(Buffer.concat([oldBytes, more])), false);
    assert.equal(isRead(Buffer.concat([write(unknown, value).bytes, more])), true);
  });
  fc.assert(property);
});

test('it is read where it stands in a larger buffer', () => {
  const { bytes } = write(3, { topics: ['t'], userData: null, owned: [], rack: null });
  const around = Buffer.concat([Buffer.alloc(5, 0xff), bytes, Buffer.alloc(5, 0xff)]);
  assert.equal(isRead(around.subarray(5, 5 + bytes.length)), true);
  assert.equal(isRead(new Uint8Array(around.buffer, around.byteOffset + 5, bytes.length)), true);
  assert.equal(isRead(around.subarray(4, 4 + bytes.length)), false);
});

/** In hex. */
const BROKEN: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'half a version': '00',
  'a version below 0': 'ffff00000000ffffffff',
  'topics that are null': '0000ffffffffffffffff',
  'fewer than no topics': '0000fffffffeffffffff',
  'more topics than there are bytes': '00007fffffffffffffff',
  'a topic that is null': '000000000001ffffffffffff',
  'a topic of fewer than no bytes': '000000000001fffeffffffff',
  'a topic that is not UTF-8': '0000000000010001ffffffffff',
  'user data of fewer than no bytes': '000000000000fffffffe',
  'more user data than there are bytes': '0000000000000000000261',
  'owned partitions that are null': '000100000000ffffffffffffffff',
  'more owned partitions than there are bytes': '000100000000ffffffff00000002000000000000',
  'partitions that are null': '000100000000ffffffff000000010000ffffffff',
  'more partitions than there are bytes': '000100000000ffffffff0000000100000000000200000000',
  'a rack of fewer than no bytes': '000300000000ffffffff00000000fffffffffffe',
};

for (const [what, hex] of Object.entries(BROKEN)) {
  test(`not read: ${what}`, () => assert.equal(isRead(Buffer.from(hex, 'hex')), false));
}

test('an error holds nothing of what a client wrote', () => {
  const hex = Buffer.from('0000000000010006736563726574ff', 'hex');
  assert.throws(
    () => checkSubscription(hex),
    (error) =>
      error instanceof KafkaError && !error.message.includes('secret') && error.message.startsWith('a subscription: '),
  );
});
