import assert from 'node:assert/strict';
import test from 'node:test';
import type { KafkaRuleSource, Mode, MqttRuleSource, PolicySource } from '../../../../policies/source.ts';
import { lint } from './soundness-support.ts';
import { device } from './support.ts';

const mqtt = (publish: string, mode?: Mode): MqttRuleSource => ({ publish, ...(mode && { mode }) });
const kafka = (topic: string, mode?: Mode): KafkaRuleSource => ({
  topic,
  prefix: true,
  operations: ['read'],
  ...(mode && { mode }),
});

function found(source: PolicySource): string[] {
  return lint(source)
    .filter(({ lint: id }) => id === 'redundant-rule' || id === 'shadowed-by-deny')
    .map(({ lint: id, path }) => `${id} ${path.replace(/^roles\.r\.(mqtt|kafka)\./, '').replace(/\.\w+$/, '')}`);
}

const rows: readonly [string, wide: Mode, narrow: Mode, string[]][] = [
  ['an enforced deny inside of one in shadow decides', 'shadow', 'enforce', []],
  ['a deny in shadow inside of an enforced one tries nothing', 'enforce', 'shadow', ['redundant-rule deny[1]']],
  ['a deny in shadow inside of another tries nothing', 'shadow', 'shadow', ['redundant-rule deny[1]']],
];

for (const [what, wide, narrow, findings] of rows) {
  test(what, () => {
    const [mqttDeny, kafkaDeny] = [
      [mqtt('a/#', wide), mqtt('a/b/#', narrow)],
      [kafka('a.', wide), kafka('a.b.', narrow)],
    ];
    const of = (rules: object): PolicySource => ({ identities: [device({ roles: ['r'] })], roles: { r: rules } });
    assert.deepEqual(found(of({ mqtt: { allow: [mqtt('+/b/#')], deny: mqttDeny } })), findings);
    assert.deepEqual(found(of({ kafka: { allow: [kafka('a')], deny: kafkaDeny } })), findings);
  });
}

test('an allow inside of a deny in shadow allows', () => {
  const roles = (mode: Mode): PolicySource['roles'] => ({
    r: {
      mqtt: { allow: [mqtt('a/b')], deny: [mqtt('a/#', mode)] },
      kafka: { allow: [kafka('a.b')], deny: [kafka('a.', mode)] },
    },
  });
  const of = (mode: Mode) => found({ identities: [device({ roles: ['r'] })], roles: roles(mode) });
  assert.deepEqual(of('shadow'), []);
  assert.deepEqual(of('enforce'), ['shadowed-by-deny allow[0]', 'shadowed-by-deny allow[0]']);
});
