import assert from 'node:assert/strict';
import test from 'node:test';
import { planMqtt5 } from '../../../../proxy/cli/demo/find-broker.ts';

const MOSQUITTO = '/somewhere/mosquitto';
const found = () => MOSQUITTO;
const missing = () => undefined;

test('HEADGATE_MQTT goes before an installed mosquitto', () => {
  for (const [text, host, port] of [
    ['broker.example:1883', 'broker.example', 1883],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:65535', '::1', 65_535],
  ] as const) {
    assert.deepEqual(planMqtt5({ HEADGATE_MQTT: text }, found), { kind: 'external', host, port });
  }
});

test('a malformed HEADGATE_MQTT is an error in words, never another broker', () => {
  for (const text of [
    'broker',
    'broker:',
    ':1883',
    'broker:0',
    'broker:65536',
    '::1:1883',
    'mqtt://b:1',
    'b:1 ',
    'a"b:1',
  ]) {
    assert.throws(() => planMqtt5({ HEADGATE_MQTT: text }, found), /HEADGATE_MQTT must be host:port/, text);
  }
});

test('an installed mosquitto is taken', () => {
  assert.deepEqual(planMqtt5({ HEADGATE_MQTT: '' }, found), { kind: 'mosquitto', file: MOSQUITTO });
});

test('without a broker MQTT 5 is skipped, and under CI that is a failure', () => {
  for (const [CI, failure] of [
    [undefined, false],
    ['false', false],
    ['true', true],
  ] as const) {
    const plan = planMqtt5({ CI }, missing);
    assert.equal(plan.kind, 'none');
    assert.ok(plan.kind === 'none' && plan.failure === failure && plan.reason.includes('HEADGATE_MQTT=host:port'));
  }
});
