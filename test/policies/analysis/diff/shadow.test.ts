import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { KafkaRuleSource, Mode, MqttRuleSource, PolicySource } from '../../../../policies/source.ts';
import { device } from '../lint/support.ts';
import { mqttPairs, pairs } from './pairs.ts';
import { provesDiff } from './soundness.ts';
import { coversKafka, coversMqtt, type MqttQuestion } from './support.ts';

const mode = fc.constantFrom<Mode>('enforce', 'enforce', 'shadow');

/** Roles of both sides in modes of their own. */
function inModes(of: fc.Arbitrary<readonly [PolicySource, PolicySource]>) {
  return fc.tuple(of, mode, mode, mode, mode).map(([[before, after], ...modes]) => {
    const [oldR = 'enforce', oldS = 'enforce', newR = 'enforce', newS = 'enforce'] = modes;
    const put = ({ identities, roles }: PolicySource, r: Mode, s: Mode): PolicySource => ({
      identities,
      roles: { r: { ...roles['r'], mode: r }, s: { ...roles['s'], mode: s } },
    });
    return [put(before, oldR, oldS), put(after, newR, newS)] as const;
  });
}

const mqttRule: fc.Arbitrary<MqttRuleSource> = fc
  .tuple(fc.constantFrom('publish', 'subscribe', 'receive'), fc.constantFrom('a/#', '+/b', 'a/b', '{device}/#', '#'))
  .map(([action, filter]) => ({ [action]: filter }));
const TEXTS = ['a', 'a/b', 'b/a', 'b/b', 'x'];
const MQTT: readonly MqttQuestion[] = [...TEXTS, 'a/#', '+/b'].flatMap((text) => {
  const asked = { text, qos: 1, retain: false };
  const messages = [
    { action: 'publish', ...asked, size: 0 },
    { action: 'will', ...asked, size: 0 },
    { action: 'receive', ...asked, qos: 0 },
  ] as const;
  return [{ action: 'subscribe', ...asked } as const, ...(TEXTS.includes(text) ? messages : [])];
});

test('in any modes, an MQTT verdict changes just where the diff says so', () => {
  provesDiff(inModes(mqttPairs(mqttRule)), {
    questions: MQTT,
    covers: coversMqtt,
    allowed: (policy, who, { action, text, qos, retain, size }) => {
      const access = policy.mqtt(who);
      switch (action) {
        case 'publish':
          return access.explainPublish(text, qos, retain, size).verdict === 'allow';
        case 'will':
          return access.will(text, qos, retain, size).permit > 0;
        case 'receive':
          return access.explainReceive(text).verdict === 'allow';
        case 'subscribe':
          return access.subscribe(text, qos).permit > 0;
      }
    },
  });
});

const kafkaRule: fc.Arbitrary<KafkaRuleSource> = fc
  .tuple(fc.constantFrom('a', 'ab', '{device}', '*'), fc.constantFrom('read', 'write', 'describe', 'all'))
  .map(([topic, operation]) => ({ topic, operations: [operation] as const }));

test('in any modes, a Kafka verdict changes just where the diff says so', () => {
  const questions = ['a', 'b', 'ab', 'x'].flatMap((name) =>
    (['read', 'write', 'describe'] as const).map(
      (operation) => ({ action: 'kafka', operation, type: 'topic', name, host: '' }) as const,
    ),
  );
  provesDiff(inModes(pairs(kafkaRule, 'kafka')), {
    questions,
    covers: coversKafka,
    allowed: (policy, who, { operation, type, name }) => policy.kafka(who, '').authorize(operation, type, name) > 0,
  });
});

const DENY = { publish: 'a/shut' };
const role = (deny: MqttRuleSource, more: { mode?: Mode } = {}): PolicySource => ({
  identities: [device({ roles: ['r'] })],
  roles: { r: { ...more, mqtt: { allow: [{ publish: 'a/#' }], deny: [deny] } } },
});

test('a deny that goes into shadow widens, and it is said that only modes differ', () => {
  const [before, after] = [role(DENY), role({ ...DENY, mode: 'shadow' })];
  const diff = diffPolicies(before, after);
  assert.deepEqual([diff.onlyModes, diff.widens, diff.narrows], [true, true, false]);
  const [change] = diff.clients;
  assert.deepEqual(change?.shadow, { before: [], after: ['deny publish "a/shut"'] });
  assert.equal(change?.rules[0]?.also?.id, 'roles.r.mqtt.deny[0]');
  const back = diffPolicies(after, before);
  assert.deepEqual([back.onlyModes, back.widens, back.narrows], [true, false, true]);
});

test('a mode that is written out changes nothing', () => {
  const { onlyModes, clients } = diffPolicies(role(DENY), role({ ...DENY, mode: 'enforce' }, { mode: 'enforce' }));
  assert.deepEqual([onlyModes, clients], [false, []]);
});

test('a deny in shadow that comes or goes changes no verdict, and is told', () => {
  const none: PolicySource = { ...role(DENY), roles: { r: { mqtt: { allow: [{ publish: 'a/#' }] } } } };
  const diff = diffPolicies(none, role({ ...DENY, mode: 'shadow' }));
  assert.deepEqual([diff.onlyModes, diff.widens, diff.narrows], [false, false, false]);
  assert.deepEqual(
    diff.clients.map(({ rules, settings, shadow }) => [rules, settings, shadow?.after]),
    [[[], [], ['deny publish "a/shut"']]],
  );
});

test('a role that goes into shadow widens its clients’ rights, client ids among them', () => {
  const { clients, onlyModes } = diffPolicies(role(DENY), role(DENY, { mode: 'shadow' }));
  const [change] = clients;
  assert.equal(onlyModes, true);
  assert.deepEqual(change?.settings, [
    { setting: 'mode', direction: 'widened', before: 'enforce', after: 'shadow' },
    { setting: 'mqtt.clientId', direction: 'widened', before: 'the principal', after: 'any' },
  ]);
  assert.ok(change.rules.some(({ within }) => within.id === 'roles.r.mode'));
  assert.deepEqual(
    change.rules.filter(({ direction }) => direction !== 'widened'),
    [],
  );
});

test('an enforced deny of topics with $ is told among clients of a role in shadow', () => {
  const source = (deny: MqttRuleSource[]): PolicySource => ({
    identities: [device({ roles: ['r', 's'] })],
    roles: { r: { mode: 'shadow', mqtt: {} }, s: { mqtt: { deny } } },
  });
  const { narrows, widens } = diffPolicies(source([]), source([{ subscribe: '$SYS/#' }]));
  assert.deepEqual([narrows, widens], [true, false]);
});
