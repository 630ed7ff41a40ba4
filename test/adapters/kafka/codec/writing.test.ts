import assert from 'node:assert/strict';
import test from 'node:test';
import {
  array,
  bool,
  defaultsTo,
  float64,
  int8,
  int16,
  int32,
  int64,
  nullable,
  since,
  string,
  struct,
  tag,
  uuid,
} from '../../../../adapters/kafka/codec/fields.ts';
import type { Field } from '../../../../adapters/kafka/codec/schema.ts';
import { codecOf, encode } from './support/codecs.ts';

const text = string('text');
const numbers = array('numbers', 'int8');
const people = array('people', [string('name'), int8('age')]);
const place = struct('place', [int8('x')], nullable(), defaultsTo(null));

const UNWRITABLE: readonly { field: Field; value: unknown; words: RegExp }[] = [
  { field: text, value: null, words: /^RangeError: text: null$/ },
  { field: numbers, value: null, words: /^RangeError: numbers: null$/ },
  { field: text, value: 'x'.repeat(32_768), words: /^RangeError: text: the length of a string: 32768$/ },
  { field: text, value: 'ä'.repeat(16_384), words: /^RangeError: text: the length of a string: 32768$/ },
  { field: text, value: '\ud800', words: /^RangeError: text: a string with half of a surrogate pair$/ },
  { field: int8('x'), value: 128, words: /^RangeError: x: int8: 128$/ },
  { field: int16('x'), value: -32_769, words: /^RangeError: x: int16: -32769$/ },
  { field: int32('x'), value: 2 ** 31, words: /^RangeError: x: int32: 2147483648$/ },
  { field: int32('x'), value: 0.5, words: /^RangeError: x: int32: 0\.5$/ },
  { field: int32('x'), value: null, words: /^RangeError: x: int32: null$/ },
  { field: int64('x'), value: 2n ** 63n, words: /^RangeError/ },
  { field: int64('x'), value: 1, words: /^TypeError/ },
  { field: bool('x'), value: null, words: /^TypeError: no boolean$/ },
  { field: float64('x'), value: null, words: /^TypeError: no number$/ },
  { field: uuid('x'), value: 'A'.repeat(23), words: /^RangeError: x: a uuid/ },
  { field: uuid('x'), value: `${'A'.repeat(21)}.`, words: /^RangeError: x: a uuid/ },
  { field: array('xs', 'int32'), value: [1, -(2 ** 31) - 1], words: /^RangeError: xs: int32: -2147483649$/ },
  { field: people, value: [{ name: 'a', age: 200 }], words: /^RangeError: people: age: int8: 200$/ },
];

for (const { field, value, words } of UNWRITABLE) {
  test(`not written: ${words.source}`, () => {
    for (const version of [0, 1]) assert.throws(() => encode(codecOf(version, field), { [field.name]: value }), words);
  });
}

test('what is absent is written with the default of the schema', () => {
  const fields = [
    text,
    string('rack', nullable(), defaultsTo(null)),
    int32('epoch', defaultsTo(-1)),
    numbers,
    place,
    struct('point', [int8('x', defaultsTo(9))]),
  ];
  assert.equal(
    encode(codecOf(0, ...fields), {}).toString('hex'),
    ['0000', 'ffff', 'ffffffff', '00000000', 'ff', '09'].join(''),
  );
});

test('large content of a tagged field moves to make room for its size', () => {
  const big = string('big', since(1), tag(0));
  for (const size of [126, 127, 16_382, 16_383, 32_767]) {
    const codec = codecOf(1, big);
    const value = { big: 'b'.repeat(size) };
    const bytes = encode(codec, value);
    assert.deepEqual(codec.read(bytes, 0, bytes.length), value);
  }
});
