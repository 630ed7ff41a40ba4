import assert from 'node:assert/strict';
import test from 'node:test';
import { explain } from '../../../../policies/analysis/explain/explain.ts';
import type { PolicyRequest } from '../../../../policies/analysis/policy-test/request.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { MqttRoleSource, PolicySource } from '../../../../policies/source.ts';
import type { Identified } from '../../../../policies/types.ts';
import { sentFor } from '../../../../proxy/cli/explain/sent.ts';
import { connectPacket, encode, openRig, type Packet, type Version } from '../../../adapters/mqtt/support/packets.ts';
import { Rig } from '../../../adapters/mqtt/support/rig.ts';

const MILD: MqttRoleSource = {
  clientId: 'dev-1',
  allow: [
    { publish: 'a/#' },
    { publish: 'low', qos: [0] },
    { publish: 'plain', retain: false },
    { publish: 'short', size: 1 },
    { subscribe: 'a/#' },
  ],
  deny: [{ publish: 'a/secret' }, { subscribe: 'a/secret' }],
};
const ROLES: readonly (readonly [name: string, mqtt: MqttRoleSource])[] = [
  ['some', MILD],
  ['harsh', { ...MILD, onDeny: 'disconnect' }],
  ['poor', { clientId: 'dev-1', allow: [{ publish: 'low', qos: [0, 1], retain: false }] }],
];

const PAYLOAD = Buffer.from('xy');
const REQUESTS: readonly PolicyRequest[] = [
  ...['a/secret', 'none', 'low', 'plain', 'short'].flatMap((topic) =>
    [0, 1, 2].flatMap((qos) =>
      [false, true].flatMap((retain): PolicyRequest[] => [
        { action: 'publish', topic, qos, retain, size: PAYLOAD.length },
        { action: 'will', topic, qos, retain, size: PAYLOAD.length },
      ]),
    ),
  ),
  { action: 'subscribe', filter: 'a/secret', qos: 1 },
  { action: 'subscribe', filter: 'b', qos: 0 },
  { action: 'subscribe', filter: 'a/#/b', qos: 0 },
  { action: 'connect', clientId: 'other' },
];

for (const [name, mqtt] of ROLES) {
  test(`what a refused client is said to see is what the MQTT session sends: ${name}`, () => {
    const source: PolicySource = {
      identities: [{ name: 'i', when: { trust: 'ca' }, principal: 'dev-1', roles: ['r'] }],
      roles: { r: { mqtt } },
    };
    const policy = compilePolicy(source, { version: '' });
    const who: Identified = {
      ok: true,
      identity: 'i',
      principal: 'dev-1',
      roles: ['r'],
      variables: {},
      limits: {},
    };
    let refused = 0;
    for (const request of REQUESTS) {
      const explanation = explain(policy, source, who, request, 32);
      if (explanation.decision.verdict === 'allow') continue;
      refused++;
      const lines = sentFor(explanation, policy, who);
      assert.equal(lines.length, 2);
      for (const [version, line = ''] of [[5, lines[0]] as const, [4, lines[1]] as const]) {
        const rig = sendIt(request, version, policy.mqtt(who));
        const where = `${JSON.stringify(request)} in version ${version}: ${line}`;
        const told = line.slice(line.indexOf(': ') + 2);
        const sent = rig.rejections[0]?.sent;
        if (sent !== undefined)
          assert.ok(
            told === sent || told.startsWith(`${sent} (`) || told.startsWith(`${sent},`),
            `${where}, not ${sent}`,
          );
        else assert.equal(told, rig.closed ? 'the connection is closed' : 'nothing: the message is dropped', where);
        if (told.startsWith('DISCONNECT')) assert.ok(rig.closed, where);
      }
    }
    assert.ok(refused > 20, `${refused}`);
  });
}

type Access = ReturnType<ReturnType<typeof compilePolicy>['mqtt']>;

function sendIt(request: PolicyRequest, version: Version, access: Access): Rig {
  if (request.action === 'connect' || request.action === 'will') {
    const rig = new Rig({ access });
    const will = request.action === 'will' && {
      topic: request.topic,
      qos: request.qos,
      retain: request.retain,
      payload: PAYLOAD,
    };
    const more = will ? { will } : { clientId: request.action === 'connect' ? request.clientId : '' };
    rig.client(encode(connectPacket(version, more), version));
    return rig;
  }
  const rig = openRig(version, { access });
  if (request.action === 'publish') {
    const { topic, qos, retain } = request;
    rig.client(
      encode({ cmd: 'publish', topic, qos, retain, dup: false, messageId: 7, payload: PAYLOAD } as Packet, version),
    );
  } else if (request.action === 'subscribe') {
    const subscriptions = [{ topic: request.filter, qos: request.qos, nl: false, rap: false, rh: 0 }];
    rig.client(encode({ cmd: 'subscribe', messageId: 7, subscriptions } as Packet, version));
  }
  return rig;
}

const KAFKA: readonly (readonly [request: PolicyRequest, sees: RegExp])[] = [
  [
    { action: 'kafka', operation: 'read', type: 'topic', name: 't', host: '' },
    /^error 29 \(TOPIC_AUTHORIZATION_FAILED\)/,
  ],
  [
    { action: 'kafka', operation: 'read', type: 'group', name: 'g', host: '' },
    /^error 30 \(GROUP_AUTHORIZATION_FAILED\)/,
  ],
  [
    { action: 'kafka', operation: 'alter', type: 'cluster', name: '', host: '' },
    /^error 31 \(CLUSTER_AUTHORIZATION_FAILED\)/,
  ],
  [
    { action: 'kafka', operation: 'write', type: 'transactionalId', name: 'x', host: '' },
    /^error 53 \(TRANSACTIONAL_ID_AUTHORIZATION_FAILED\)/,
  ],
];

for (const [request, sees] of KAFKA) {
  test(`what a refused Kafka client sees: ${sees}`, () => {
    const source: PolicySource = { identities: [], roles: { r: {} } };
    const policy = compilePolicy(source, { version: '' });
    const limits = {};
    const who: Identified = { ok: true, identity: 'i', principal: 'p', roles: ['r'], variables: {}, limits };
    assert.match(sentFor(explain(policy, source, who, request, 32), policy, who)[0] ?? '', sees);
  });
}
