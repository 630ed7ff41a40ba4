import assert from 'node:assert/strict';
import test from 'node:test';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import { mqtt, PARTNERS, PUMPS, policy, SERVERS, short } from './policies.ts';

test('all roles of a client count: a deny of one takes from the allows of another', () => {
  const both = [{ ...PUMPS, roles: ['r', 's'] }];
  const before = policy(mqtt({ allow: [{ publish: 'a/#' }] }), both);
  const after = policy(mqtt({ allow: [{ publish: 'a/#' }] }), both, mqtt({ deny: [{ publish: 'a/x' }] }));
  const { clients } = diffPolicies(before, after);
  assert.deepEqual(
    clients.map(({ identities, rules }) => [identities, rules.map(short)]),
    [[['pumps'], ['- a/x']]],
  );
});

test('clients with the same roles are told once, with what their roles were', () => {
  const identities = [PUMPS, SERVERS, { ...PARTNERS, roles: ['r'] }];
  const before = policy(mqtt({ allow: [{ publish: 'a' }] }), identities);
  const after = policy(mqtt({ allow: [{ publish: 'b' }] }), [
    PUMPS,
    { ...SERVERS, roles: ['s', 'r'] },
    { ...PARTNERS, roles: ['r'] },
  ]);
  assert.deepEqual(
    diffPolicies(before, after).clients.map(({ identities: names, roles, rules }) => [names, roles, rules.map(short)]),
    [
      [['pumps', 'partners'], { before: ['r'], after: ['r'] }, ['+ b', '- a']],
      [['servers'], { before: ['s'], after: ['s', 'r'] }, ['+ b']],
    ],
  );
});

test('a role that nobody has changes nothing', () => {
  const { clients, widens, narrows } = diffPolicies(
    policy({}),
    policy({}, [PUMPS], mqtt({ allow: [{ publish: '#' }] })),
  );
  assert.deepEqual([clients, widens, narrows], [[], false, false]);
});

test('rules with the characters that stand for variables are said to be unclear, never passed over', () => {
  const odd = (name: string) => policy(mqtt({ allow: [{ publish: `\ue000${name}` }] }));
  assert.deepEqual(diffPolicies(odd('a'), odd('a')).clients, []);
  const { clients, widens, narrows } = diffPolicies(odd('a'), odd('b'));
  assert.deepEqual(
    clients[0]?.settings.map(({ setting, direction }) => [setting, direction]),
    [['rules', 'unclear']],
  );
  assert.ok(widens && narrows);
});
