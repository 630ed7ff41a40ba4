import assert from 'node:assert/strict';
import test from 'node:test';
import { API, APIS } from '../../../../adapters/kafka/apis/index.ts';
import {
  array,
  defaultsTo,
  float64,
  int8,
  nullable,
  since,
  string,
  struct,
  tag,
} from '../../../../adapters/kafka/codec/fields.ts';
import {
  frameResponse,
  requestCodec,
  responseCodec,
  throttleOffset,
} from '../../../../adapters/kafka/codec/message.ts';
import type { Api, Field } from '../../../../adapters/kafka/codec/schema.ts';
import { syncGroup } from '../../../../adapters/kafka/codec/schemas/sync-group.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { codecOf, encode } from './support/codecs.ts';

function known(key: number): Api {
  return APIS.get(key) as Api;
}

const text = string('text');
const maybe = string('text', nullable());
const numbers = array('numbers', 'int8');
const people = array('people', [string('name'), int8('age')]);
const place = struct('place', [int8('x')], nullable(), defaultsTo(null));
const note = string('note', since(1), tag(3));
const level = int8('level', since(1), tag(5), defaultsTo(-1));
const point = struct('point', [int8('x', defaultsTo(-1)), int8('y')], since(1), tag(7));

const REFUSED: readonly { version: number; fields: readonly Field[]; hex: string; words: string }[] = [
  { version: 0, fields: [text], hex: '', words: 'text: 2 bytes needed, 0 left at byte 0' },
  { version: 0, fields: [text], hex: '000261', words: 'text: 2 bytes needed, 1 left at byte 2' },
  { version: 0, fields: [text], hex: 'ffff', words: 'text: null at byte 0' },
  { version: 0, fields: [maybe], hex: 'fffe', words: 'text: a length of -2 at byte 0' },
  { version: 1, fields: [text], hex: '0000', words: 'text: null at byte 0' },
  { version: 1, fields: [text], hex: '026100ff', words: '1 bytes too many at byte 3' },
  { version: 1, fields: [text], hex: '0361ff00', words: 'text: a string that is not UTF-8 at byte 1' },
  { version: 1, fields: [text], hex: '04eda08000', words: 'text: a string that is not UTF-8 at byte 1' },
  { version: 1, fields: [text], hex: '03c08000', words: 'text: a string that is not UTF-8 at byte 1' },
  { version: 1, fields: [text], hex: '818002', words: 'text: a string of 32768 bytes at byte 0' },
  { version: 1, fields: [text], hex: '820061', words: 'text: a varint that is not in its shortest form at byte 0' },
  { version: 1, fields: [text], hex: 'ffffffff1f', words: 'text: a varint of more than 32 bits at byte 0' },
  { version: 1, fields: [text], hex: 'ffffffffff01', words: 'text: a varint of more than five bytes at byte 0' },
  { version: 0, fields: [numbers], hex: '0000000301', words: 'numbers: 3 elements in 1 bytes at byte 0' },
  { version: 0, fields: [numbers], hex: '000f4241', words: 'numbers: 1000001 elements at byte 0' },
  { version: 0, fields: [numbers], hex: 'fffffffe', words: 'numbers: a length of -2 at byte 0' },
  {
    version: 0,
    fields: [people],
    hex: '00000002000161050001ff09',
    words: 'people[1].name: a string that is not UTF-8 at byte 10',
  },
  // Three bytes each at least: what cannot be there is not begun.
  { version: 0, fields: [people], hex: '0000000200016105', words: 'people: 2 elements in 4 bytes at byte 0' },
  { version: 1, fields: [place], hex: '0200', words: 'place: a marker of 2 at byte 0' },
  { version: 1, fields: [place], hex: '0000', words: 'place: a marker of 0 at byte 0' },
  { version: 1, fields: [], hex: '0205000500', words: 'tag 5 behind tag 5 at byte 3' },
  { version: 1, fields: [], hex: '0205000400', words: 'tag 4 behind tag 5 at byte 3' },
  { version: 1, fields: [], hex: '01050200', words: '2 bytes needed, 1 left at byte 3' },
  { version: 1, fields: [], hex: '0105808000', words: 'a varint that is not in its shortest form at byte 2' },
  { version: 1, fields: [note], hex: '010303026100', words: 'tag 3 with 1 bytes too many at byte 5' },
  { version: 1, fields: [note], hex: '0103010261', words: 'note: 1 bytes needed, 0 left at byte 4' },
  { version: 1, fields: [level], hex: '01050100ff', words: '1 bytes too many at byte 4' },
  { version: 1, fields: [level], hex: '010500', words: 'level: 1 bytes needed, 0 left at byte 3' },
];

for (const { version, fields, hex, words } of REFUSED) {
  test(`refused: ${hex || 'nothing'}: ${words}`, () => {
    const codec = codecOf(version, ...fields);
    // Positions count from the start of the body, wherever it lies, and nothing behind its end is looked at.
    const bytes = Buffer.from(`abcdef${hex}000000000000`, 'hex');
    const end = 3 + hex.length / 2;
    const expected = { name: 'KafkaError', why: 'malformed', message: words };
    assert.throws(() => codec.read(bytes, 3, end), expected);
    assert.throws(() => codec.check(bytes, 3, end), expected);
  });
}

