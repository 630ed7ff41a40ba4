import assert from 'node:assert/strict';
import test from 'node:test';
import { ImportError } from '../../../../proxy/cli/import/imported.ts';
import { entry, list, on } from './kafka-list.ts';
import { policyOf, toldLines } from './loaded.ts';

/** What is said about one entry on one resource, and the rule that there is all the same. */
const LEFT_OUT: readonly (readonly [resource: string, line: string, message: RegExp, rule?: object])[] = [
  [on('DELEGATION_TOKEN', 'x'), entry('User:a', 'DESCRIBE'), /left out: there are no rules for DELEGATION_TOKEN/],
  [on('TOPIC', 't'), entry('User:a', 'IDEMPOTENT_WRITE'), /Kafka never checks IDEMPOTENT_WRITE on TOPIC/],
  [on('TOPIC', 't'), entry('User:a', 'FLY'), /operation FLY is unknown/],
  [on('TOPIC', 't', 'MATCH'), entry('User:a', 'READ'), /pattern type MATCH is unknown/],
  [on('TOPIC', 't'), entry('User:a', 'READ', 'ANY'), /permission ANY is unknown/],
  [on('TOPIC', 't'), entry('Group:a', 'READ'), /only principals of the type User/],
  [on('TOPIC', 't'), entry('User:a', 'READ', 'ALLOW', 'host.example'), /is no address/],
  [on('TOPIC', 't'), entry('User:a', 'READ', 'DENY', 'host.example'), /is no address/],
  [on('TOPIC', 't'), entry('User:a', 'READ', 'ALLOW', '::1'), /writes the address ::1 differently/],
  [
    on('TOPIC', 't'),
    entry('User:a', 'READ', 'ALLOW', '10.0.0.0/8'),
    /wider before Kafka 4\.4/,
    { topic: 't', operations: ['read'], hosts: ['10.0.0.0/8'] },
  ],
  [on('TOPIC', 't/u'), entry('User:a', 'READ'), /a topic has only letters/],
  [on('TOPIC', 't*'), entry('User:a', 'READ'), /no topic can have this name/],
  [on('GROUP', 'g*'), entry('User:a', 'READ'), /left out: a name that ends in an asterisk/],
  [
    on('GROUP', 'g*'),
    entry('User:a', 'READ', 'DENY'),
    /narrower: denies every name that begins with g\*/,
    { group: 'g*', prefix: true, operations: ['read'] },
  ],
  [on('GROUP', '*', 'PREFIXED'), entry('User:a', 'READ'), /left out: an asterisk/],
  [
    on('GROUP', '*', 'PREFIXED'),
    entry('User:a', 'READ', 'DENY'),
    /narrower: denies every name,/,
    { group: '*', operations: ['read'] },
  ],
  [on('GROUP', 'a{b}'), entry('User:a', 'READ'), /left out: a brace/],
  [
    on('GROUP', 'a{b}'),
    entry('User:a', 'READ', 'DENY'),
    /narrower: denies every name that begins with a,/,
    { group: 'a', prefix: true, operations: ['read'] },
  ],
  [
    on('GROUP', '{b}'),
    entry('User:a', 'READ', 'DENY'),
    /narrower: denies every name,/,
    { group: '*', operations: ['read'] },
  ],
  [on('TOPIC', 't'), entry('User:CN=a,O=b', 'READ'), /left out: the principal is a distinguished name/],
  [
    on('TOPIC', 't'),
    entry('User:a/b', 'READ'),
    /left out: the user cannot become an identity, because its name holds "\/"/,
  ],
  [on('TOPIC', 't'), entry('User:a*', 'READ'), /holds "\*"/],
  [on('TOPIC', 't'), entry('User:{CN}', 'READ'), /contains a brace/],
  [on('TOPIC', 't'), entry('User:', 'READ'), /is empty/],
  [on('TOPIC', 't'), 'Adding ACLs', /neither a resource nor an entry/],
];

for (const [resource, line, message, rule] of LEFT_OUT) {
  test(`reported: ${message.source}`, () => {
    const imported = list(resource, line);
    assert.match(toldLines(imported)[0] ?? '', message);
    const rules = Object.values(imported.roles).flatMap(({ kafka }) => [
      ...(kafka?.allow ?? []),
      ...(kafka?.deny ?? []),
    ]);
    assert.deepEqual(rules, rule === undefined ? [] : [rule]);
    policyOf(imported);
  });
}

test('a deny of a user without an identity holds for everyone', () => {
  for (const user of ['CN=a,O=b', '{CN}']) {
    const imported = list(on('TOPIC', 't'), entry('User:*', 'READ'), entry(`User:${user}`, 'READ', 'DENY'));
    assert.match(toldLines(imported)[0] ?? '', /^3 narrower: denied for everyone/);
    const everyone = imported.identities.find(({ name }) => name === 'everyone');
    const denies = everyone?.roles.flatMap((role) => imported.roles[role]?.kafka?.deny ?? []);
    assert.deepEqual(denies, [{ topic: 't', operations: ['read'] }]);
  }
});

/** Where a deny may be lost nothing is made of the file. */
const BROKEN: readonly (readonly [lines: readonly string[], message: RegExp])[] = [
  [['Current ACLs for resource `Nothing`:', entry('User:a', 'READ')], /^line 1: the resource cannot be read/],
  [[entry('User:a', 'READ')], /^line 1: the entry belongs to no resource/],
  [[on('TOPIC', 't'), '(principal=User:a, operation=READ, permissionType=DENY)'], /^line 2: the deny cannot be read/],
  [[on('TOPIC', 't'), 'User:a has Deny permission for operations: Read, Write'], /^line 2: the deny cannot be read/],
];

for (const [lines, message] of BROKEN) {
  test(`refused: ${message.source}`, () => {
    assert.throws(
      () => list(...lines),
      (error) => error instanceof ImportError && message.test(error.message),
    );
  });
}
