/** What is in shadow passes through a session, each time with a record; what the session remembers of topics changes nothing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { MqttRoles } from '../../../policies/acl/mqtt-roles.ts';
import type { Mode, MqttRoleSource } from '../../../policies/source.ts';
import type { MqttAccess } from '../../../policies/types.ts';
import { connectPacket, encode, openRig, publish } from './support/packets.ts';
import { Rig } from './support/rig.ts';

const RIGHTS: MqttRoleSource = {
  clientId: 'any',
  allow: [{ publish: 'ok/#', size: 10 }, { subscribe: 'ok/#' }],
  deny: [{ publish: 'ok/shut' }],
  denialBudget: '1/min',
};

function accessOf(mode: Mode): MqttAccess {
  const limits = {};
  const client = { ok: true, identity: 'i', principal: 'p', roles: ['r'], variables: {}, limits } as const;
  return MqttRoles.of({ r: { mode, mqtt: RIGHTS } }, { cacheSlots: 64 }).access(client);
}

const causes = (rig: Rig) => rig.rejections.map(({ cause, shadow }) => (shadow ? `${cause} in shadow` : cause));

for (const version of [4, 5] as const) {
  test(`MQTT ${version}: every message in shadow is forwarded and recorded, those that are allowed are not`, () => {
    const rig = openRig(version, { access: accessOf('shadow') });
    const rows = [
      ['ok/a', 'small', []],
      ['ok/a', 'more than ten bytes', ['payload-too-large in shadow']],
      ['ok/a', 'small', []],
      ['ok/a', 'more than ten bytes', ['payload-too-large in shadow']],
      ['ok/shut', 'x', ['denied in shadow']],
      ['ok/shut', 'x', ['denied in shadow']],
      ['other', 'x', ['denied in shadow']],
    ] as const;
    for (const [topic, payload, recorded] of rows) {
      rig.rejections.length = 0;
      const bytes = encode(publish(topic, { payload }), version);
      rig.client(bytes);
      assert.deepEqual(rig.take('broker'), bytes, topic);
      assert.deepEqual(causes(rig), recorded, `${topic} ${payload}`);
    }
    assert.equal(rig.closed, false, 'no budget is charged');
  });

  test(`MQTT ${version}: every delivery in shadow arrives and is recorded`, () => {
    const rig = openRig(version, { access: accessOf('shadow') });
    for (const _ of [1, 2]) {
      rig.rejections.length = 0;
      const bytes = encode(publish('other'), version);
      rig.broker(bytes);
      assert.deepEqual(rig.take('client'), bytes);
      assert.deepEqual(causes(rig), ['denied in shadow']);
    }
  });

  test(`MQTT ${version}: a subscription in shadow is forwarded whole, and ends when the policy enforces`, () => {
    const rig = openRig(version, { access: accessOf('shadow') });
    const subscriptions = [
      { topic: 'ok/a', qos: 1 },
      { topic: 'other/#', qos: 1 },
    ] as const;
    const bytes = encode({ cmd: 'subscribe', messageId: 1, subscriptions: [...subscriptions] } as never, version);
    rig.client(bytes);
    assert.deepEqual(rig.take('broker'), bytes);
    assert.deepEqual(causes(rig), ['denied in shadow']);
    rig.broker(encode({ cmd: 'suback', messageId: 1, granted: [1, 1] } as never, version));
    assert.equal(rig.session.denialReason(accessOf('shadow')), '');
    rig.session.reauthorize(accessOf('enforce'), {});
    assert.equal(rig.closed, true);
    assert.equal(causes(rig).at(-1), 'policy-changed');
  });

  test(`MQTT ${version}: a will in shadow is accepted and recorded`, () => {
    const rig = new Rig({ access: accessOf('shadow') });
    const will = { topic: 'other', payload: Buffer.from('x'), qos: 0, retain: false };
    rig.client(encode(connectPacket(version, { will }), version));
    assert.equal(rig.closed, false);
    assert.deepEqual(causes(rig), ['will-denied in shadow']);
  });
}
