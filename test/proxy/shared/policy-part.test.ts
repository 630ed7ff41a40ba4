import assert from 'node:assert/strict';
import test from 'node:test';
import type { PolicySource } from '../../../policies/source.ts';
import { compileShared, sharePolicy } from '../../../proxy/shared/policy-part.ts';
import { inSlices } from '../../../proxy/shared/slices.ts';
import { factsOf, largePolicy, STORE, shortTopic } from '../../bench/micro/large-policy-source.ts';

const COUNT = 3000;

test('a policy arrives as it was sent, whatever its texts hold, and the same policy has the same version', async () => {
  const source: PolicySource = {
    identities: [{ name: 'a\nb', when: { trust: 'ca', subject: { CN: 'x' } }, principal: '{CN}', roles: ['\n', 'é'] }],
    roles: { '\n': { mqtt: { clientId: 'any', allow: [{ publish: 'ü\n/#' }] } }, é: {} },
  };
  const { version, bytes } = sharePolicy(source);
  assert.equal(sharePolicy(source).version, version);
  const policy = await compileShared(bytes, version);
  assert.deepEqual([policy.version, policy.identityNames], [version, ['a\nb']]);
  const topic = Buffer.from('ü\n/t');
  const who = { ok: true, identity: 'a\nb', principal: 'x', roles: ['\n', 'é'], variables: {}, limits: {} } as const;
  const access = policy.mqtt(who);
  assert.notEqual(access.publish(topic, 0, topic.length, 0, false, 0), 0);
});

test('a large policy leaves the event loop its turns, and is whole in the end', async () => {
  const { version, bytes } = sharePolicy(largePolicy(COUNT, 'mqtt'));
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  const policy = await compileShared(bytes, version);
  clearInterval(counting);
  assert.ok(turns >= 2, `${turns} turns`);
  const last = policy.identify(STORE, factsOf(COUNT - 1));
  assert.ok(last.ok);
  const topic = Buffer.from(shortTopic(COUNT - 1));
  assert.notEqual(policy.mqtt(last).publish(topic, 0, topic.length, 0, false, 0), 0);
});

test('the limits of the whole process arrive', async () => {
  for (const limits of [{ connections: 3 }, undefined]) {
    const { version, bytes } = sharePolicy({ ...largePolicy(1, 'mqtt'), ...(limits && { limits }) });
    const found = (await compileShared(bytes, version)).identify(STORE, factsOf(0));
    assert.equal(found.ok && found.limits.connections, limits?.connections);
  }
});

test('what fails in a later turn rejects', async () => {
  function* failing(): Generator<void, number, void> {
    for (const end = performance.now() + 10; performance.now() < end; ) yield;
    throw new Error('it failed');
  }
  await assert.rejects(inSlices(failing()), /it failed/);
});
