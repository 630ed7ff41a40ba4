import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FILTERED } from '../../../policies/decision.ts';
import type { MqttRoleSource, MqttRuleSource } from '../../../policies/source.ts';
import { accessOf, receive } from './support.ts';

const ALLOW: readonly MqttRuleSource[] = [{ subscribe: 'p/#' }];
const ROLE: MqttRoleSource = { allow: ALLOW, deny: [{ subscribe: 'p/+/secret/#' }], denyOverlap: 'filter' };
const ONE_QOS: MqttRoleSource = { ...ROLE, deny: [{ subscribe: 'p/+/secret/#', qos: [2] }] };

/** Filter -> the QoS that is granted of 2, or `refused`. */
const SUBSCRIPTIONS: readonly (readonly [
  name: string,
  role: MqttRoleSource,
  filter: string,
  granted: number | 'refused',
])[] = [
  ['rejects what overlaps by default', { allow: ALLOW, deny: ROLE.deny ?? [] }, 'p/#', 'refused'],
  ['rejects what overlaps when told to', { ...ROLE, denyOverlap: 'reject' }, 'p/#', 'refused'],
  ['lets a wider filter pass', ROLE, 'p/#', 2],
  ['lets one that crosses the deny pass', ROLE, 'p/x/+/y', 2],
  ['lets one of a group pass', ROLE, '$share/g/p/#', 2],
  ['lets one beside the deny pass', ROLE, 'p/x/open', 2],
  ['refuses the denied filter itself', ROLE, 'p/+/secret/#', 'refused'],
  ['refuses what lies inside', ROLE, 'p/x/secret/key', 'refused'],
  ['refuses a group inside', ROLE, '$share/g/p/x/secret/+', 'refused'],
  ['still refuses what no allow holds', ROLE, '#', 'refused'],
  ['does not loosen a deny of one QoS', ONE_QOS, 'p/#', 1],
];

for (const [name, role, filter, granted] of SUBSCRIPTIONS) {
  test(`denyOverlap ${name}: ${filter}`, () => {
    const { permit, qos, decision } = accessOf({ role }).subscribe(filter, 2);
    assert.equal(permit > 0 ? qos : 'refused', granted);
    assert.equal(decision.verdict, granted === 'refused' ? 'deny' : 'allow');
  });
}

test('deliveries: what is filtered is told apart from what is merely refused, cached or not', () => {
  const access = accessOf({ role: { ...ROLE, deny: [...(ROLE.deny ?? []), { receive: 'p/r' }] } });
  for (const round of ['asked', 'cached', 'cached']) {
    assert.ok(receive(access, 'p/x/open') > 0, round);
    assert.equal(receive(access, 'p/x/secret/key'), FILTERED, round);
    assert.equal(receive(access, 'p/r'), FILTERED, round);
    assert.equal(receive(access, 'q'), 0, round);
  }
  assert.equal(access.explainReceive('p/x/secret/key').ruleId, 'roles.role.mqtt.deny[0]');
  const strict = accessOf({ role: { ...ROLE, denyOverlap: 'reject' } });
  assert.equal(receive(strict, 'p/x/secret/key'), 0);
});

test('of several roles each says for its own denies', () => {
  const roles = {
    mild: ROLE,
    strict: { deny: [{ subscribe: 'p/+/vault' }] },
  };
  const access = accessOf(roles);
  assert.ok(access.subscribe('p/x/+/y', 0).permit > 0);
  const { decision } = access.subscribe('p/#', 0);
  assert.equal(decision.ruleId, 'roles.strict.mqtt.deny[0]');
  assert.equal(receive(access, 'p/x/secret'), FILTERED);
  assert.equal(receive(access, 'p/x/vault'), 0);
});

test('a deny that cannot be filled refuses everything, and says so each time', () => {
  const access = accessOf({ role: { ...ROLE, deny: [{ subscribe: 'p/{device}/x' }] } }, { variables: {} });
  assert.equal(access.subscribe('p/#', 0).permit, 0);
  assert.equal(receive(access, 'p/a'), 0);
});

test('the words of a refusal say that the filter lies inside the deny', () => {
  const { decision } = accessOf({ role: ROLE }).subscribe('p/x/secret', 0);
  assert.match(
    decision.reason,
    /deny\[0\] denies subscribe to "p\/\+\/secret\/#", and the requested filter lies inside it$/,
  );
});

test('property: filter grants all that reject does, delivers the same, and lets no denied message through', () => {
  const level = fc.constantFrom('a', 'b', '', '$x');
  const filter = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([list, open]) => (open || list.join('') === '' ? [...list, '#'] : list).join('/'));
  const topic = fc
    .array(level, { minLength: 1, maxLength: 4 })
    .map((list) => list.join('/'))
    .filter((text) => text !== '');
  const rule = fc
    .tuple(fc.constantFrom('subscribe', 'receive'), filter, fc.constantFrom(undefined, [0], [1, 2]))
    .map(
      ([action, text, qos]) =>
        ({ [action]: text, ...(qos && action === 'subscribe' ? { qos } : {}) }) as MqttRuleSource,
    );
  let loosened = 0;
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), filter, topic, fc.constantFrom(0, 1, 2), (deny, asked, name, qos) => {
      const allow = [{ subscribe: '#' }, { subscribe: '$x/#' }];
      const rejects = accessOf({ role: { allow, deny } });
      const filters = accessOf({ role: { allow, deny, denyOverlap: 'filter' } });
      const [strict, mild] = [rejects.subscribe(asked, qos), filters.subscribe(asked, qos)];
      if (strict.permit > 0) assert.ok(mild.permit > 0 && mild.qos >= strict.qos);
      else if (mild.permit > 0) loosened++;
      assert.equal(receive(filters, name) > 0, receive(rejects, name) > 0);
      for (const denied of deny.filter((one) => one.qos === undefined)) {
        const text = (denied.subscribe ?? denied.receive) as string;
        const inside = receive(accessOf({ only: { allow: [{ receive: text }] } }), name) > 0;
        if (inside) assert.ok(receive(filters, name) <= 0);
      }
    }),
    { numRuns: 800 },
  );
  assert.ok(loosened > 20, `${loosened}`);
});
