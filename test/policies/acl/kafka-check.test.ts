import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPolicy } from '../../../policies/policy.ts';
import type { PolicySource, RoleSource } from '../../../policies/source.ts';

function source(kafka: object): PolicySource {
  const when = { trust: 't', subject: { CN: '{cn}' } };
  const identities = [
    { name: 'x', when, principal: '{cn}', roles: ['r'] },
    { name: 'y', when: { ...when, subject: { CN: '{cn}', O: '{org}' } }, principal: '{cn}', roles: ['r'] },
  ];
  return { identities, roles: { r: { kafka } as RoleSource } };
}

const allow = (rule: object): PolicySource => source({ allow: [{ operations: ['read'], ...rule }] });

const FAULTS: readonly [rule: object, path: string, message: RegExp][] = [
  [{}, '', /exactly one of topic, group, transactionalId, cluster; this one has none/],
  [{ topic: 'a', group: 'b' }, '', /this one has topic and group/],
  [{ topic: '' }, '.topic', /write "\*" to mean every topic/],
  [{ group: '' }, '.group', /write "\*" to mean every group/],
  [{ topic: 'a b' }, '.topic', /only letters, digits/],
  [{ topic: 'a/b' }, '.topic', /only letters, digits/],
  [{ topic: 'a\u00e9{cn}' }, '.topic', /only letters, digits/],
  [{ topic: 'a b', prefix: true }, '.topic', /only letters, digits/],
  [{ topic: '.' }, '.topic', /not named "\."/],
  [{ topic: '..' }, '.topic', /not named "\."/],
  [{ topic: 'a'.repeat(250) }, '.topic', /at most 249/],
  [{ topic: `${'a'.repeat(249)}{cn}b` }, '.topic', /at most 249/],
  [{ topic: '*', prefix: true }, '.topic', /leave prefix out to mean every topic/],
  [{ group: '*', prefix: true }, '.group', /leave prefix out to mean every group/],
  [{ topic: 'orders*' }, '.topic', /write "orders" and prefix: true/],
  [{ group: 'app-*' }, '.group', /write "app-" and prefix: true/],
  [{ group: '\ud800' }, '.group', /well-formed/],
  [{ topic: 'a{cn' }, '.topic', /not closed/],
  [{ topic: 'a}' }, '.topic', /stands without/],
  [{ topic: 'a{org}' }, '.topic', /\{org\} is unknown: identity "x" does not capture it/],
  [{ group: '{nope}' }, '.group', /\{nope\} is unknown: identity "x" \(and 1 more\)/],
  [{ cluster: false, operations: ['create'] }, '.cluster', /must be true/],
  [{ cluster: true, prefix: true, operations: ['create'] }, '.prefix', /the cluster has none/],
  [{ topic: 'a', operations: undefined }, '.operations', /at least one operation/],
  [{ topic: 'a', operations: [] }, '.operations', /at least one operation .* read, write, create/],
  [{ topic: 'a', operations: ['read', 'reed'] }, '.operations[1]', /no such operation: it has read, write, create, /],
  [{ topic: 'a', operations: ['constructor'] }, '.operations[0]', /no such operation/],
  [{ topic: 'a', operations: ['idempotentWrite'] }, '.operations[0]', /a topic has no operation idempotentWrite/],
  [
    { group: 'a', operations: ['write'] },
    '.operations[0]',
    /read, delete, describe, describeConfigs, alterConfigs and all/,
  ],
  [{ transactionalId: 'a', operations: ['read'] }, '.operations[0]', /write, describe, twoPhaseCommit and all/],
  [{ cluster: true, operations: ['read'] }, '.operations[0]', /create, alter, describe, clusterAction, /],
  [{ topic: 'a', hosts: [] }, '.hosts', /leave hosts out/],
  [{ topic: 'a', hosts: ['10.0.0.1', '*'] }, '.hosts[1]', /leave hosts out/],
  [{ topic: 'a', hosts: ['10.0.0.0/33'] }, '.hosts[0]', /at most 32 bits/],
  [{ topic: 'a', hosts: ['kafka-1'] }, '.hosts[0]', /must be an address or a range/],
];

for (const [rule, at, message] of FAULTS) {
  test(`${JSON.stringify(rule).slice(0, 60)}: ${message.source.slice(0, 50)}`, () => {
    const problems = checkPolicy(allow(rule));
    const path = `roles.r.kafka.allow[0]${at}`;
    assert.deepEqual(
      problems.map((problem) => problem.path),
      [path],
      JSON.stringify(problems),
    );
    assert.match(problems[0]?.message ?? '', message);
  });
}

test('rules that are right', () => {
  const rules = [
    { topic: '*' },
    { topic: 'a'.repeat(249) },
    { topic: `${'a'.repeat(248)}{cn}` },
    { topic: 'Orders_1.eu-west' },
    { topic: '.', prefix: true },
    { topic: '...' },
    { topic: '.{cn}' },
    { topic: '{cn}' },
    {
      topic: 'orders.{cn}.',
      prefix: true,
      hosts: ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:10.0.0.1'],
    },
    { group: 'any text: \u00e9 / + #' },
    { group: 'app*', prefix: true },
    { topic: 'a', operations: ['all'] },
    {
      topic: 'a',
      operations: ['read', 'write', 'create', 'delete', 'alter', 'describe', 'describeConfigs', 'alterConfigs'],
    },
    { group: 'a', operations: ['read', 'delete', 'describe', 'describeConfigs', 'alterConfigs', 'all'] },
    { transactionalId: '{cn}', operations: ['write', 'describe', 'twoPhaseCommit', 'all'] },
    { cluster: true, operations: ['create', 'alter', 'describe', 'clusterAction', 'describeConfigs', 'alterConfigs'] },
    { cluster: true, operations: ['idempotentWrite', 'all'] },
  ];
  for (const rule of rules) assert.deepEqual(checkPolicy(allow(rule)), [], JSON.stringify(rule));
  assert.deepEqual(checkPolicy(source({})), []);
});

test('everything that is wrong is told, in both lists', () => {
  const rule = { topic: 'a b', operations: ['reed'], hosts: ['x'] };
  assert.deepEqual(
    checkPolicy(source({ allow: [rule], deny: [{ topic: 'a', operations: ['read'] }, rule] })).map(({ path }) => path),
    ['allow[0]', 'deny[1]'].flatMap((at) =>
      ['topic', 'operations[0]', 'hosts[0]'].map((key) => `roles.r.kafka.${at}.${key}`),
    ),
  );
});
