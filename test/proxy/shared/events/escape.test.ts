import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { escapeText, MAX_TEXT } from '../../../../proxy/shared/events/escape.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['plant/a/b', 'plant/a/b'],
  ['', ''],
  ['Zürich/温度/🌡', 'Zürich/温度/🌡'],
  ['a\x00b', 'a\\x00b'],
  ['\x1b[31mred', '\\x1b[31mred'],
  ['line\r\nline', 'line\\x0d\\x0aline'],
  ['\x7f\x85\x9f', '\\x7f\\x85\\x9f'],
  ['abc\u202etxt.exe', 'abc\\u202etxt.exe'],
  ['\u2066x\u2069\u200f\u061c', '\\u2066x\\u2069\\u200f\\u061c'],
  ['\u2028\u2029\ufeff\u200b', '\\u2028\\u2029\\ufeff\\u200b'],
  ['\ud800x\udc00', '\\ud800x\\udc00'],
  ['CN=a\\, b', 'CN=a\\, b'],
];

for (const [raw, shown] of CASES) {
  test(`${JSON.stringify(raw)} is shown as ${JSON.stringify(shown)}`, () => assert.equal(escapeText(raw), shown));
}

test('256 bytes stay, 257 are cut and marked', () => {
  assert.equal(escapeText('a'.repeat(256)), 'a'.repeat(256));
  assert.equal(escapeText('a'.repeat(257)), `${'a'.repeat(253)}…`);
});

test('a cut falls between characters, and never inside an escape', () => {
  assert.equal(escapeText('ü'.repeat(200)), `${'ü'.repeat(126)}…`);
  assert.equal(escapeText('\x00'.repeat(100)), `${'\\x00'.repeat(63)}…`);
  assert.equal(escapeText('🌡'.repeat(65)), `${'🌡'.repeat(63)}…`);
});

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 }).map((units) => String.fromCharCode(...units)),
);

test('whatever a client sends, the result is short, well formed and harmless, and escaping twice changes nothing', () => {
  fc.assert(
    fc.property(anything, (raw) => {
      const shown = escapeText(raw);
      assert.ok(Buffer.byteLength(shown) <= MAX_TEXT);
      assert.ok(shown.isWellFormed());
      assert.doesNotMatch(shown, /[\p{Cc}\p{Bidi_Control}]/u);
      assert.equal(escapeText(shown), shown);
    }),
    { numRuns: 500 },
  );
});

test('a harmless short string is not changed', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 64 }), (raw) => {
      assert.equal(escapeText(raw), raw);
    }),
  );
});
