import assert from 'node:assert/strict';
import test from 'node:test';
import { libraryName, type NameParts, parseSubject } from '../../../../proxy/cli/pki/subject.ts';

const CASES: readonly [text: string, parts: NameParts][] = [
  ['CN=x', [{ CN: ['x'] }]],
  ['O=Acme, OU=plant 7,CN=pump-1', [{ O: ['Acme'] }, { OU: ['plant 7'] }, { CN: ['pump-1'] }]],
  ['CN=x+OU=y+OU=z', [{ CN: ['x'], OU: ['y', 'z'] }]],
  ['CN=a\\,b\\+c\\\\d', [{ CN: ['a,b+c\\d'] }]],
  ['CN=a=b', [{ CN: ['a=b'] }]],
  ['CN= x\\ ', [{ CN: ['x '] }]],
  ['2.5.4.3=x', [{ '2.5.4.3': ['x'] }]],
];

for (const [text, parts] of CASES) {
  test(`reads the subject ${text}`, () => assert.deepEqual(parseSubject(text), parts));
}

for (const text of ['', 'x', 'CN=', '=x', 'CN=x,', 'CN=x++OU=y']) {
  test(`refuses the subject ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseSubject(text), /is not of the form|has no value/);
  });
}

test('refuses attributes without a meaning', () => {
  assert.throws(() => libraryName([{ XY: 'a' }]), /unknown subject attribute "XY"/);
});
