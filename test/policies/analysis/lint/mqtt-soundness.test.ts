import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { MqttRuleSource, PolicySource } from '../../../../policies/source.ts';
import {
  clients,
  counter,
  lint,
  merge,
  mqttRolesOf,
  optional,
  RUNS,
  ruleIds,
  sourceOf,
  withoutRules,
} from './soundness-support.ts';

const LEVELS = ['a', 'b', '{plant}', '{device}', '+', 'x{plant}'];
const TOPICS = ['a', 'b', 'a/a', 'a/b', 'b/a', 'b/b', 'a/b/a', 'b/b/b', 'xa/b', 'a/xa', '$a', '$a/b', 'b/xb/a'];
const FILTERS = [...TOPICS, '#', '+', '+/#', 'a/#', '+/b', 'a/+', '$a/#'];
const QOS = [0, 1, 2] as const;
/** Payloads of messages, and all but the first the sizes of rules. */
const SIZES = [0, 5, 9] as const;
const filter = fc
  .tuple(
    fc.array(fc.constantFrom(...LEVELS), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/#'),
    fc.constantFrom('', '$a/'),
  )
  .map(([levels, end, begin]) =>
    begin === '' ? `${levels.join('/')}${end}` : `${begin}${levels.slice(1).join('/')}`.replace(/\/$/, '') + end,
  );
const qos = optional('qos', fc.uniqueArray(fc.constantFrom(...QOS), { minLength: 1 }));
const mqttRule: fc.Arbitrary<MqttRuleSource> = fc.oneof(
  merge(
    fc.constantFrom('publish', 'will').chain((key) => filter.map((text) => ({ [key]: text }))),
    qos,
    optional('retain', fc.boolean()),
    optional('size', fc.constantFrom(...SIZES.slice(1))),
  ),
  merge(
    filter.map((subscribe) => ({ subscribe })),
    qos,
  ),
  filter.map((receive) => ({ receive })),
);

test('an MQTT allow that is shadowed allows nothing, and a redundant rule can go', () => {
  const seen = counter();
  fc.assert(
    fc.property(mqttRolesOf(mqttRule), fc.boolean(), (roles, both) => {
      const source = sourceOf(roles, both);
      const findings = lint(source);
      const dead = ruleIds(findings, 'shadowed-by-deny', seen);
      const before = mqttAnswers(source);
      for (const { rule } of before) assert.ok(!dead.has(rule), `${rule} decides`);
      const without = withoutRules(source, ruleIds(findings, 'redundant-rule', seen));
      assert.deepEqual(
        mqttAnswers(without).map(({ verdict }) => verdict),
        before.map(({ verdict }) => verdict),
      );
    }),
    RUNS,
  );
  seen.atLeast({ 'shadowed-by-deny': 50, 'redundant-rule': 100 });
});

function mqttAnswers(source: PolicySource): { verdict: string; rule: string }[] {
  const policy = compilePolicy(source, { version: '', cacheSlots: 16 });
  return [...clients(source)].flatMap((who) => {
    const access = policy.mqtt(who);
    const messages = TOPICS.flatMap((topic) =>
      QOS.flatMap((q) =>
        [true, false].flatMap((retain) =>
          SIZES.flatMap((size) => [
            access.explainPublish(topic, q, retain, size),
            access.will(topic, q, retain, size).decision,
          ]),
        ),
      ),
    );
    const answers = [...messages, ...TOPICS.map((topic) => access.explainReceive(topic))].map(
      ({ verdict, ruleId }) => ({ verdict: String(verdict), rule: verdict === 'allow' ? ruleId : '' }),
    );
    const granted = FILTERS.flatMap((text) => QOS.map((q) => access.subscribe(text, q)));
    return [
      ...answers,
      ...granted.map(({ decision, qos: q }) => ({
        verdict: `${decision.verdict} ${q}`,
        rule: decision.verdict === 'allow' ? decision.ruleId : '',
      })),
    ];
  });
}
