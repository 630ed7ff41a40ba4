import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compilePolicy, PolicyError } from '../../../policies/policy.ts';
import type { MqttRoleSource, MqttRuleSource } from '../../../policies/source.ts';
import { accessOf, publish } from './support.ts';

const ROLE: MqttRoleSource = {
  allow: [
    { publish: 'a/#', size: 100 },
    { publish: 'a/wide', size: 1000 },
    { publish: 'a/any' },
    { publish: 'q/#', qos: [0], size: 10 },
    { publish: 'q/#', qos: [1], size: 20 },
    { will: 'w', size: 5 },
  ],
  deny: [{ publish: 'a/shut' }],
};

type Row = readonly [
  topic: string,
  qos: number,
  retain: boolean,
  size: number,
  cause: string | undefined,
  rule: string,
];
const ALLOW = (n: number): string => `roles.role.mqtt.allow[${n}]`;
const ROWS: readonly Row[] = [
  ['a/x', 0, false, 100, undefined, ALLOW(0)],
  ['a/x', 0, false, 101, 'payload-too-large', ALLOW(0)],
  // The most generous of several holds, wherever it stands.
  ['a/wide', 1, true, 1000, undefined, ALLOW(1)],
  ['a/wide', 1, true, 1001, 'payload-too-large', ALLOW(1)],
  ['a/any', 0, false, 2 ** 28, undefined, ALLOW(2)],
  // A size counts for the quality of service of its rule alone.
  ['q/x', 0, false, 11, 'payload-too-large', ALLOW(3)],
  ['q/x', 1, false, 20, undefined, ALLOW(4)],
  ['q/x', 2, false, 1, 'qos-not-allowed', ALLOW(3)],
  // What is denied, or not allowed at all, is not told as too large.
  ['a/shut', 0, false, 5000, 'denied', 'roles.role.mqtt.deny[0]'],
  ['b', 0, false, 5000, 'denied', 'default-deny'],
];

for (const [topic, qos, retain, size, cause, rule] of ROWS) {
  test(`${size} bytes to ${topic} with QoS ${qos}: ${cause ?? 'allowed'}`, () => {
    const access = accessOf({ role: ROLE });
    for (const round of ['asked', 'cached', 'cached']) {
      assert.equal(publish(access, topic, qos, retain, size) > 0, cause === undefined, round);
    }
    const { verdict, cause: told, ruleId } = access.explainPublish(topic, qos, retain, size);
    assert.deepEqual([verdict, told, ruleId], [cause === undefined ? 'allow' : 'deny', cause, rule]);
    const will = access.will(topic, qos, retain, size);
    assert.equal(will.permit > 0, cause === undefined);
    assert.equal(will.decision.cause, cause === 'denied' ? 'will-denied' : cause);
  });
}

test('a cached verdict on one size is none on another', () => {
  const access = accessOf({ role: ROLE });
  assert.equal(publish(access, 'a/x', 0, false, 101), 0);
  assert.ok(publish(access, 'a/x', 0, false, 100) > 0);
  assert.equal(publish(access, 'a/x', 0, false, 101), 0);
});

test('a permit tells the largest payload that it is for', () => {
  const access = accessOf({ role: ROLE });
  assert.equal(access.maxPayload(publish(access, 'a/x')), 100);
  assert.equal(access.maxPayload(publish(access, 'a/wide')), 1000);
  assert.ok(access.maxPayload(publish(access, 'a/any')) > 2 ** 28);
  assert.equal(access.maxPayload(1_000_000), 0);
});

test('the sizes of other roles do not mix up the permits', () => {
  const access = accessOf({
    one: { allow: [{ publish: 'x', size: 1 }, { subscribe: 'y' }] },
    two: { allow: [{ publish: 'z', size: 3 }] },
  });
  assert.ok(publish(access, 'z', 0, false, 3) > 0);
  assert.equal(publish(access, 'z', 0, false, 4), 0);
  assert.equal(publish(access, 'x', 0, false, 2), 0);
});

test('a will has a size of its own, which the words name', () => {
  const access = accessOf({ role: ROLE });
  assert.ok(access.will('w', 0, false, 5).permit > 0);
  const { decision } = access.will('w', 0, false, 6);
  assert.equal(decision.cause, 'payload-too-large');
  assert.equal(decision.reason, 'rule roles.role.mqtt.allow[5] allows a will on "w" with at most 5 bytes, not 6');
});

const BAD: readonly (readonly [MqttRoleSource, string, RegExp])[] = [
  [{ deny: [{ publish: 'a', size: 5 }] }, 'roles.r.mqtt.deny[0].size', /allow rules/],
  [{ allow: [{ subscribe: 'a', size: 5 }] }, 'roles.r.mqtt.allow[0].size', /not subscribe/],
  [{ allow: [{ receive: 'a', size: 5 }] }, 'roles.r.mqtt.allow[0].size', /not receive/],
  ...[0, -1, 1.5, Number.NaN, 2 ** 31].map(
    (size) => [{ allow: [{ publish: 'a', size }] }, 'roles.r.mqtt.allow[0].size', /whole number of bytes/] as const,
  ),
  [{ denyOverlap: 'drop' as 'filter' }, 'roles.r.mqtt.denyOverlap', /reject or filter/],
];

for (const [mqtt, path, message] of BAD) {
  test(`refused: ${JSON.stringify(mqtt)}`, () => {
    const compile = () => compilePolicy({ identities: [], roles: { r: { mqtt } } }, { version: '' });
    assert.throws(compile, (error) => {
      assert.ok(error instanceof PolicyError);
      return error.problems.some((problem) => problem.path === path && message.test(problem.message));
    });
  });
}

test('property: a size only ever takes away, and what is left is exactly what fits', () => {
  const filter = fc.constantFrom('a', 'a/#', '+', '#', 'b/+');
  const size = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  const rule = fc
    .tuple(filter, size)
    .map(([text, max]): MqttRuleSource => ({ publish: text, ...(max === undefined ? {} : { size: max }) }));
  const topics = ['a', 'a/b', 'b', 'b/b', 'c'];
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), fc.array(filter, { maxLength: 1 }), (allow, denied) => {
      const deny = denied.map((text) => ({ publish: text }));
      const access = accessOf({ role: { allow, deny } });
      for (const topic of topics) {
        for (const bytes of [3, 0, 1, 2, 5, 4]) {
          const fitting = allow
            .filter((one) => (one.size ?? bytes) >= bytes)
            .map(({ publish: text }) => ({ publish: text }));
          const expected = publish(accessOf({ role: { allow: fitting as MqttRuleSource[], deny } }), topic) > 0;
          assert.equal(publish(access, topic, 0, false, bytes) > 0, expected, `${topic} ${bytes}`);
          assert.equal(access.explainPublish(topic, 0, false, bytes).verdict === 'allow', expected);
        }
      }
    }),
    { numRuns: 150 },
  );
});
