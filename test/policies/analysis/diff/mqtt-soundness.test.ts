import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { MqttRuleSource } from '../../../../policies/source.ts';
import type { Identified, Policy } from '../../../../policies/types.ts';
import { merge, optional, RUNS } from '../lint/soundness-support.ts';
import { FRESH, mqttPairs } from './pairs.ts';
import { provesDiff } from './soundness.ts';
import { coversMqtt, type MqttQuestion } from './support.ts';

const TOPICS = ['a', 'b', 'a/a', 'a/b', 'b/a', 'b/b', 'b/b/b', 'xa/b', '$a', '$a/b', 'c/a'];
const FILTERS = [...TOPICS, '#', '+', '+/#', 'a/#', '+/b', 'a/+', 'c/#', '$a/#'];
const QOS = [0, 1, 2] as const;
const SIZES = [0, 10, 11, 1000];
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
      QOS.flatMap((quality) =>
        [false, true].flatMap((retain) => SIZES.map((size) => ({ action, text, qos: quality, retain, size }))),
      ),
    ),
  ),
  ...TOPICS.map((text) => ({ action: 'receive', text, qos: 0, retain: false }) as const),
  ...FILTERS.flatMap((text) =>
    QOS.map((quality) => ({ action: 'subscribe', text, qos: quality, retain: false }) as const),
  ),
];

test('an MQTT verdict changes for a request exactly where the diff says so, whatever the values of variables', () => {
  provesDiff(mqttPairs(mqttRule), { questions: QUESTIONS, allowed, covers: coversMqtt });
});

/** Of a subscription: is it granted just what it asks for? What it is granted at most follows. */
function allowed(policy: Policy, who: Identified, { action, text, qos: quality, retain, size }: MqttQuestion): boolean {
  const access = policy.mqtt(who);
  switch (action) {
    case 'publish':
      return access.explainPublish(text, quality, retain, size).verdict === 'allow';
    case 'will':
      return access.will(text, quality, retain, size).decision.verdict === 'allow';
    case 'receive':
      return access.explainReceive(text).verdict === 'allow';
    case 'subscribe': {
      const { decision, qos: granted } = access.subscribe(text, quality);
      return decision.verdict === 'allow' && granted === quality;
    }
  }
}

test('a change that is certain is one for a client whose values occur nowhere else', () => {
  const seen = { certain: 0 };
  fc.assert(
    fc.property(mqttPairs(mqttRule), ([before, after]) => {
      for (const { rules } of diffPolicies(before, after).clients) {
        for (const change of rules) {
          if (!change.certain || change.asked.protocol !== 'mqtt') continue;
          const texts = [...witnesses(change.resource ?? ''), ...witnesses(change.within.text)];
          for (const one of change.asked.cases) {
            const found = texts.some((text) => coversMqtt(change, { ...one, text, size: one.sizes?.from ?? 0 }, FRESH));
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
  if (levels.at(-1) !== '#') return [levels.join('/'), filled];
  const parent = levels.slice(0, -1);
  const deeper = [0, 1, 2, 3, 4].map((depth) => [...parent, ...new Array<string>(depth).fill('any')].join('/'));
  return [...deeper.filter((text) => text !== ''), filled];
}
