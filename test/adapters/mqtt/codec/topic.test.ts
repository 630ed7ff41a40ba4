import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { filterProblem, topicProblem } from '../../../../adapters/mqtt/codec/topic.ts';
import { decode, isMqttString } from '../../../../adapters/mqtt/codec/utf8.ts';

const TOPICS: readonly (readonly [hexOrText: string | Buffer, problem: string])[] = [
  ['a', ''],
  ['/', ''],
  ['a//b', ''],
  ['$SYS/x', ''],
  ['\ufeffa', ''],
  ['a\u0001', ''],
  ['\u{10ffff}', ''],
  ['', 'empty'],
  ['a+', 'wildcard'],
  ['#', 'wildcard'],
  ['a\0b', 'nul'],
  ['1/2/3/4', ''],
  ['1/2/3/4/5', 'levels'],
  [Buffer.from('61c080', 'hex'), 'utf-8'],
  [Buffer.from('eda080', 'hex'), 'utf-8'],
  [Buffer.from('f4908080', 'hex'), 'utf-8'],
  [Buffer.from('e282', 'hex'), 'utf-8'],
  [Buffer.from('80', 'hex'), 'utf-8'],
];

test('topic names are checked on their bytes', () => {
  for (const [topic, problem] of TOPICS) {
    const bytes = Buffer.concat([Buffer.from('#'), Buffer.from(topic as string), Buffer.from('+')]);
    assert.equal(topicProblem(bytes, 1, bytes.length - 1, 4), problem, JSON.stringify(topic));
  }
});

const GOOD = [
  'a',
  '#',
  '+',
  '/',
  'a/#',
  '+/+',
  '+/#',
  'a/+/b',
  '//',
  '$share/g/#',
  '$share/g/a',
  '$share/g//',
  '$SYS/#',
  '$shared/a',
];
const BAD = [
  '',
  'a#',
  '#/a',
  'a/#/b',
  'a+',
  '+a',
  'a/+b/c',
  '##',
  '++',
  '$share',
  '$share/',
  '$share/g',
  '$share/g/',
  '$share//a',
  '$share/+/a',
  '$share/g#/a',
  '$share/g/a#',
];

test('good topic filters', () => {
  for (const filter of GOOD) assert.equal(filterProblem(filter, 8), '', filter);
});

test('bad topic filters', () => {
  for (const filter of BAD) assert.notEqual(filterProblem(filter, 8), '', filter);
  assert.notEqual(filterProblem('1/2/3', 2), '');
  assert.equal(filterProblem('$share/g/1/2', 2), '');
});

test('a string that is accepted decodes and encodes to the same bytes', () => {
  const text = fc.array(fc.constantFrom('a', 'ä', '€', '😀', '\ufeff', '\ufffd', '\0'), { maxLength: 8 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    text.map((parts) => Buffer.from(parts.join(''))),
  );
  const property = fc.property(bytes, (b) => {
    if (isMqttString(b, 0, b.length)) {
      assert.deepEqual(Buffer.from(decode(b, 0, b.length)), Buffer.from(b));
      assert.equal(b.includes(0), false);
    } else assert.ok(b.includes(0) || Buffer.from(b).toString().includes('\ufffd'));
  });
  fc.assert(property, { numRuns: 500 });
});
