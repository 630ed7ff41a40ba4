import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { diffPolicies } from '../../../policies/diff/diff-policies.ts';
import type { RuleChange } from '../../../policies/diff/rule-change.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import type { KafkaRequest } from '../../../policies/policy-test/answer.ts';
import type { KafkaRuleSource, MqttRuleSource, PolicySource, RoleSource } from '../../../policies/source.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import { clients, merge, optional, RUNS, rolesOf, sourceOf } from '../lint/soundness-support.ts';
import { coversKafka, coversMqtt, type MqttQuestion } from './support.ts';

const TOPICS = ['a', 'b', 'a/a', 'a/b', 'b/a', 'b/b', 'b/b/b', 'xa/b', '$a', '$a/b', 'c/a'];
const FILTERS = [...TOPICS, '#', '+', '+/#', 'a/#', '+/b', 'a/+', 'c/#', '$a/#'];
const QOS = [0, 1, 2] as const;
const filter = fc.constantFrom(
  ...[
    '#',
    '+',
    'a/#',
    '+/b',
    'a/b',
    'b/#',
    'c/#',
    '{plant}/{device}',
    '{device}/#',
    'x{plant}/+',
    '$a/#',
    'a/{device}',
    '+/+',
    'a',
    'a/+/#',
  ],
);
const qos = optional('qos', fc.uniqueArray(fc.constantFrom(...QOS), { minLength: 1 }));
const mqttRule: fc.Arbitrary<MqttRuleSource> = fc.oneof(
  merge(
    fc.constantFrom('publish', 'will').chain((key) => filter.map((text) => ({ [key]: text }))),
    qos,
    optional('retain', fc.boolean()),
  ),
  merge(
    filter.map((subscribe) => ({ subscribe })),
    qos,
  ),
  filter.map((receive) => ({ receive })),
);

const QUESTIONS: readonly MqttQuestion[] = [
  ...TOPICS.flatMap((text) =>
    (['publish', 'will'] as const).flatMap((action) =>
      QOS.flatMap((quality) => [false, true].map((retain) => ({ action, text, qos: quality, retain }))),
    ),
  ),
  ...TOPICS.map((text) => ({ action: 'receive', text, qos: 0, retain: false }) as const),
  ...FILTERS.flatMap((text) =>
    QOS.map((quality) => ({ action: 'subscribe', text, qos: quality, retain: false }) as const),
  ),
];

/** A policy, and one in which some lists of rules are others. */
function pairs<T>(
  rule: fc.Arbitrary<T>,
  section: 'mqtt' | 'kafka',
): fc.Arbitrary<readonly [PolicySource, PolicySource]> {
  const roles = rolesOf(rule, section);
  const keep = fc.record({ allow: fc.boolean(), deny: fc.boolean() });
  return fc.tuple(roles, roles, keep, keep, fc.boolean()).map(([old, other, r, s, both]) => {
    const mixed = (role: 'r' | 's', kept: { allow: boolean; deny: boolean }) => {
      const [was, is] = [old[role]?.[section], other[role]?.[section]];
      return { [section]: { allow: (kept.allow ? was : is)?.allow, deny: (kept.deny ? was : is)?.deny } } as RoleSource;
    };
    return [sourceOf(old, both), sourceOf({ r: mixed('r', r), s: mixed('s', s) }, both)] as const;
  });
}

