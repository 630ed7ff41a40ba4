import assert from 'node:assert/strict';
import test from 'node:test';
import { compileKafkaRules } from '../../../../policies/acl/kafka-rules.ts';
import { compileRules } from '../../../../policies/acl/rules.ts';
import { protocolOf } from '../../../../policies/analysis/policy-test/request.ts';
import { KAFKA } from '../../../../policies/analysis/protocols/kafka.ts';
import { MQTT } from '../../../../policies/analysis/protocols/mqtt.ts';
import { analysisOf } from '../../../../policies/analysis/protocols/table.ts';

const MESSAGE = { topic: 't', qos: 0, retain: false } as const;
const SUBSCRIBE = { action: 'subscribe', filter: 'a/#', qos: 1 } as const;
const READ = { action: 'kafka', operation: 'read', type: 'topic', name: 't', host: '' } as const;
const CLUSTER = { ...READ, operation: 'describe', type: 'cluster', name: '' } as const;

test('a request is of the protocol of its action', () => {
  assert.equal(protocolOf(SUBSCRIBE), 'mqtt');
  assert.equal(analysisOf({ action: 'will', ...MESSAGE }), MQTT);
  assert.equal(analysisOf(READ), KAFKA);
});

test('a request has the action and the resource that decisions name', () => {
  assert.deepEqual(MQTT.subject({ action: 'publish', ...MESSAGE }), { action: 'publish', resource: 't' });
  assert.deepEqual(MQTT.subject(SUBSCRIBE), { action: 'subscribe', resource: 'a/#' });
  assert.deepEqual(MQTT.subject({ action: 'connect', clientId: 'c' }), { action: 'connect', resource: 'c' });
  assert.deepEqual(KAFKA.subject(READ), { action: 'read', resource: 't' });
  assert.deepEqual(KAFKA.subject(CLUSTER), { action: 'describe', resource: 'kafka-cluster' });
});

test('allows of everything are about all that there is, topics with $ only where a deny names them', () => {
  const denies = compileRules('r', { allow: [{ publish: '$A/x' }], deny: [{ publish: '$B/#' }, { receive: 'c' }] }, 0);
  assert.deepEqual(
    MQTT.everything('r', denies).map((rule) => MQTT.ruleText(rule)),
    ['publish "#"', 'subscribe "#"', 'publish "$B/#"', 'subscribe "$B/#"'],
  );
  assert.deepEqual(
    KAFKA.everything('r', []).map((rule) => KAFKA.ruleText(rule)),
    ['all on topic "*"', 'all on group "*"', 'all on transactionalId "*"', 'all on cluster'],
  );
  const [prefix] = compileKafkaRules('r', { deny: [{ topic: 'a.', prefix: true, operations: ['read', 'write'] }] }, 0);
  assert.equal(prefix && KAFKA.ruleText(prefix), 'read, write on topic "a.*"');
});

test('texts of a section are named by their places', () => {
  const mqtt = { clientId: 'x', allow: [{ publish: 'a' }], deny: [{ will: 'b' }] };
  assert.deepEqual(
    [...MQTT.texts(mqtt, 'roles.r.mqtt')],
    [
      { path: 'roles.r.mqtt.clientId', text: 'x' },
      { path: 'roles.r.mqtt.allow[0].publish', text: 'a' },
      { path: 'roles.r.mqtt.deny[0].will', text: 'b' },
    ],
  );
  const kafka = { deny: [{ group: 'g', operations: ['read'] as const }] };
  assert.deepEqual([...KAFKA.texts(kafka, 'p')], [{ path: 'p.deny[0].group', text: 'g' }]);
});
