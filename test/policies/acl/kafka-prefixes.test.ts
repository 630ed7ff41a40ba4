import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PrefixTable } from '../../../policies/acl/kafka-prefixes.ts';

/** All prefixes of the name that the table knows, the longest first. */
function found(prefixes: readonly string[], name: string): string[] {
  const table = new PrefixTable(new Map(prefixes.map((prefix) => [prefix, prefix])));
  const list: string[] = [];
  for (let at = table.longest(name); at >= 0; at = table.shorter(at)) list.push(table.at(at));
  return list;
}

test('the prefixes of a name, the longest first', () => {
  const prefixes = ['b', 'a.b.', 'a', 'a.b.c.d', 'a.', 'ab'];
  const cases: [name: string, expected: string[]][] = [
    ['a.b.c', ['a.b.', 'a.', 'a']],
    ['a.b.c.d', ['a.b.c.d', 'a.b.', 'a.', 'a']],
    ['a.b.c.dd', ['a.b.c.d', 'a.b.', 'a.', 'a']],
    ['a.b.z', ['a.b.', 'a.', 'a']],
    ['az', ['a']],
    ['b', ['b']],
    ['', []],
    ['A', []],
    ['zzz', []],
  ];
  for (const [name, expected] of cases) assert.deepEqual(found(prefixes, name), expected, name);
  assert.deepEqual(found([], 'a'), []);
});

test('what is found is what a search through all finds, in any alphabet', () => {
  const letter = fc.constantFrom('a', 'b', '\uff5e', '\ud83d', '\ude00', '\u0000');
  const text = fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { maxLength: 40, size: 'max' }),
      fc.array(text, { maxLength: 20 }),
      (prefixes, names) => {
        for (const name of [...names, ...prefixes]) {
          const expected = prefixes.filter((prefix) => name.startsWith(prefix)).sort((a, b) => b.length - a.length);
          assert.deepEqual(found(prefixes, name), expected);
        }
      },
    ),
    { numRuns: 500 },
  );
});
