import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseTopicFilter, TopicFilterError } from '../../../policies/acl/topic-filter.ts';

test('filters are split into levels, empty ones included', () => {
  const cases: [string, string[]][] = [
    ['a', ['a']],
    ['/', ['', '']],
    ['a//b', ['a', '', 'b']],
    ['+', ['+']],
    ['#', ['#']],
    ['/#', ['', '#']],
    ['+/+/#', ['+', '+', '#']],
    ['$SYS/#', ['$SYS', '#']],
    ['$Share/g/a', ['$Share', 'g', 'a']],
    ['$shared/a', ['$shared', 'a']],
  ];
  for (const [text, levels] of cases) assert.deepEqual(parseTopicFilter(text), { levels }, text);
});

test('shared subscriptions give their group and the filter behind it', () => {
  assert.deepEqual(parseTopicFilter('$share/g/a/+'), { share: 'g', levels: ['a', '+'] });
  assert.deepEqual(parseTopicFilter('$share/g/#'), { share: 'g', levels: ['#'] });
  assert.deepEqual(parseTopicFilter('$share/g//'), { share: 'g', levels: ['', ''] });
  assert.deepEqual(parseTopicFilter('$share/$g/$SYS/x'), { share: '$g', levels: ['$SYS', 'x'] });
});

test('everything else is a TopicFilterError that says why', () => {
  const cases: [string, RegExp][] = [
    ['', /empty/],
    ['a\0', /U\+0000/],
    ['a\udc00', /well-formed/],
    ['a+', /\+ must be a whole level/],
    ['+a/b', /\+ must be a whole level/],
    ['++', /\+ must be a whole level/],
    ['a#', /# must be the whole last level/],
    ['#/a', /# must be the whole last level/],
    ['a/#/b', /# must be the whole last level/],
    ['a/##', /# must be the whole last level/],
    ['+#', /wildcard/],
    ['$share', /\$share\/\{group\}\/\{filter\}/],
    ['$share/', /\$share\/\{group\}\/\{filter\}/],
    ['$share/g', /\$share\/\{group\}\/\{filter\}/],
    ['$share/g/', /filter of a shared subscription is empty/],
    ['$share//a', /group/],
    ['$share/+/a', /group/],
    ['$share/g#/a', /group/],
    ['$share/#', /\$share\/\{group\}\/\{filter\}/],
    ['$share/g/$share/h/a', /another one/],
    ['$share/g/a#', /# must be/],
    ['x'.repeat(65_536), /longer than/],
    ['ä'.repeat(40_000), /longer than/],
    ['/'.repeat(65_000), /more than 128 levels/],
    [`$share/g/${'/'.repeat(128)}`, /more than 128 levels/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseTopicFilter(text),
      (error) => error instanceof TopicFilterError && message.test(error.message),
      JSON.stringify(text.slice(0, 30)),
    );
  }
});

test('a filter may be as long as the length in front of it can say', () => {
  for (const text of ['x'.repeat(65_535), `${'ä'.repeat(32_767)}x`])
    assert.equal(parseTopicFilter(text).levels[0], text);
});

test('the share prefix does not count as levels', () => {
  assert.equal(parseTopicFilter('$share/g/a/b', 2).levels.length, 2);
  assert.throws(() => parseTopicFilter('$share/g/a/b/c', 2), TopicFilterError);
  assert.throws(() => parseTopicFilter('a/b/c', 2), TopicFilterError);
});

test('property: levels joined again are the text, and nothing but a TopicFilterError is thrown', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', '+', '#', '\0', '$share/', 'g', '$', 'ä'), maxLength: 20 });
  let parsed = 0;
  fc.assert(
    fc.property(text, (filter) => {
      try {
        const { levels, share } = parseTopicFilter(filter);
        assert.equal((share === undefined ? '' : `$share/${share}/`) + levels.join('/'), filter);
        parsed++;
      } catch (error) {
        if (!(error instanceof TopicFilterError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(parsed > 100);
});