const READ: readonly {
  what: string;
  version: number;
  fields: readonly Field[];
  hex: string;
  value: object;
  again?: string;
}[] = [
  { what: 'a null string', version: 0, fields: [maybe], hex: 'ffff', value: { text: null } },
  { what: 'a null string, compact', version: 1, fields: [maybe], hex: '0000', value: { text: null } },
  { what: 'an empty string', version: 1, fields: [maybe], hex: '0100', value: { text: '' } },
  { what: 'a byte order mark is content', version: 1, fields: [text], hex: '04efbbbf00', value: { text: '\ufeff' } },
  { what: 'U+0000 is content', version: 1, fields: [text], hex: '020000', value: { text: '\0' } },
  { what: 'a struct that is null', version: 1, fields: [place], hex: 'ff00', value: { place: null } },
  { what: 'a struct that is there', version: 1, fields: [place], hex: '01070000', value: { place: { x: 7 } } },
  { what: 'no tags', version: 1, fields: [note, level], hex: '00', value: {} },
  { what: 'tags', version: 1, fields: [note, level], hex: '020302026105012a', value: { note: 'a', level: 42 } },
  {
    what: 'tags, whatever the order in the schema',
    version: 1,
    fields: [level, note],
    hex: '020302026105012a',
    value: { note: 'a', level: 42 },
  },
  {
    what: 'an unknown tag',
    version: 1,
    fields: [note],
    hex: '0202019903020261',
    value: { note: 'a' },
    again: '0103020261',
  },
  { what: 'the largest tag there is', version: 1, fields: [], hex: '01ffffffff0f00', value: {}, again: '00' },
  {
    what: 'a tag with its default value',
    version: 1,
    fields: [level],
    hex: '010501ff',
    value: { level: -1 },
    again: '00',
  },
  { what: 'a tagged struct', version: 1, fields: [point], hex: '010703050000', value: { point: { x: 5, y: 0 } } },
  {
    what: 'a tagged struct of defaults',
    version: 1,
    fields: [point],
    hex: '010703ff0000',
    value: { point: { x: -1, y: 0 } },
    again: '00',
  },
  { what: 'float64', version: 0, fields: [float64('value')], hex: 'bff8000000000000', value: { value: -1.5 } },
  { what: 'tags belong to flexible versions', version: 0, fields: [int8('x'), note], hex: '01', value: { x: 1 } },
];

for (const { what, version, fields, hex, value, again } of READ) {
  test(`read: ${what}`, () => {
    const codec = codecOf(version, ...fields);
    const bytes = Buffer.from(hex, 'hex');
    assert.deepEqual(codec.read(bytes, 0, bytes.length), value);
    codec.check(bytes, 0, bytes.length);
    assert.equal(encode(codec, value).toString('hex'), again ?? hex);
  });
}

test('all arrays of a message together hold a million elements at most', () => {
  const lists = array('lists', [array('inner', 'int8')]);
  const codec = codecOf(1, lists);
  const list = (size: number): object => ({ inner: new Array<number>(size).fill(0) });
  const most = encode(codec, { lists: [list(500_000), list(499_998)] });
  codec.check(most, 0, most.length);
  const tooMany = encode(codec, { lists: [list(500_000), list(499_999)] });
  assert.throws(
    () => codec.check(tooMany, 0, tooMany.length),
    /^KafkaError: lists\[1\]\.inner: more than 1000000 elements/,
  );
});

test('bytes and records are views of the buffer', () => {
  const codec = responseCodec(syncGroup, 0);
  const bytes = encode(codec, { errorCode: 0, assignment: Buffer.from('before') });
  const { assignment } = codec.read(bytes, 0, bytes.length);
  bytes.write('behind', bytes.length - 6);
  assert.equal(Buffer.from(assignment).toString(), 'behind');
});

test('a failure leaves nothing behind for the next message', () => {
  const codec = codecOf(1, people);
  assert.throws(() => codec.read(Buffer.from('0202ff0000', 'hex'), 0, 5), KafkaError);
  assert.throws(() => codec.read(Buffer.from('02', 'hex'), 0, 1), {
    message: 'people: 1 elements in 0 bytes at byte 0',
  });
});

test('a version that the API does not have has no codec', () => {
  assert.throws(() => requestCodec(known(API.fetch), 3), { name: 'RangeError', message: 'Fetch has no version 3' });
  assert.throws(() => responseCodec(known(API.initProducerId), 6), RangeError);
});

test('the throttle time is found where it is the first field', () => {
  const cases: readonly [number, number, number][] = [
    [API.fetch, 4, 0],
    [API.metadata, 2, -1],
    [API.metadata, 3, 0],
    [API.produce, 9, -1],
    [API.apiVersions, 3, -1],
    [API.saslHandshake, 1, -1],
  ];
  for (const [key, version, offset] of cases) assert.equal(throttleOffset(known(key), version), offset);
  const frame = frameResponse(known(API.fetch), 12, 1, { throttleTimeMs: 0x01020304, responses: [] });
  assert.equal(frame.readInt32BE(4 + 5 + throttleOffset(known(API.fetch), 12)), 0x01020304);
});

test('keys and names of the APIs', () => {
  for (const [name, key] of Object.entries(API)) assert.equal(known(key).name.toLowerCase(), name.toLowerCase());
  assert.equal(APIS.size, Object.keys(API).length);
});
