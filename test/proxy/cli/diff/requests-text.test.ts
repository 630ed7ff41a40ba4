import assert from 'node:assert/strict';
import test from 'node:test';
import type { MqttRequests } from '../../../../policies/analysis/diff/mqtt-requests.ts';
import type { RuleChange } from '../../../../policies/analysis/diff/rule-change.ts';
import { requestsText } from '../../../../proxy/cli/diff/requests-text.ts';

const messages = (
  action: 'publish' | 'will',
  qualities: readonly number[],
  retains: readonly boolean[],
): MqttRequests[] => qualities.flatMap((qos) => retains.map((retain) => ({ action, qos, retain })));
const subscriptions = (...qualities: number[]): MqttRequests[] =>
  qualities.map((qos) => ({ action: 'subscribe', qos, retain: false }));
const every = [0, 1, 2];
const both = [false, true];
const sized = (sizes: NonNullable<MqttRequests['sizes']>) =>
  messages('publish', every, both).map((one) => ({ ...one, sizes }));

const CASES: readonly (readonly [words: string, cases: readonly MqttRequests[]])[] = [
  ['publish', messages('publish', every, both)],
  ['publish and will', [...messages('publish', every, both), ...messages('will', every, both)]],
  ['publish with QoS 0 or 2', messages('publish', [0, 2], both)],
  ['publish retained', messages('publish', every, [true])],
  ['will not retained with QoS 1', messages('will', [1], [false])],
  [
    'publish not retained, publish retained with QoS 0',
    [...messages('publish', every, [false]), ...messages('publish', [0], [true])],
  ],
  ['publish, will with QoS 1', [...messages('publish', every, both), ...messages('will', [1], both)]],
  ['subscribe', subscriptions(0, 1, 2)],
  ['subscribe with QoS 2', subscriptions(2)],
  ['subscribe and receive', [...subscriptions(0, 1, 2), { action: 'receive', qos: 0, retain: false }]],
  ['publish of at most 10 bytes', sized({ from: 0, to: 10 })],
  ['publish of 11 to 20 bytes', sized({ from: 11, to: 20 })],
  ['publish of more than 20 bytes', sized({ from: 21 })],
];

for (const [words, cases] of CASES) {
  test(`what a change is about, in words: ${words}`, () => {
    assert.equal(requestsText({ protocol: 'mqtt', cases }), words);
  });
}

test('the same of Kafka', () => {
  const asked: RuleChange['asked'] = { protocol: 'kafka', type: 'topic', operations: ['read', 'write'] };
  assert.equal(requestsText(asked), 'read, write on topic');
  assert.equal(requestsText({ ...asked, any: true }), 'read, write on any topic at all');
});
