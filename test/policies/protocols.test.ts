import assert from 'node:assert/strict';
import test from 'node:test';
import { compilePolicy } from '../../policies/policy.ts';
import { isProtocol, ofSections, PROTOCOL_NAMES, PROTOCOLS } from '../../policies/protocols.ts';
import type { RoleSource } from '../../policies/source.ts';
import type { Identified } from '../../policies/types.ts';

const ROLE: RoleSource = {
  kafka: { allow: [{ topic: '{team}.x', operations: ['read'] }] },
  mqtt: { clientId: '{site}-{device}', allow: [{ publish: '{site}/a' }], deny: [{ receive: 'b/{line}' }] },
};

test('the protocols are those with an entry, in the order in which they are listed', () => {
  assert.deepEqual(PROTOCOL_NAMES, ['mqtt', 'kafka']);
  assert.deepEqual(['mqtt', 'kafka', 'amqp', 'toString', undefined, 1].map(isProtocol), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('the sections of a role are visited in the order of the protocols, and those that it lacks are not', () => {
  const visited = (role: RoleSource) => ofSections<string>(role, (protocol) => [protocol]);
  assert.deepEqual([visited(ROLE), visited({ kafka: {} }), visited({})], [['mqtt', 'kafka'], ['kafka'], []]);
});

test('a section names the variables of its rules, and of the client id', () => {
  const variables = ofSections(ROLE, (protocol, section) => PROTOCOLS[protocol].variables(section));
  assert.deepEqual(variables.toSorted(), ['device', 'line', 'site', 'site', 'team']);
});

test('a section compiles to its rules, which are named by their places', () => {
  const ids = ofSections(ROLE, (protocol, section) => PROTOCOLS[protocol].compile('r', section).map(({ id }) => id));
  assert.deepEqual(ids, ['roles.r.mqtt.allow[0]', 'roles.r.mqtt.deny[0]', 'roles.r.kafka.allow[0]']);
});

test('what is wrong with a section is told of its place', () => {
  assert.deepEqual(
    PROTOCOLS.mqtt.check({ denialBudget: 'x' }, 'p', []).map(({ path }) => path),
    ['p.denialBudget'],
  );
  const kafka = PROTOCOLS.kafka.check({ allow: [{ topic: 'a*', operations: ['read'] }] }, 'p', []);
  assert.deepEqual(
    kafka.map(({ path }) => path),
    ['p.allow[0].topic'],
  );
});

test('the access of a client is that of its protocol, address and listener mode', () => {
  const roles = {
    r: {
      mqtt: { allow: [{ publish: 'a' }] },
      kafka: { allow: [{ topic: 't', operations: ['read'], hosts: ['192.0.2.1'] }] },
    },
  } as const;
  const policy = compilePolicy({ identities: [], roles }, { version: '' });
  const client: Identified = { ok: true, identity: 'i', principal: 'p', roles: ['r'], variables: {}, limits: {} };
  const [here, elsewhere] = ['192.0.2.1', '192.0.2.2'];
  const enforced = { client, host: here, mode: 'enforce' } as const;
  assert.equal(PROTOCOLS.mqtt.access(policy, enforced).explainPublish('a', 0, false).verdict, 'allow');
  assert.equal(PROTOCOLS.mqtt.access(policy, enforced).explainPublish('b', 0, false).verdict, 'deny');
  assert.equal(
    PROTOCOLS.mqtt.access(policy, { ...enforced, mode: 'shadow' }).explainPublish('b', 0, false).verdict,
    'allow',
  );
  assert.equal(PROTOCOLS.kafka.access(policy, enforced).explain('read', 'topic', 't').verdict, 'allow');
  const away = PROTOCOLS.kafka.access(policy, { ...enforced, host: elsewhere });
  assert.equal(away.explain('read', 'topic', 't').verdict, 'deny');
  const tried = PROTOCOLS.kafka.access(policy, { ...enforced, host: elsewhere, mode: 'shadow' });
  assert.equal(tried.explain('read', 'topic', 't').verdict, 'allow');
});
