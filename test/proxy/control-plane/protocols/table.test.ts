import assert from 'node:assert/strict';
import test from 'node:test';
import { KAFKA } from '../../../../proxy/control-plane/protocols/kafka.ts';
import { MQTT } from '../../../../proxy/control-plane/protocols/mqtt.ts';
import { protocolOf } from '../../../../proxy/control-plane/protocols/table.ts';
import type { ListenerPlans } from '../../../../proxy/shared/listener-plan.ts';

const BROKERS = [{ host: 'a', port: 1 }];
const mqtt = { protocol: 'mqtt', upstream: { addresses: BROKERS } } as unknown as ListenerPlans['mqtt'];
const kafka = (advertise: object) =>
  ({ protocol: 'kafka', upstream: { bootstrap: BROKERS }, advertise }) as unknown as ListenerPlans['kafka'];
const BY_PORT = { host: 'k', ports: { first: 10, last: 12 }, bindPorts: { first: 20, last: 22 }, firstNodeId: 3 };
const BY_NAME = { sni: 'b{node}.k', port: 443 };

test('a listener has the entry of its protocol', () => {
  assert.equal(protocolOf({ protocol: 'mqtt' }), MQTT);
  assert.equal(protocolOf({ protocol: 'kafka' }), KAFKA);
});

test('an MQTT listener binds nothing for single brokers, and tells clients of none', () => {
  assert.equal(MQTT.brokerPorts(mqtt), undefined);
  assert.equal(MQTT.advertised(mqtt), undefined);
  assert.equal(MQTT.upstreams(mqtt), BROKERS);
});

test('a Kafka listener binds a port for each broker, unless clients tell brokers apart by name', () => {
  assert.deepEqual(KAFKA.brokerPorts(kafka(BY_PORT)), { ports: { first: 20, last: 22 }, firstNodeId: 3 });
  assert.equal(KAFKA.brokerPorts(kafka(BY_NAME)), undefined);
  const told = [BY_PORT, BY_NAME].map((how) => KAFKA.advertised(kafka(how)));
  assert.deepEqual(told, ['k:10-12', 'b{node}.k:443']);
  assert.equal(KAFKA.upstreams(kafka(BY_NAME)), BROKERS);
});
