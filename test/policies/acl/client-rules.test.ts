import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ClientRules, RoleRules } from '../../../policies/acl/client-rules.ts';
import { decideDelivery, decideMessage, decideSubscription } from '../../../policies/acl/decide.ts';
import { contains, overlaps } from '../../../policies/acl/filter-algebra.ts';
import { FilterIndex } from '../../../policies/acl/filter-index.ts';
import { bindRules, compileRules, type Rule } from '../../../policies/acl/rules.ts';
import type { MqttRuleSource } from '../../../policies/source.ts';

const RUNS = 400;

const word = fc.constantFrom('a', 'b', '$x', '');
const topics = fc.array(word, { minLength: 1, maxLength: 4 }).filter((levels) => levels.join('/') !== '');
const filters = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { maxLength: 3 }), fc.constantFrom('#', 'a', ''))
  .map(([levels, last]) => [...levels, last])
  .filter((levels) => levels.join('/') !== '');
/** As a rule states them, some with a variable that not every client has. */
const texts = fc
  .tuple(filters, fc.constantFrom('', '', '', '{v}/', '{w}/'))
  .map(([levels, variable]) => variable + levels.join('/'));

const rules: fc.Arbitrary<MqttRuleSource> = fc
  .record(
    {
      action: fc.constantFrom('publish', 'subscribe', 'receive', 'will'),
      text: texts,
      qos: fc.constantFrom<readonly (0 | 1 | 2)[]>([0], [1, 2]),
      size: fc.constantFrom(10, 20),
    },
    { requiredKeys: ['action', 'text'] },
  )
  .map(({ action, text, ...narrowed }) => ({ [action]: text, ...narrowed }));

/** More rules than are looked at one by one. */
const roles = fc.record({
  allow: fc.array(rules, { maxLength: 24 }),
  deny: fc.array(rules, { maxLength: 12 }),
  denyOverlap: fc.constantFrom('reject' as const, 'filter' as const),
});

test('a client with many rules is answered as if each of them were looked at', () => {
  fc.assert(
    fc.property(
      fc.array(roles, { minLength: 1, maxLength: 2 }),
      fc.constantFrom<Record<string, string>>({ v: 'a' }, { v: 'b', w: 'a' }),
      fc.array(topics, { minLength: 4, maxLength: 8 }),
      fc.array(filters, { minLength: 4, maxLength: 8 }),
      fc.constantFrom(0, 1, 2),
      fc.boolean(),
      (sources, variables, asked, subscriptions, qos, retain) => {
        const compiled: Rule[][] = [];
        for (const source of sources) compiled.push(compileRules('r', source, compiled.flat().length));
        const all = bindRules(compiled.flat(), variables);
        const found = new ClientRules(
          compiled.map((own) => new RoleRules('r', own, new Set())),
          variables,
        );
        for (const topic of asked) {
          for (const action of ['publish', 'will'] as const) {
            assert.deepEqual(
              decideMessage(found.forTopic(action, topic), topic, qos, retain, 15),
              decideMessage(all[action], topic, qos, retain, 15),
            );
          }
          const delivery = decideDelivery(found.forTopic('receive', topic), topic);
          assert.deepEqual(delivery, decideDelivery(all.receive, topic));
        }
        for (const filter of subscriptions) {
          const answer = decideSubscription(found.forFilter(filter), filter, qos);
          assert.deepEqual(answer, decideSubscription(all.subscribe, filter, qos));
        }
        const granted = all.will.allow.map(({ rule }) => rule);
        assert.equal(
          found.qosMask,
          granted.reduce((mask, rule) => mask | rule.qosMask, 0),
        );
        assert.equal(
          found.retained,
          granted.some((rule) => rule.retain !== false),
        );
      },
    ),
    { numRuns: RUNS },
  );
});

test('of many filters those are found that hold a filter or touch it, in their order', () => {
  fc.assert(
    fc.property(fc.array(filters, { minLength: 9, maxLength: 40 }), filters, (many, asked) => {
      const all = many.map((levels, at) => ({ levels, at }));
      const index = new FilterIndex(all);
      const holding = index.holding(asked).filter(({ levels }) => contains(levels, asked));
      assert.deepEqual(
        holding,
        all.filter(({ levels }) => contains(levels, asked)),
      );
      const touching = index.overlapping(asked).filter(({ levels }) => overlaps(levels, asked));
      assert.deepEqual(
        touching,
        all.filter(({ levels }) => overlaps(levels, asked)),
      );
    }),
    { numRuns: RUNS },
  );
});

test('what is asked of ten thousand filters is held against the few that fit', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => ({ levels: ['plant', `p-${i}`, i % 2 === 0 ? '#' : '+'] }));
  const index = new FilterIndex(all);
  assert.deepEqual(index.holding(['plant', 'p-7', 'x']), [all[7]]);
  assert.deepEqual(index.overlapping(['plant', 'p-8', '+']), [all[8]]);
  assert.deepEqual(index.holding(['plant', 'q', 'x']), []);
});
