import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { KafkaOperation } from '../../../../policies/acl/kafka-operations.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { KafkaRuleSource, PolicySource } from '../../../../policies/source.ts';
import {
  clients,
  counter,
  lint,
  merge,
  optional,
  RUNS,
  rolesOf,
  ruleIds,
  sourceOf,
  withoutRules,
} from './soundness-support.ts';

const NAMES = ['a', 'ab', 'abc', 'b', 'a{plant}', '{plant}', '{device}b'];
const OPERATIONS = ['read', 'describe', 'delete'] as const;
const HOSTS = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '192.0.2.7'];
const kafkaRule: fc.Arbitrary<KafkaRuleSource> = merge(
  fc
    .constantFrom('topic', 'group')
    .chain((type) =>
      fc.oneof(fc.constantFrom(...NAMES), fc.constant('*')).map((text) => ({ [type]: text, operations: [] })),
    ),
  fc.boolean().map((prefix) => ({ prefix })),
  fc
    .uniqueArray(fc.constantFrom(...OPERATIONS, 'all' as const), { minLength: 1 })
    .map((operations) => ({ operations })),
  optional('hosts', fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1 })),
);
const withoutPrefixedAny = kafkaRule.map(
  (rule): KafkaRuleSource => ((rule.topic ?? rule.group) === '*' ? { ...rule, prefix: false } : rule),
);

test('a Kafka allow that is shadowed allows nothing that it names, and a redundant rule can go', () => {
  const seen = counter();
  fc.assert(
    fc.property(rolesOf(withoutPrefixedAny, 'kafka'), fc.boolean(), (roles, both) => {
      const source = sourceOf(roles, both);
      const findings = lint(source);
      const dead = ruleIds(findings, 'shadowed-by-deny', seen);
      const before = kafkaAnswers(source);
      for (const { rule, operation } of before) {
        const named = ruleAt(source, rule)?.operations ?? [];
        assert.ok(!dead.has(rule) || !(named.includes(operation) || named.includes('all')), `${rule} decides`);
      }
      const without = withoutRules(source, ruleIds(findings, 'redundant-rule', seen));
      assert.deepEqual(
        kafkaAnswers(without).map(({ verdict }) => verdict),
        before.map(({ verdict }) => verdict),
      );
    }),
    RUNS,
  );
  seen.atLeast({ 'shadowed-by-deny': 50, 'redundant-rule': 100 });
});

function ruleAt({ roles }: PolicySource, id: string): KafkaRuleSource | undefined {
  const [, role = '', effect, index] = /^roles\.(\w+)\.kafka\.(\w+)\[(\d+)\]$/.exec(id) ?? [];
  return roles[role]?.kafka?.[effect as 'allow' | 'deny']?.[Number(index)];
}

function kafkaAnswers(source: PolicySource): { verdict: string; rule: string; operation: KafkaOperation }[] {
  const policy = compilePolicy(source, { version: '', cacheSlots: 16 });
  return [...clients(source)].flatMap((who) =>
    ['10.1.2.3', '10.9.9.9', '192.0.2.7', 'fd00::1'].flatMap((host) => {
      const access = policy.kafka(who, host);
      return (['topic', 'group'] as const).flatMap((type) =>
        OPERATIONS.flatMap((operation) => {
          const named = ['a', 'ab', 'abc', 'b', 'bb', 'aa', 'zz'].map((name) => access.explain(operation, type, name));
          // By type a rule is told even where it only stands for others: its verdict counts, its name does not.
          const byType = { ...access.explainByType(operation, type), ruleId: '' };
          return [...named, byType].map(({ verdict, ruleId }) => ({
            verdict,
            rule: verdict === 'allow' ? ruleId : '',
            operation,
          }));
        }),
      );
    }),
  );
}
