import assert from 'node:assert/strict';
import test from 'node:test';
import { ImportError } from '../../../../proxy/cli/import/imported.ts';
import { importMosquitto } from '../../../../proxy/cli/import/mosquitto.ts';
import { policyOf, TRUST, toldLines } from './loaded.ts';

const acl = (...lines: string[]) => importMosquitto(lines.join('\n'), TRUST);

test('topic lines are rights of their user, of clients without a name before the first', () => {
  const imported = acl(
    '# rights',
    'topic read $SYS/#',
    '',
    'user alice',
    'topic write a/b',
    'topic readwrite a b/#\r',
    '  topic   c',
    'topic deny a/secret',
    'user  bob',
    'topic read',
    'user alice',
    'topic read d',
  );
  assert.deepEqual(imported.leftOut, []);
  assert.deepEqual(imported.roles, {
    anonymous: { mqtt: { clientId: 'any', allow: [{ subscribe: '$SYS/#' }] } },
    alice: {
      mqtt: {
        clientId: 'any',
        allow: [
          { publish: 'a/b' },
          { publish: 'a b/#' },
          { subscribe: 'a b/#' },
          { publish: 'c' },
          { subscribe: 'c' },
          { subscribe: 'd' },
        ],
        deny: [{ publish: 'a/secret' }, { receive: 'a/secret' }],
      },
    },
    bob: { mqtt: { clientId: 'any', allow: [{ publish: 'read' }, { subscribe: 'read' }] } },
  });
  assert.deepEqual(
    imported.identities.map(({ name, roles }) => [name, ...roles]),
    [
      ['anonymous', 'anonymous'],
      ['alice', 'alice'],
      ['bob', 'bob'],
    ],
  );
  policyOf(imported);
});

test('pattern lines are rights of everyone, with %u for the user', () => {
  const imported = acl(
    'topic a',
    'user alice',
    'pattern write s/%u/data',
    'pattern read news',
    'topic x',
    'pattern deny %u',
  );
  assert.deepEqual(imported.leftOut, []);
  assert.deepEqual(imported.roles['everyone'], { mqtt: { clientId: 'any', allow: [{ subscribe: 'news' }] } });
  assert.deepEqual(imported.roles['every-user'], {
    mqtt: { clientId: 'any', allow: [{ publish: 's/{CN}/data' }], deny: [{ publish: '{CN}' }, { receive: '{CN}' }] },
  });
  assert.deepEqual(
    imported.identities.map(({ name, roles }) => [name, ...roles]),
    [
      ['anonymous', 'anonymous', 'everyone'],
      ['alice', 'alice', 'everyone', 'every-user'],
      ['everyone', 'everyone', 'every-user'],
    ],
  );
  policyOf(imported);
});

/** Lines of a file, and what is told: line and reason. */
const TOLD: readonly (readonly [lines: readonly string[], told: readonly RegExp[]])[] = [
  [['topic a/#/b'], [/^1 left out: the wildcard #/]],
  [['topic a+'], [/^1 left out: the wildcard \+/]],
  [['user a', 'topic {CN}/x'], [/^2 left out: a brace/]],
  [['topic ${username}'], [/^1 left out/]],
  [['pattern read c/%c'], [/^1 left out: the only placeholder that a rule knows is the user name/]],
  [['pattern read c/x%u'], [/^1 left out: the only placeholder that a rule knows is the user name/]],
  [
    ['user a/b', 'topic x'],
    [/^2 left out: the user cannot become an identity, because its name holds "\/"/, /^2/],
  ],
  [
    ['user {x}', 'topic deny y'],
    [/^2 narrower: denied for everyone, because the name of the user contains a brace/, /^2/],
  ],
  [
    ['pattern deny c/%c/d'],
    [/^1 narrower: denies c\/\+\/d, because the only placeholder that a rule knows is the user name/],
  ],
  [['user a', 'topic deny c/{x}'], [/^2 narrower: denies c\/\+, because a brace/]],
  [['pattern deny a/+', 'user x', 'topic read a/b'], [/^1 narrower: denied also where line 3 allows it/]],
  [['user x', 'topic s/x', 'pattern deny s/%u'], [/^3 narrower: denied also where line 2 allows it/]],
  [['user x', 'topic s/y', 'pattern deny s/%u'], []],
  [['topic s/y', 'pattern deny s/%u'], []],
];

for (const [lines, told] of TOLD) {
  test(`reported: ${lines.join(' | ')}`, () => {
    const imported = acl(...lines);
    const found = toldLines(imported);
    assert.equal(found.length, told.length, found.join('\n'));
    for (const [i, expected] of told.entries()) assert.match(found[i] ?? '', expected);
    policyOf(imported);
  });
}

for (const line of ['topic deny a/#/b', 'topic deny $SYS/{x}', 'pattern deny $x/%c']) {
  test(`a deny that cannot be carried over ends the import: ${line}`, () => {
    assert.throws(
      () => acl('topic a', line),
      (error) => error instanceof ImportError && error.message.startsWith('line 2: the deny cannot be converted'),
    );
  });
}

/** mosquitto starts with none of these; without the line, what follows would be another user's. */
const BROKEN: readonly (readonly [line: string, message: RegExp])[] = [
  ['user', /^line 3: the name of the user is missing/],
  ['User bob', /^line 3: mosquitto has no such line/],
  [' # no comment', /^line 3: mosquitto has no such line/],
  ['topic\ta', /^line 3: mosquitto has no such line/],
  ['topic', /^line 3: the topic is missing/],
  ['pattern  ', /^line 3: the topic is missing/],
  ['topic foo bar', /^line 3: neither read, write, readwrite nor deny/],
];

for (const [line, message] of BROKEN) {
  test(`a line that is none ends the import: ${JSON.stringify(line)}`, () => {
    assert.throws(
      () => acl('user alice', 'topic a', line, 'topic b'),
      (error) => error instanceof ImportError && message.test(error.message),
    );
  });
}
