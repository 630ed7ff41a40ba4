import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { topicBytesFault, topicNameFault } from '../../../policies/acl/topic-name.ts';

test('topic names: what the grammar takes', () => {
  const good = [
    'a',
    '/',
    'a/b',
    'a//b',
    '/a',
    'a/',
    ' ',
    'ä/😀',
    '\ufeffa',
    '\ufffd',
    '$SYS/x',
    'a\u0001b',
    'x'.repeat(65_535),
  ];
  for (const topic of good) assert.equal(topicNameFault(topic), undefined, JSON.stringify(topic.slice(0, 20)));
});

test('topic names: what the grammar refuses', () => {
  const cases: [string, RegExp][] = [
    ['', /empty/],
    ['a/+/b', /wildcard \+/],
    ['a+', /wildcard \+/],
    ['a/#', /wildcard #/],
    ['#a', /wildcard #/],
    ['a\0b', /U\+0000/],
    ['a\ud800b', /well-formed/],
    ['x'.repeat(65_536), /longer than 65535 bytes/],
    ['ä'.repeat(32_768), /longer than 65535 bytes/],
    ['/'.repeat(128), /more than 128 levels/],
  ];
  for (const [topic, fault] of cases) assert.match(topicNameFault(topic) ?? '', fault);
  assert.match(topicNameFault('a/b/c', 2) ?? '', /more than 2 levels/);
  assert.equal(topicNameFault('a/b', 2), undefined);
});

test('topic names as bytes: encodings that are not UTF-8', () => {
  const cases: [string, number[]][] = [
    ['lone continuation', [0x61, 0x80]],
    ['overlong slash', [0xc0, 0xaf]],
    ['overlong NUL', [0xc0, 0x80]],
    ['surrogate', [0xed, 0xa0, 0x80]],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['cut short', [0x61, 0xe2, 0x82]],
    ['latin-1', [0xe4]],
  ];
  for (const [what, bytes] of cases) {
    assert.match(topicBytesFault(Uint8Array.from(bytes), 0, bytes.length) ?? '', /UTF-8/, what);
  }
});

test('only the given range of the buffer is looked at', () => {
  const buf = Buffer.from('#+a/b+#');
  assert.equal(topicBytesFault(buf, 2, 5), undefined);
  assert.match(topicBytesFault(buf, 2, 6) ?? '', /wildcard/);
  assert.match(topicBytesFault(buf, 2, 2) ?? '', /empty/);
});

test('property: strings and their bytes are judged alike, and nothing throws', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', '+', '#', '\0', 'ä', '😀', '$'), maxLength: 30 });
  fc.assert(
    fc.property(text, (topic) => {
      const bytes = Buffer.from(topic);
      assert.equal(topicNameFault(topic), topicBytesFault(bytes, 0, bytes.length));
      assert.equal(topicNameFault(topic) === undefined, topic !== '' && !/[+#\0]/.test(topic));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      topicBytesFault(bytes, 0, bytes.length);
    }),
  );
});
