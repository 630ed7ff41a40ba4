import assert from 'node:assert/strict';
import test from 'node:test';
import { configProtocolOf } from '../../../../../proxy/control-plane/config/protocols/table.ts';
import type { Listener } from '../../../../../proxy/control-plane/config/schema/listeners.ts';

const MQTT = { protocol: 'mqtt', mqtt: { maxTopicLevels: 7 }, upstream: {} } as unknown as Listener;
const kafka = (advertise: object) => ({ protocol: 'kafka', upstream: { advertise } }) as unknown as Listener;
const [PORTS, BIND] = [
  { first: 1, last: 2 },
  { first: 3, last: 4 },
];

const furtherPorts = (listener: Listener) => configProtocolOf(listener).furtherPorts(listener);

test('topics of MQTT have levels that a listener bounds; those of Kafka have none', () => {
  const levels = [MQTT, kafka({})].map((listener) => configProtocolOf(listener).topicLevels(listener));
  assert.deepEqual(levels, [7, undefined]);
});

test('limits are averaged as Kafka averages them on listeners of Kafka alone', () => {
  assert.deepEqual(
    [MQTT, kafka({})].map((listener) => configProtocolOf(listener).quotas),
    [false, true],
  );
});

test('the ports of single brokers are those that are bound, where they are written', () => {
  assert.equal(furtherPorts(MQTT), undefined);
  assert.equal(furtherPorts(kafka({ sni: 'b{node}.k' })), undefined);
  const at = (key: string) => ['upstream', 'advertise', key];
  assert.deepEqual(furtherPorts(kafka({ ports: PORTS })), { ports: PORTS, path: at('ports') });
  assert.deepEqual(furtherPorts(kafka({ ports: PORTS, bindPorts: BIND })), { ports: BIND, path: at('bindPorts') });
});
