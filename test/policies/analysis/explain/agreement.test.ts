import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Explanation, explain } from '../../../../policies/analysis/explain/explain.ts';
import type { RuleLook } from '../../../../policies/analysis/explain/rule-look.ts';
import type { PolicyRequest } from '../../../../policies/analysis/policy-test/request.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { KafkaRuleSource, MqttRuleSource } from '../../../../policies/source.ts';
import { clients, merge, mqttRolesOf, optional, RUNS, rolesOf, sourceOf } from '../lint/soundness-support.ts';

const TOPICS = ['a', 'a/b', 'b/a', 'b/b/b', 'xa/b', '$a/b'];
const FILTERS = [...TOPICS, '#', '+/#', 'a/#', '+/b', '$share/g/a/+'];
const qos = optional('qos', fc.uniqueArray(fc.constantFrom(0, 1, 2), { minLength: 1 }));
const filter = fc.constantFrom('a/#', '#', '+/b', 'a/b', '{plant}/{device}', 'x{plant}/+', '$a/#', 'b/{device}/#');
const mqttRule: fc.Arbitrary<MqttRuleSource> = fc.oneof(
  merge(
    fc.constantFrom('publish', 'will').chain((key) => filter.map((text) => ({ [key]: text }))),
    qos,
    optional('retain', fc.boolean()),
    optional('size', fc.constantFrom(5, 9)),
  ),
  merge(
    filter.map((subscribe) => ({ subscribe })),
    qos,
  ),
  filter.map((receive) => ({ receive })),
);

const REQUESTS: readonly PolicyRequest[] = [
  ...TOPICS.flatMap((topic) =>
    [0, 2].flatMap((quality) =>
      [false, true].flatMap((retain): PolicyRequest[] => [
        { action: 'publish', topic, qos: quality, retain },
        { action: 'publish', topic, qos: quality, retain, size: 7 },
        { action: 'will', topic, qos: quality, retain, size: 7 },
      ]),
    ),
  ),
  ...TOPICS.map((topic): PolicyRequest => ({ action: 'receive', topic })),
  ...FILTERS.flatMap((text) =>
    [0, 1, 2].map((quality): PolicyRequest => ({ action: 'subscribe', filter: text, qos: quality })),
  ),
];

test('what is said of single MQTT rules never disagrees with the verdict', () => {
  const seen = { allow: 0, deny: 0, default: 0 };
  fc.assert(
    fc.property(mqttRolesOf(mqttRule), fc.boolean(), (roles, both) => {
      const source = sourceOf(roles, both);
      const policy = compilePolicy(source, { version: '', cacheSlots: 16 });
      for (const who of clients(source)) {
        for (const request of REQUESTS) {
          const explanation = explain(policy, source, who, request, 32);
          agrees(explanation);
          seen[explanation.decision.ruleId === 'default-deny' ? 'default' : explanation.decision.verdict]++;
        }
      }
    }),
    { ...RUNS, numRuns: 100 },
  );
  for (const [verdict, count] of Object.entries(seen)) assert.ok(count > 500, `${verdict}: ${count}`);
});

const KAFKA_REQUESTS: readonly PolicyRequest[] = ['a', 'b', 'a-b', 'ab', '*'].flatMap((name) =>
  (['read', 'describe', 'write'] as const).flatMap((operation) =>
    ['10.0.0.1', '192.0.2.1', ''].flatMap((host): PolicyRequest[] => [
      { action: 'kafka', operation, type: 'topic', name, host },
      { action: 'kafka', operation: 'describe', type: 'cluster', name: '', host },
    ]),
  ),
);
const kafkaRule: fc.Arbitrary<KafkaRuleSource> = fc.oneof(
  merge(
    fc.constantFrom('a', '{plant}', 'a-{device}', 'b').map((topic) => ({ topic })),
    optional('prefix', fc.boolean()),
    operations(['read', 'write', 'describe', 'all']),
    optional('hosts', fc.constantFrom(['10.0.0.0/8'], ['192.0.2.1'])),
  ),
  merge(fc.constant({ topic: '*' }), operations(['read', 'all'])),
  merge(fc.constant({ cluster: true }), operations(['describe', 'alter'])),
);

function operations(names: readonly string[]) {
  return fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }).map((list) => ({ operations: list }));
}

test('what is said of single Kafka rules never disagrees with the verdict', () => {
  const seen = { allow: 0, deny: 0, default: 0 };
  fc.assert(
    fc.property(rolesOf(kafkaRule, 'kafka'), fc.boolean(), (roles, both) => {
      const source = sourceOf(roles, both);
      const policy = compilePolicy(source, { version: '', cacheSlots: 16 });
      for (const who of clients(source)) {
        for (const request of KAFKA_REQUESTS) {
          const explanation = explain(policy, source, who, request, 32);
          agrees(explanation);
          seen[explanation.decision.ruleId === 'default-deny' ? 'default' : explanation.decision.verdict]++;
        }
      }
    }),
    { ...RUNS, numRuns: 100 },
  );
  for (const [verdict, count] of Object.entries(seen)) assert.ok(count > 500, `${verdict}: ${count}`);
});

/** Deny wins, an allow is needed: from the looks alone follows the verdict. */
function agrees({ request, decision, granted, rules }: Explanation): void {
  const words = JSON.stringify({ request, decision, rules });
  const deciding = rules.filter(({ outcome }) => outcome === 'decides');
  if (decision.ruleId === 'default-deny') assert.deepEqual(deciding, [], words);
  else assert.deepEqual([...new Set(deciding.map(({ path }) => path))], [decision.ruleId], words);
  const would = rules.filter(({ outcome }) => outcome === 'would-decide').map(({ path }) => path);
  const refusing = decision.shadow === undefined ? [] : [decision.shadow.ruleId];
  assert.deepEqual([...new Set(would)], refusing, words);
  if (request.action === 'subscribe') {
    if (decision.verdict === 'allow')
      assert.ok(
        rules.some((rule) => rule.effect === 'allow' && holds(rule)),
        words,
      );
    else if (!rules.some((rule) => rule.effect === 'deny' && !rule.shadow && holds(rule))) {
      assert.ok(!rules.some((rule) => rule.effect === 'allow' && holds(rule)), words);
    }
    const unhindered = rules.every(({ effect, outcome, shadow }) => effect === 'allow' || outcome === 'no' || shadow);
    const whole = rules.some((rule) => rule.effect === 'allow' && rule.reason === 'holds the whole filter');
    if (unhindered && whole) assert.equal(granted, request.qos, words);
    return;
  }
  const denied = rules.some((rule) => rule.effect === 'deny' && !rule.shadow && holds(rule));
  const allowed = rules.some((rule) => rule.effect === 'allow' && holds(rule));
  assert.equal(decision.verdict, allowed && !denied ? 'allow' : 'deny', words);
}

/** By its own words: that a verdict names the rule is not enough, it may be a near miss. */
function holds({ reason }: RuleLook): boolean {
  return /^(holds this (topic|cluster)|holds the whole filter(, up to QoS \d)?|overlaps the filter|cannot be filled for this client, so it denies.*)$/.test(
    reason,
  );
}
