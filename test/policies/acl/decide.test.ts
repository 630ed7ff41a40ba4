import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decideDelivery, decideMessage, decideSubscription } from '../../../policies/acl/decide.ts';
import { bindRules, compileRules, type RuleList } from '../../../policies/acl/rules.ts';
import type { MqttRoleSource, MqttRuleSource } from '../../../policies/source.ts';
import { accessOf, publish, receive } from './support.ts';

const level = fc.constantFrom('a', 'b', '', '$x');
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 }), fc.boolean())
  .map(([list, open]) => (open || list.length === 0 || list.join('') === '' ? [...list, '#'] : list).join('/'));
const topic = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((list) => list.join('/'))
  .filter((text) => text !== '');
const qosList = fc.option(fc.subarray([0, 1, 2] as (0 | 1 | 2)[], { minLength: 1 }), { nil: undefined });
const rule = fc
  .tuple(
    fc.constantFrom('publish', 'subscribe', 'receive', 'will'),
    filter,
    qosList,
    fc.option(fc.boolean(), { nil: undefined }),
  )
  .map(([action, text, qos, retain]): MqttRuleSource => {
    const narrow = action === 'publish' || action === 'will';
    return {
      [action]: text,
      ...(qos !== undefined && action !== 'receive' ? { qos } : {}),
      ...(retain !== undefined && narrow ? { retain } : {}),
    };
  });
const rules = fc.array(rule, { maxLength: 5 });

test('a verdict says what decided, and nothing else', () => {
  const none: RuleList = { allow: [], deny: [] };
  const open: RuleList = { ...none, open: true };
  const refused = { allowed: false, cause: 'denied' };
  assert.deepEqual(decideMessage(none, ['a'], 0, false), refused);
  assert.deepEqual(decideDelivery(none, ['a']), refused);
  assert.deepEqual(decideSubscription(none, ['a'], 1), { verdict: refused, qos: 0 });
  assert.deepEqual(decideMessage(open, ['a'], 0, false), { allowed: true });
  assert.deepEqual(decideDelivery(open, ['a']), { allowed: true });
  assert.deepEqual(decideSubscription(open, ['a'], 1), { verdict: { allowed: true }, qos: 1 });
  const [rule] = compileRules('r', { deny: [{ subscribe: '{x}' }] }, 0);
  assert.ok(rule !== undefined);
  const { subscribe, receive: delivered } = bindRules([rule], {});
  const blocked = { ...refused, rule, blocked: true };
  assert.deepEqual(decideDelivery(delivered, ['a']), blocked);
  assert.deepEqual(decideSubscription(subscribe, ['a'], 1), { verdict: blocked, qos: 0 });
});

test('a subscription with all that was asked for is not told as lowered, one with less is', () => {
  const [rule] = compileRules('r', { allow: [{ subscribe: 'a', qos: [0, 1] }] }, 0);
  assert.ok(rule !== undefined);
  const { subscribe } = bindRules([rule], {});
  const verdict = { allowed: true, rule };
  assert.deepEqual(decideSubscription(subscribe, ['a'], 1), { verdict, qos: 1 });
  const lowered = { allowed: false, rule, cause: 'qos-not-allowed' };
  assert.deepEqual(decideSubscription(subscribe, ['a'], 2), { verdict, qos: 1, lowered });
});

test('of allows that grant the same the first that is stated is named', () => {
  const access = accessOf({ role: { allow: [{ publish: 'a/+' }, { publish: 'a/b' }, { publish: '#' }] } });
  assert.equal(access.explainPublish('a/b', 0, false).ruleId, 'roles.role.mqtt.allow[0]');
});

test('property: a granted subscription brings only messages that may be received', () => {
  let granted = 0;
  fc.assert(
    fc.property(rules, rules, filter, topic, fc.constantFrom(0, 1, 2), (allow, deny, asked, name, qos) => {
      const noReceiveDenies = deny.filter((entry) => entry.receive === undefined);
      const access = accessOf({ role: { allow: [...allow, { subscribe: asked }], deny: noReceiveDenies } });
      const answer = access.subscribe(asked, qos);
      if (answer.permit === 0) return;
      granted++;
      assert.ok(answer.qos <= qos);
      const own = accessOf({ only: { allow: [{ receive: asked }] } });
      const narrowed = noReceiveDenies.some((entry) => entry.subscribe !== undefined && entry.qos !== undefined);
      if (receive(own, name) > 0 && !narrowed) assert.ok(receive(access, name) > 0);
    }),
    { numRuns: 1500 },
  );
  assert.ok(granted > 300);
});

test('property: one more deny never grants, one more allow never refuses', () => {
  const all = (role: MqttRoleSource, name: string, asked: string) => {
    const access = accessOf({ role });
    const answers: number[] = [];
    for (const qos of [0, 1, 2]) {
      for (const retain of [false, true]) {
        answers.push(publish(access, name, qos, retain), access.will(name, qos, retain).permit);
      }
      const { permit, qos: granted } = access.subscribe(asked, qos);
      answers.push(permit === 0 ? 0 : granted + 1);
    }
    return [...answers, receive(access, name)];
  };
  fc.assert(
    fc.property(rules, rules, rule, topic, filter, (allow, deny, extra, name, asked) => {
      const before = all({ allow, deny }, name, asked);
      const denied = all({ allow, deny: [...deny, extra] }, name, asked);
      const widened = all({ allow: [...allow, extra], deny }, name, asked);
      for (const [i, answer] of before.entries()) {
        if (answer === 0) assert.equal(denied[i], 0, `answer ${i}`);
        else assert.ok((widened[i] ?? 0) > 0, `answer ${i}`);
      }
    }),
    { numRuns: 800 },
  );
});

test('property: a deny of the same filter beats every allow', () => {
  fc.assert(
    fc.property(rules, rules, filter, topic, (allow, deny, text, name) => {
      const shut = [...deny, { publish: text }, { subscribe: text }, { receive: text }, { will: text }];
      const access = accessOf({ role: { allow, deny: shut } });
      const only = accessOf({ only: { allow: [{ receive: text }] } });
      assert.equal(access.subscribe(text, 2).permit, 0);
      assert.equal(access.subscribe(`$share/g/${text}`, 0).permit, 0);
      if (receive(only, name) === 0) return;
      assert.equal(publish(access, name, 1, true), 0);
      assert.equal(receive(access, name), 0);
      assert.equal(access.will(name, 0, false).permit, 0);
      assert.equal(access.subscribe(name, 0).permit, 0);
    }),
    { numRuns: 800 },
  );
});

test('property: the hot path and the explanation say the same', () => {
  fc.assert(
    fc.property(rules, rules, topic, fc.constantFrom(0, 1, 2), fc.boolean(), (allow, deny, name, qos, retain) => {
      const access = accessOf({ role: { allow, deny } });
      for (let round = 0; round < 2; round++) {
        const permit = publish(access, name, qos, retain);
        const decision = access.explainPublish(name, qos, retain);
        assert.equal(permit > 0, decision.verdict === 'allow');
        if (permit > 0) assert.equal(access.explainPermit(permit, 'publish', name).ruleId, decision.ruleId);
        else assert.ok(decision.cause !== undefined);
        assert.equal(receive(access, name) > 0, access.explainReceive(name).verdict === 'allow');
      }
    }),
    { numRuns: 800 },
  );
});
