import assert from 'node:assert/strict';
import test from 'node:test';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { KafkaRuleSource } from '../../../../policies/source.ts';
import { policy, short } from './policies.ts';

const PATTERNS: readonly (readonly [
  about: string,
  before: KafkaRuleSource[],
  after: KafkaRuleSource[],
  changes: readonly string[],
])[] = [
  ['a shorter prefix', [topic('orders.', true)], [topic('orders', true)], ['+ orders* but orders.*']],
  ['every topic', [topic('a')], [topic('*')], ['+ * but a']],
  ['a name in a prefix', [topic('orders.', true)], [topic('orders.', true), topic('orders.x')], []],
  ['a variable', [topic('{device}.', true)], [topic('{device}.in')], ['- {device}.* but {device}.in']],
  ['addresses', [topic('a')], [{ ...topic('a'), hosts: ['10.0.0.0/8'] }], ['- a but a perhaps']],
];

function topic(name: string, prefix?: true): KafkaRuleSource {
  return { topic: name, ...(prefix && { prefix }), operations: ['write'] };
}

for (const [about, before, after, changes] of PATTERNS) {
  test(`Kafka patterns are compared as sets of names: ${about}`, () => {
    const { clients } = diffPolicies(policy({ kafka: { allow: before } }), policy({ kafka: { allow: after } }));
    const told = clients.flatMap(({ rules }) =>
      rules.filter(({ asked }) => asked.protocol === 'kafka' && asked.any !== true).map(short),
    );
    assert.deepEqual(told, changes);
    for (const { asked } of clients.flatMap(({ rules }) => rules)) {
      assert.ok(asked.protocol === 'kafka');
      assert.deepEqual(asked.operations, asked.any ? ['write'] : ['write', 'describe']);
    }
  });
}
