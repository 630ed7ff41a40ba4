import assert from 'node:assert/strict';
import test from 'node:test';
import { lookAtLimits } from '../../../policies/analysis/explain/limits.ts';
import { limitDifferences } from '../../../policies/analysis/policy-test/limit-differences.ts';
import { checkLimits } from '../../../policies/limits/check-limits.ts';
import { effectiveLimits, isLimited, onExceed } from '../../../policies/limits/effective.ts';
import { limitsOfScope } from '../../../policies/limits/scope.ts';
import { checkPolicy, compilePolicy } from '../../../policies/policy.ts';
import type { LimitsSource, PolicySource } from '../../../policies/source.ts';

const FLEET: LimitsSource = { scope: 'group:fleet', publish: '100/s', connections: 9, onExceed: 'reject' };

test('a group is beside the limits of the client; blocks of one group are taken together', () => {
  const blocks: LimitsSource[] = [
    FLEET,
    { publish: '5/s' },
    { scope: 'group:fleet', publish: '50/s', bytesOut: '1KiB/s' },
    { scope: 'principal', connections: 2 },
    { scope: 'group:area', requests: '1/s' },
  ];
  const rate = (perSecond: number, onExceed = 'throttle') => ({ perSecond, burst: perSecond, onExceed });
  const limits = effectiveLimits(blocks);
  assert.deepEqual(limits, {
    publish: rate(5),
    connections: 2,
    groups: [
      { group: 'area', requests: rate(1) },
      { group: 'fleet', publish: rate(50), bytesOut: rate(1024), connections: 9 },
    ],
  });
  assert.deepEqual(effectiveLimits(blocks.toReversed()), limits);
  assert.deepEqual(
    [isLimited(limits, 'publish'), isLimited(limits, 'bytesOut'), isLimited(limits, 'bytes')],
    [true, true, false],
  );
});

test('a client without groups has the limits that are its own', () => {
  const limits = effectiveLimits([{ publish: '5/s', onExceed: 'reject' }]);
  assert.deepEqual([isLimited(limits, 'publish'), isLimited(limits, 'bytes')], [true, false]);
  assert.equal(onExceed(limits, 'publish'), 'reject');
});

test('over a limit the client meets the harder of what it and its groups say', () => {
  const cases = [
    [{ publish: '5/s' }, FLEET, 'reject'],
    [{ publish: '5/s', onExceed: 'disconnect' }, FLEET, 'disconnect'],
    [{ bytes: '5B/s', onExceed: 'disconnect' }, FLEET, 'reject'],
    [{ publish: '5/s' }, { scope: 'group:x', bytes: '5B/s', onExceed: 'reject' }, 'throttle'],
  ] as const;
  for (const [own, group, expected] of cases)
    assert.equal(onExceed(effectiveLimits([own, group]), 'publish'), expected);
});

test('what a group cannot share is told, and a scope that is none', () => {
  const unshared = { ...FLEET, topics: '1/s', subscriptions: 1, inFlight: 1, packetSize: 1024 };
  assert.deepEqual(
    checkLimits(unshared, 'x').map(({ path, message }) => `${path} ${message}`),
    [
      'x.topics counts for a principal and cannot be shared by a group',
      ...['subscriptions', 'inFlight', 'packetSize'].map(
        (key) => `x.${key} counts for one connection and cannot be shared by a group`,
      ),
    ],
  );
  assert.deepEqual(checkLimits(FLEET, 'x'), []);
  assert.deepEqual(checkLimits({ ...unshared, scope: 'principal' }, 'x'), []);
  for (const scope of [
    '',
    'group',
    'group:',
    'group:a b',
    'group:a.b',
    'fleet',
    'Group:a',
    `group:${'a'.repeat(65)}`,
  ]) {
    assert.deepEqual(
      checkLimits({ scope }, 'x').map(({ path }) => path),
      ['x.scope'],
      scope,
    );
  }
});

test('the name of a group is a letter or digit, then up to 63 letters, digits, "_" or "-"', () => {
  for (const name of ['a', '0', 'Fleet-7_b', 'a'.repeat(64)]) {
    assert.deepEqual(checkLimits({ scope: `group:${name}` }, 'x'), [], name);
    assert.equal(effectiveLimits([{ scope: `group:${name}`, publish: '1/s' }]).groups?.[0]?.group, name);
  }
  for (const scope of ['group:-a', 'group:_a', 'group:a\n', 'x group:a', 'principal ']) {
    assert.equal(checkLimits({ scope }, 'x').length, 1, scope);
  }
});

test('what a client shares with a group that it does not belong to is nothing', () => {
  const limits = effectiveLimits([FLEET, { publish: '5/s' }]);
  assert.equal(limitsOfScope(limits, undefined), limits);
  assert.deepEqual(Object.keys(limitsOfScope(limits, 'fleet')), ['group', 'publish', 'connections']);
  assert.deepEqual(limitsOfScope(limits, 'other'), {});
  assert.deepEqual(limitsOfScope(effectiveLimits([]), 'fleet'), {});
});

function policy(...groups: string[]): PolicySource {
  const roles = groups.map((group, i) => [`r${i}`, { limits: { scope: `group:${group}`, publish: '10/s' } }] as const);
  const when = { trust: 'devices', subject: { O: 'Acme' } };
  return {
    identities: [{ name: 'all', when, principal: 'p', roles: roles.map(([name]) => name), limits: { publish: '5/s' } }],
    roles: Object.fromEntries(roles),
  };
}

test('a client may belong to four groups', () => {
  assert.deepEqual(checkPolicy(policy('a', 'b', 'c', 'd', 'a')), []);
  const [problem, ...more] = checkPolicy(policy('a', 'b', 'c', 'd', 'e'));
  assert.deepEqual(more, []);
  assert.equal(problem?.path, 'identities[0].roles');
  assert.match(problem?.message ?? '', /a client of all would share limits with 5 groups \(a, b, c, d, e\): at most 4/);
});

test('an explanation names the group and where it is stated', () => {
  const source = policy('a', 'b', 'a');
  const subject = [[{ oid: '2.5.4.10', type: 'O', value: 'Acme' }]];
  const who = compilePolicy(source, { version: 'v' }).identify('devices', {
    serial: '1',
    subject,
    issuer: [],
    san: { uri: [], dns: [], email: [], ip: [] },
    eku: [],
    notBefore: 0,
    notAfter: 1,
  });
  assert.ok(who.ok);
  assert.deepEqual(
    lookAtLimits(source, who, undefined).map(({ key, group, paths }) => [key, group, paths]),
    [
      ['publish', undefined, ['identities[0].limits.publish']],
      ['publish', 'a', ['roles.r0.limits.publish', 'roles.r2.limits.publish']],
      ['publish', 'b', ['roles.r1.limits.publish']],
    ],
  );
});

test('a policy test may expect the limits of a group', () => {
  const held = effectiveLimits([FLEET, { publish: '5/s' }]);
  assert.deepEqual(limitDifferences(FLEET, held), []);
  assert.deepEqual(limitDifferences({ publish: '5/s' }, held), []);
  assert.deepEqual(limitDifferences({ scope: 'group:fleet', publish: '5/s' }, held), [
    'publish: expected 5/s, it is 100/s',
  ]);
  assert.deepEqual(limitDifferences({ scope: 'group:other' }, held), [
    'scope: expected group:other, the client does not belong to it',
  ]);
});