test('an MQTT verdict changes for a request exactly where the diff says so, whatever the values of variables', () => {
  const seen = { widened: 0, narrowed: 0, same: 0 };
  fc.assert(
    fc.property(pairs(mqttRule, 'mqtt'), ([before, after]) => {
      const { clients: changed, widens, narrows } = diffPolicies(before, after);
      const [old, now] = [
        compilePolicy(before, { version: '', cacheSlots: 1 }),
        compilePolicy(after, { version: '', cacheSlots: 1 }),
      ];
      for (const who of clients(before)) {
        const changes = changed
          .filter(({ identities }) => identities.includes(who.identity))
          .flatMap(({ rules }) => rules);
        for (const question of QUESTIONS) {
          const [was, is] = [allowed(old, who, question), allowed(now, who, question)];
          const words = JSON.stringify({ question, variables: who.variables, was, is, before, after, changes });
          const said = (direction: RuleChange['direction']) =>
            changes.some((one) => one.direction === direction && coversMqtt(one, question, who.variables));
          assert.equal(said('widened'), is && !was, words);
          assert.equal(said('narrowed'), was && !is, words);
          seen[is === was ? 'same' : is ? 'widened' : 'narrowed']++;
          if (is !== was) assert.ok(is ? widens : narrows, words);
        }
      }
    }),
    { ...RUNS, numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 1000, `${what}: ${count}`);
});

/** Of a subscription: is it granted just what it asks for? What it is granted at most follows. */
function allowed(policy: Policy, who: Identified, { action, text, qos: quality, retain }: MqttQuestion): boolean {
  const access = policy.mqtt(who);
  switch (action) {
    case 'publish':
      return access.explainPublish(text, quality, retain).verdict === 'allow';
    case 'will':
      return access.will(text, quality, retain).decision.verdict === 'allow';
    case 'receive':
      return access.explainReceive(text).verdict === 'allow';
    case 'subscribe': {
      const { decision, qos: granted } = access.subscribe(text, quality);
      return decision.verdict === 'allow' && granted === quality;
    }
  }
}

/** Of no rule and of no other value. */
const FRESH = { plant: 'fresh-plant', device: 'fresh-device' };

test('a change that is certain is one for a client whose values occur nowhere else', () => {
  const seen = { certain: 0 };
  fc.assert(
    fc.property(pairs(mqttRule, 'mqtt'), ([before, after]) => {
      for (const { rules } of diffPolicies(before, after).clients) {
        for (const change of rules) {
          if (!change.certain || change.asked.protocol !== 'mqtt') continue;
          const texts = witnesses(change.resource ?? '');
          for (const one of change.asked.cases) {
            const found = texts.some((text) => coversMqtt(change, { ...one, text }, FRESH));
            assert.ok(found, JSON.stringify({ change, one, before, after }));
            seen.certain++;
          }
        }
      }
    }),
    RUNS,
  );
  assert.ok(seen.certain > 1000, `${seen.certain}`);
});

/** Topics of a filter, at every depth that rules tell apart, and the filter. */
function witnesses(filterText: string): string[] {
  const filled = filterText.replace('{plant}', FRESH.plant).replace('{device}', FRESH.device);
  const levels = filled.split('/').map((level) => (level === '+' ? 'any' : level));
  if (levels.at(-1) !== '#') return [levels.join('/')];
  const parent = levels.slice(0, -1);
  const deeper = [0, 1, 2, 3, 4].map((depth) => [...parent, ...new Array<string>(depth).fill('any')].join('/'));
  return [...deeper.filter((text) => text !== ''), filled];
}

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
  const seen = { widened: 0, narrowed: 0, same: 0 };
  fc.assert(
    fc.property(pairs(kafkaRule, 'kafka'), ([before, after]) => {
      const { clients: changed, widens, narrows } = diffPolicies(before, after);
      const [old, now] = [
        compilePolicy(before, { version: '', cacheSlots: 1 }),
        compilePolicy(after, { version: '', cacheSlots: 1 }),
      ];
      for (const who of clients(before)) {
        const changes = changed
          .filter(({ identities }) => identities.includes(who.identity))
          .flatMap(({ rules }) => rules);
        for (const question of KAFKA_QUESTIONS) {
          const { operation, type, name, host } = question;
          const ask = (policy: Policy) =>
            policy.kafka(who, host).authorize(operation, type, type === 'cluster' ? 'kafka-cluster' : name) > 0;
          const [was, is] = [ask(old), ask(now)];
          const words = JSON.stringify({ question, variables: who.variables, was, is, before, after, changes });
          const said = (direction: RuleChange['direction']) =>
            changes.some(
              (one) => one.direction === direction && coversKafka(one, question, who.variables, { before, after }),
            );
          assert.equal(said('widened'), is && !was, words);
          assert.equal(said('narrowed'), was && !is, words);
          seen[is === was ? 'same' : is ? 'widened' : 'narrowed']++;
          if (is !== was) assert.ok(is ? widens : narrows, words);
        }
      }
    }),
    { ...RUNS, numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 1000, `${what}: ${count}`);
});

test('whether any resource of a type is allowed (KIP-679) changes just where the diff says so', () => {
  const seen = { changed: 0, same: 0 };
  const plain = kafkaRule.map(({ hosts: _, ...rule }) => rule);
  fc.assert(
    fc.property(pairs(plain, 'kafka'), ([before, after]) => {
      const { clients: changed } = diffPolicies(before, after);
      const [old, now] = [compilePolicy(before, { version: '' }), compilePolicy(after, { version: '' })];
      for (const { name, roles } of before.identities) {
        const who: Identified = { ok: true, identity: name, principal: name, roles, variables: FRESH, limits: { onExceed: 'throttle' } };
        const changes = changed.filter(({ identities }) => identities.includes(name)).flatMap(({ rules }) => rules);
        for (const operation of OPERATIONS) {
          const [was, is] = [old, now].map((policy) => policy.kafka(who, '').authorizeByType(operation, 'topic') > 0);
          const found = changes.filter(
            ({ asked }) => asked.protocol === 'kafka' && asked.any && asked.type === 'topic' && asked.operations.includes(operation),
          );
          const expected = was === is ? [] : [is ? 'widened' : 'narrowed'];
          assert.deepEqual(found.map(({ direction }) => direction), expected, JSON.stringify({ before, after }));
          seen[was === is ? 'same' : 'changed']++;
        }
      }
    }),
    RUNS,
  );
  assert.ok(seen.changed > 200 && seen.same > 200, JSON.stringify(seen));
});
