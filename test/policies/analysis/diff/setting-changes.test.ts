import assert from 'node:assert/strict';
import test from 'node:test';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { PolicySource, RoleSource } from '../../../../policies/source.ts';
import { mqtt, policy } from './policies.ts';

const SETTINGS: readonly (readonly [before: RoleSource, after: RoleSource, changes: readonly string[]])[] = [
  [{ limits: { publish: '5/s' } }, { limits: { publish: '6/s' } }, ['limits.publish widened']],
  [{ limits: { publish: '6/s' } }, { limits: { publish: '5/s' } }, ['limits.publish narrowed']],
  [
    { limits: { publish: '6/s', burst: '2s' } },
    { limits: { publish: '8/s', burst: '1s' } },
    ['limits.publish unclear'],
  ],
  [{}, { limits: { bytes: '1KiB/s' } }, ['limits.bytes narrowed']],
  [{ limits: { connections: 3 } }, {}, ['limits.connections widened']],
  [{ limits: { connections: 3 } }, { limits: { connections: 2 } }, ['limits.connections narrowed']],
  [
    { limits: { publish: '5/s', onExceed: 'reject' } },
    { limits: { publish: '5/s' } },
    ['limits.publish.onExceed widened'],
  ],
  [{}, { limits: { publish: { limit: '5/s', onExceed: 'disconnect' } } }, ['limits.publish narrowed']],
  [{}, { limits: { scope: 'group:f', publish: '5/s' } }, ['limits.group:f.publish narrowed']],
  [
    { limits: { publish: '5/s' } },
    { limits: { scope: 'group:f', publish: '5/s' } },
    ['limits.publish widened', 'limits.group:f.publish narrowed'],
  ],
  [
    { limits: { scope: 'group:f', connections: 5 } },
    { limits: { scope: 'group:g', connections: 5 } },
    ['limits.group:f.connections widened', 'limits.group:g.connections narrowed'],
  ],
  [mqtt({ onDeny: 'ack-drop' }), mqtt({ onDeny: 'disconnect' }), ['mqtt.onDeny narrowed']],
  [mqtt({}), mqtt({ denialBudget: '200/min' }), ['mqtt.denialBudget widened']],
  [mqtt({ clientId: '{device}' }), mqtt({ clientId: 'any' }), ['mqtt.clientId widened']],
  [mqtt({ clientId: 'any' }), mqtt({}), ['mqtt.clientId narrowed']],
  [mqtt({ clientId: 'x' }), mqtt({ clientId: 'y' }), ['mqtt.clientId unclear']],
  [{}, mqtt({}), ['mqtt.clientId widened']],
  [mqtt({}), mqtt({ denialBudget: '100/min', onDeny: 'ack-drop' }), []],
];

for (const [before, after, changes] of SETTINGS) {
  test(`limits and settings are compared: ${JSON.stringify(before)} to ${JSON.stringify(after)}`, () => {
    const { clients } = diffPolicies(policy(before), policy(after));
    assert.deepEqual(
      clients.flatMap(({ settings }) => settings.map(({ setting, direction }) => `${setting} ${direction}`)),
      changes,
    );
  });
}

test('limits of the process and of an identity are compared where they hold', () => {
  const { roles, identities } = policy({});
  const [first] = identities;
  assert.ok(first !== undefined);
  const own = { ...first, limits: { publish: '5/s' } };
  const settings = (before: PolicySource, after: PolicySource) =>
    diffPolicies(before, after).clients.flatMap(({ settings }) =>
      settings.map(({ setting, direction }) => `${setting} ${direction}`),
    );
  assert.deepEqual(settings({ roles, identities: [first] }, { roles, identities: [own] }), ['limits.publish narrowed']);
  const ceiling = { roles, identities: [own], limits: { publish: '6/s', connections: 3 } };
  assert.deepEqual(settings({ roles, identities: [own] }, ceiling), ['limits.connections narrowed']);
});
