import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { contains, matches, overlaps } from '../../../policies/acl/filter-algebra.ts';

const levels = (text: string) => text.split('/');

test('names and filters of the standard match as its text says', () => {
  const cases: [filter: string, topic: string, expected: boolean][] = [
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/#', 'sports', false],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['+', '$SYS', false],
    ['#', '$SYS/broker', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/broker', true],
    ['$SYS/#', '$SYS', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['a/+', 'a/$b', true],
    ['#', '/', true],
    ['+/#', 'a', true],
    ['a', 'A', false],
  ];
  for (const [filter, topic, expected] of cases) {
    assert.equal(matches(levels(filter), levels(topic)), expected, `${filter} ${topic}`);
  }
});

test('inclusion and intersection: the cases people get wrong', () => {
  const cases: [a: string, b: string, aHoldsB: boolean, overlap: boolean][] = [
    ['#', 'a/b', true, true],
    ['#', '$SYS/#', false, false],
    ['#', '+/#', true, true],
    ['+/#', '#', true, true],
    ['+/+/#', '#', false, true],
    ['a/#', 'a', true, true],
    ['a', 'a/#', false, true],
    ['a/+', 'a/#', false, true],
    ['a/#', 'a/+', true, true],
    ['a/+/c', 'a/b/+', false, true],
    ['secret/#', '+/keys', false, true],
    ['secret/#', 'public/+', false, false],
    ['+', '$x', false, false],
    ['+/a', '$x/+', false, false],
    ['a/+', 'a/$x', true, true],
    ['a/', 'a', false, false],
    ['a/+', 'a/', true, true],
    ['+', '/#', false, false],
    ['/+/#', '/#', true, true],
  ];
  for (const [a, b, aHoldsB, overlap] of cases) {
    assert.equal(contains(levels(a), levels(b)), aHoldsB, `${a} contains ${b}`);
    assert.equal(overlaps(levels(a), levels(b)), overlap, `${a} overlaps ${b}`);
    assert.equal(overlaps(levels(b), levels(a)), overlap, `${b} overlaps ${a}`);
  }
});

// An oracle that shares nothing with the code: filters as regular expressions over names.
function oracle(filter: string): RegExp {
  const parts = filter.split('/');
  const root = parts[0] === '+' || parts[0] === '#' ? '(?!\\$)' : '';
  const open = parts.at(-1) === '#';
  const body = (open ? parts.slice(0, -1) : parts).map((part) =>
    part === '+' ? '[^/]*' : part.replaceAll('$', '\\$'),
  );
  const tail = open ? (filter === '#' ? '.*' : '(?:/.*)?') : '';
  return new RegExp(`^${root}${body.join('/')}${tail}$`, 's');
}

function words(alphabet: readonly string[], length: number): string[][] {
  if (length === 0) return [[]];
  return words(alphabet, length - 1).flatMap((word) => alphabet.map((letter) => [...word, letter]));
}

function upTo(alphabet: readonly string[], length: number): string[] {
  const all = Array.from({ length }, (_, i) => words(alphabet, i + 1)).flat();
  return all.map((word) => word.join('/')).filter((text) => text !== '');
}

test('all filters of up to four levels agree with brute force over all names of up to five', () => {
  const topics = upTo(['a', 'b', '', '$x'], 5);
  const open = upTo(['a', 'b', '', '$x', '+'], 3).concat('');
  const filters = [
    ...upTo(['a', 'b', '', '$x', '+'], 4),
    ...open.map((prefix) => (prefix === '' ? '#' : `${prefix}/#`)),
    '/#',
  ];
  const parsed = filters.map(levels);
  const names = topics.map(levels);
  const sets = filters.map((filter, f) => {
    const expression = oracle(filter);
    const set = new Int32Array(Math.ceil(topics.length / 32));
    for (let t = 0; t < topics.length; t++) {
      const expected = expression.test(topics[t] as string);
      if (matches(parsed[f] as string[], names[t] as string[]) !== expected) {
        assert.fail(`${filter} matches ${topics[t]}: expected ${expected}`);
      }
      if (expected) set[t >> 5] = (set[t >> 5] as number) | (1 << (t & 31));
    }
    return set;
  });
  let included = 0;
  let disjoint = 0;
  for (let a = 0; a < filters.length; a++) {
    for (let b = 0; b < filters.length; b++) {
      const outer = sets[a] as Int32Array;
      const inner = sets[b] as Int32Array;
      let subset = true;
      let meet = false;
      for (let w = 0; w < outer.length; w++) {
        if ((inner[w] as number) & ~(outer[w] as number)) subset = false;
        if ((inner[w] as number) & (outer[w] as number)) meet = true;
      }
      if (contains(parsed[a] as string[], parsed[b] as string[]) !== subset) {
        assert.fail(`${filters[a]} contains ${filters[b]}: expected ${subset}`);
      }
      if (overlaps(parsed[a] as string[], parsed[b] as string[]) !== meet) {
        assert.fail(`${filters[a]} overlaps ${filters[b]}: expected ${meet}`);
      }
      if (subset) included++;
      if (!meet) disjoint++;
    }
  }
  assert.ok(filters.length > 900 && included > filters.length && disjoint > filters.length, 'the space was covered');
});

const literal = fc.constantFrom('a', 'b', 'plant', '', '$x', 'ä', '😀', '$share');
const filterOf = fc
  .tuple(fc.array(fc.oneof(literal, fc.constant('+')), { maxLength: 8 }), fc.boolean())
  .map(([list, open]) => (open || list.length === 0 ? [...list, '#'] : list))
  // The empty filter is none (4.7.3): no packet and no rule comes to hold one.
  .filter((list) => list.join('/') !== '');
const topicOf = fc.array(literal, { minLength: 1, maxLength: 10 }).filter((list) => list.join('/') !== '');

test('property: a name in the inner filter is in the outer one; a name in both is an overlap', () => {
  fc.assert(
    fc.property(filterOf, filterOf, topicOf, (a, b, topic) => {
      if (contains(a, b) && matches(b, topic)) assert.ok(matches(a, topic));
      if (matches(a, topic) && matches(b, topic)) assert.ok(overlaps(a, b) && overlaps(b, a));
    }),
    { numRuns: 2000 },
  );
});

test('property: inclusion is reflexive and transitive, and an included filter overlaps', () => {
  fc.assert(
    fc.property(filterOf, filterOf, filterOf, (a, b, c) => {
      assert.ok(contains(a, a) && overlaps(a, a));
      if (contains(a, b)) assert.ok(overlaps(a, b));
      if (contains(a, b) && contains(b, c)) assert.ok(contains(a, c));
    }),
    { numRuns: 2000 },
  );
});

test('property: a filter made of a name by wildcards holds that name', () => {
  const generalised = topicOf.chain((topic) =>
    fc
      .tuple(fc.array(fc.boolean(), { minLength: topic.length, maxLength: topic.length }), fc.nat(topic.length))
      .map(([plus, cut]) => {
        const filter = topic.map((level, i) => (plus[i] ? '+' : level));
        return { topic, filter: cut < topic.length ? [...filter.slice(0, cut), '#'] : filter };
      }),
  );
  fc.assert(
    fc.property(generalised, ({ topic, filter }) => {
      const hidden = topic[0]?.startsWith('$') === true && (filter[0] === '+' || filter[0] === '#');
      assert.equal(matches(filter, topic), !hidden);
      assert.equal(contains(filter, topic), !hidden);
      assert.equal(overlaps(filter, topic), !hidden);
    }),
    { numRuns: 1000 },
  );
});
