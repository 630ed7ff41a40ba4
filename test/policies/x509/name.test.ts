import assert from 'node:assert/strict';
import test from 'node:test';
import type { Name } from '../../../policies/types.ts';
import { nameText } from '../../../policies/x509/name.ts';

const name = (...rdns: [type: string, value: string][][]): Name =>
  rdns.map((rdn) => rdn.map(([type, value]) => ({ oid: type, type, value })));

const CASES: readonly [Name, string][] = [
  [name(), ''],
  [name([['O', 'Acme']], [['CN', 'x']]), 'CN=x,O=Acme'],
  [
    name(
      [['DC', 'net']],
      [['DC', 'example']],
      [
        ['OU', 'Sales'],
        ['CN', 'J.  Smith'],
      ],
    ),
    'OU=Sales+CN=J.  Smith,DC=example,DC=net',
  ],
  [name([['CN', 'a,b+c"d\\e<f>g;h']]), 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
  [name([['CN', ' a b ']]), 'CN=\\ a b\\ '],
  [name([['CN', ' ']]), 'CN=\\ '],
  [name([['CN', '#a#']]), 'CN=\\#a#'],
  [name([['CN', 'a=b']]), 'CN=a=b'],
  [name([['CN', 'Lučić 😀']]), 'CN=Lučić 😀'],
  [name([['CN', 'a\0\n']]), 'CN=a\\00\\0A'],
  [name([['1.2.3', 'x']]), '1.2.3=x'],
];

for (const [value, text] of CASES) {
  test(`RFC 4514 text: ${JSON.stringify(text)}`, () => assert.equal(nameText(value), text));
}

test('two different names never have one text', () => {
  const texts = [
    name([['CN', 'a']], [['OU', 'b']]),
    name([
      ['OU', 'b'],
      ['CN', 'a'],
    ]),
    name([
      ['CN', 'a'],
      ['OU', 'b'],
    ]),
    name([['CN', 'a,OU=b']]),
    name([['CN', 'a+OU=b']]),
    name([
      ['CN', 'a\\'],
      ['OU', 'b'],
    ]),
  ].map(nameText);
  assert.equal(new Set(texts).size, texts.length);
});
