import assert from 'node:assert/strict';
import test from 'node:test';
import type { ListenerOf } from '../../../../proxy/data-plane/listener.ts';
import { MQTT } from '../../../../proxy/data-plane/protocols/mqtt.ts';
import { targetOf } from '../../../../proxy/data-plane/upstream/dial-target.ts';
import type { MqttListenerPlan } from '../../../../proxy/shared/listener-plan.ts';

const upstream = { addresses: [{ host: 'a', port: 1883 }], connectTimeout: 1000, passthrough: false };
const plan = { name: 'plant', protocol: 'mqtt', upstream } as unknown as MqttListenerPlan;

test('a client of MQTT is connected to the addresses of its listener', () => {
  const listener = { plan, resources: null } as unknown as ListenerOf<'mqtt'>;
  assert.equal(targetOf(listener, { node: undefined, sni: 'b1.k.example' }), upstream);
});

test('sessions of an MQTT listener share nothing: no cluster is opened for them', () => {
  const openKafka = () => assert.fail('a cluster was opened');
  assert.equal(MQTT.open(plan, 8883, { openKafka }), null);
});
