import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULT_DENY, PERMIT_FIRST_RULE } from '../../../policies/decision.ts';
import type { KafkaRuleSource } from '../../../policies/source.ts';
import type { KafkaOperation } from '../../../policies/types.ts';
import { kafkaAccessOf } from './kafka-support.ts';

const lit = (topic: string, ...operations: KafkaRuleSource['operations']): KafkaRuleSource => ({ topic, operations });
const pre = (topic: string, ...operations: KafkaRuleSource['operations']): KafkaRuleSource => ({
  ...lit(topic, ...operations),
  prefix: true,
});

interface Case {
  readonly what: string;
  readonly allow?: readonly KafkaRuleSource[];
  readonly deny?: readonly KafkaRuleSource[];
  /** Default: write. */
  readonly operation?: KafkaOperation;
  /** The deciding rule, `allow[0]`. */
  readonly by: string;
}

const CASES: readonly Case[] = [
  { what: 'no rule', by: DEFAULT_DENY },
  { what: 'a literal', allow: [lit('a', 'write')], by: 'allow[0]' },
  { what: 'a prefix', allow: [pre('a', 'write')], by: 'allow[0]' },
  { what: 'the wildcard', allow: [lit('*', 'write')], by: 'allow[0]' },
  { what: 'all holds every operation', allow: [lit('a', 'all')], by: 'allow[0]' },
  { what: 'another operation', allow: [lit('a', 'read')], by: DEFAULT_DENY },
  { what: 'a rule of another type', allow: [{ group: 'a', operations: ['all'] }], by: DEFAULT_DENY },
  { what: 'no implication of a literal', allow: [lit('a', 'write')], operation: 'describe', by: DEFAULT_DENY },
  { what: 'no implication of a prefix', allow: [pre('a', 'write')], operation: 'describe', by: DEFAULT_DENY },
  { what: 'the probe: the wildcard implies', allow: [lit('*', 'write')], operation: 'describe', by: 'allow[0]' },
  {
    what: 'the probe: the name itself implies',
    allow: [lit('hardcode', 'read')],
    operation: 'describe',
    by: 'allow[0]',
  },
  { what: 'the probe: a begin of it implies', allow: [pre('hard', 'read')], operation: 'describe', by: 'allow[0]' },
  { what: 'a deny of the wildcard', allow: [lit('a', 'write')], deny: [lit('*', 'write')], by: 'deny[0]' },
  { what: 'a deny of the wildcard with all', allow: [lit('*', 'write')], deny: [lit('*', 'all')], by: 'deny[0]' },
  { what: 'a deny of another operation', allow: [lit('a', 'write')], deny: [lit('*', 'read')], by: 'allow[0]' },
  {
    what: 'the wildcard, and a deny of the probe',
    allow: [lit('*', 'write')],
    deny: [lit('hardcode', 'all')],
    by: 'allow[0]',
  },
  { what: 'the wildcard, and denies of much', allow: [lit('*', 'write')], deny: [pre('h', 'write')], by: 'allow[0]' },
  { what: 'a literal under the same literal', allow: [lit('a', 'write')], deny: [lit('a', 'write')], by: 'deny[0]' },
  { what: 'a literal beside another literal', allow: [lit('a', 'write')], deny: [lit('b', 'write')], by: 'allow[0]' },
  { what: 'a literal under a shorter prefix', allow: [lit('ab', 'write')], deny: [pre('a', 'write')], by: 'deny[0]' },
  {
    what: 'a literal under the prefix of its name',
    allow: [lit('a', 'write')],
    deny: [pre('a', 'all')],
    by: 'deny[0]',
  },
  { what: 'a literal and a longer prefix', allow: [lit('a', 'write')], deny: [pre('ab', 'write')], by: 'allow[0]' },
  { what: 'a prefix under the same prefix', allow: [pre('a', 'write')], deny: [pre('a', 'write')], by: 'deny[0]' },
  { what: 'a prefix under a shorter one', allow: [pre('abc', 'write')], deny: [pre('a', 'write')], by: 'deny[0]' },
  { what: 'a prefix over a longer one', allow: [pre('a', 'write')], deny: [pre('ab', 'write')], by: 'allow[0]' },
  {
    what: 'a prefix and the literal of its name',
    allow: [pre('a', 'write')],
    deny: [lit('a', 'write')],
    by: 'allow[0]',
  },
  {
    what: 'the wildcard implies no more than the probe',
    allow: [lit('*', 'write')],
    deny: [lit('hardcode', 'describe')],
    operation: 'describe',
    by: DEFAULT_DENY,
  },
  {
    what: 'one of several is not covered',
    allow: [lit('aa', 'write'), pre('ab', 'write'), lit('b', 'write')],
    deny: [pre('a', 'write')],
    by: 'allow[2]',
  },
  {
    what: 'all of several are covered',
    allow: [lit('aa', 'write'), pre('ab', 'write'), lit('b', 'all')],
    deny: [pre('a', 'write'), lit('b', 'write')],
    by: 'deny[0]',
  },
  {
    what: 'an operation that a rule in front of it only implies',
    allow: [lit('a', 'write'), lit('a', 'describe')],
    operation: 'describe',
    by: 'allow[0]',
  },
];

for (const { what, allow = [], deny = [], operation = 'write', by } of CASES) {
  test(`any topic: ${what}`, () => {
    const access = kafkaAccessOf({ erp: { allow, deny } });
    const decision = access.explainByType(operation, 'topic');
    assert.equal(decision.ruleId, by === DEFAULT_DENY ? by : `roles.erp.kafka.${by}`);
    assert.equal(decision.verdict, by.startsWith('allow') ? 'allow' : 'deny');
    assert.deepEqual([decision.action, decision.resource], [operation, 'topic:*']);
    const index = Number(/^allow\[(\d+)\]$/.exec(by)?.[1] ?? Number.NaN);
    const permit = Number.isNaN(index) ? 0 : PERMIT_FIRST_RULE + index;
    for (const round of [1, 2]) assert.equal(access.authorizeByType(operation, 'topic'), permit, `round ${round}`);
  });
}

test('any resource: each type and operation has its own answer', () => {
  const access = kafkaAccessOf({
    erp: {
      allow: [
        { group: 'g', operations: ['read', 'describe'] },
        { cluster: true, operations: ['create'] },
      ],
    },
  });
  assert.ok(access.authorizeByType('read', 'group') > 0);
  assert.ok(access.authorizeByType('create', 'cluster') > 0);
  assert.equal(access.authorizeByType('read', 'topic'), 0);
  assert.ok(access.authorizeByType('describe', 'group') > 0);
  assert.equal(access.authorizeByType('delete', 'group'), 0);
  assert.equal(access.explainByType('create', 'cluster').resource, 'cluster');
});
