import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { KafkaRequest } from '../../../../policies/analysis/policy-test/request.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { KafkaRuleSource } from '../../../../policies/source.ts';
import type { Identified, Policy } from '../../../../policies/types.ts';
import { merge, optional, RUNS } from '../lint/soundness-support.ts';
import { FRESH, pairs } from './pairs.ts';
import { provesDiff } from './soundness.ts';
import { coversKafka } from './support.ts';

const OPERATIONS = ['read', 'write', 'describe'] as const;
const kafkaRule: fc.Arbitrary<KafkaRuleSource> = fc.oneof(
  merge(
    fc.constantFrom('a', 'b', '{plant}', 'a-{device}', '{plant}-', 'x').map((topic) => ({ topic })),
    optional('prefix', fc.boolean()),
    operations(['read', 'write', 'describe', 'all']),
    optional('hosts', fc.constantFrom(['10.0.0.0/8'], ['10.1.0.0/16'], ['192.0.2.1'])),
  ),
  merge(fc.constant({ topic: '*' }), operations(['read', 'all'])),
  merge(fc.constant({ cluster: true }), operations(['describe', 'alter'])),
);

function operations(names: readonly string[]) {
  return fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }).map((list) => ({ operations: list }));
}

const KAFKA_QUESTIONS: readonly KafkaRequest[] = ['10.1.2.3', '10.2.3.4', '192.0.2.1', '2001:db8::1'].flatMap(
  (host) => [
    ...['a', 'b', 'ab', 'a-b', 'b-a', 'xy', '*'].flatMap((name) =>
      OPERATIONS.map((operation) => ({ action: 'kafka', operation, type: 'topic', name, host }) as const),
    ),
    { action: 'kafka', operation: 'describe', type: 'cluster', name: '', host } as const,
  ],
);

test('a Kafka verdict changes for a request exactly where the diff says so, whatever the values of variables', () => {
  provesDiff(pairs(kafkaRule, 'kafka'), { questions: KAFKA_QUESTIONS, allowed, covers: coversKafka });
});

test('whether any topic may be written to (KIP-679) changes just where the diff says so', () => {
  const seen = { changed: 0, same: 0 };
  const plain = kafkaRule.map(({ hosts: _, ...rule }) => rule);
  fc.assert(
    fc.property(pairs(plain, 'kafka'), ([before, after]) => {
      const { clients: changed } = diffPolicies(before, after);
      const [old, now] = [compilePolicy(before, { version: '' }), compilePolicy(after, { version: '' })];
      for (const { name, roles } of before.identities) {
        const who: Identified = {
          ok: true,
          identity: name,
          principal: name,
          roles,
          variables: FRESH,
          limits: {},
        };
        const changes = changed.filter(({ identities }) => identities.includes(name)).flatMap(({ rules }) => rules);
        const [was, is] = [old, now].map((policy) => policy.kafka(who, '').authorizeByType('write', 'topic') > 0);
        const found = changes.filter(
          ({ asked }) =>
            asked.protocol === 'kafka' && asked.any && asked.type === 'topic' && asked.operations.includes('write'),
        );
        const expected = was === is ? [] : [is ? 'widened' : 'narrowed'];
        assert.deepEqual(
          found.map(({ direction }) => direction),
          expected,
          JSON.stringify({ before, after }),
        );
        seen[was === is ? 'same' : 'changed']++;
      }
    }),
    RUNS,
  );
  assert.ok(seen.changed > 100 && seen.same > 100, JSON.stringify(seen));
});

function allowed(policy: Policy, who: Identified, { operation, type, name, host }: KafkaRequest): boolean {
  return policy.kafka(who, host).authorize(operation, type, type === 'cluster' ? 'kafka-cluster' : name) > 0;
}
