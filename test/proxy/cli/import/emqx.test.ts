import assert from 'node:assert/strict';
import test from 'node:test';
import type { MqttRoleSource } from '../../../../policies/source.ts';
import { importEmqx } from '../../../../proxy/cli/import/emqx.ts';
import { ImportError } from '../../../../proxy/cli/import/imported.ts';
import { policyOf, TRUST, toldLines } from './loaded.ts';

const acl = (...lines: string[]) => importEmqx(lines.join('\n'), TRUST);
const everyone = (mqtt: MqttRoleSource) => ({ 'other-users': { mqtt: { clientId: 'any', ...mqtt } } });

/** Files that are carried over whole, and the roles of them. */
const WHOLE: readonly (readonly [lines: readonly string[], roles: object])[] = [
  [[], {}],
  [['%% nothing', '{deny, all}.'], everyone({ deny: [{ publish: '#' }, { subscribe: '#' }] })],
  [['{allow, all}.'], everyone({ allow: [{ publish: '#' }, { subscribe: '#' }] })],
  [['{allow, all, publish, ["a/b", "c/+/#"]}.'], everyone({ allow: [{ publish: 'a/b' }, { publish: 'c/+/#' }] })],
  [['{allow, all, pubsub, [<<"a">>]}.'], everyone({ allow: [{ publish: 'a' }, { subscribe: 'a' }] })],
  [['{allow,', ' all, % comment', ' \'subscribe\', ["a\\"b"]}.'], everyone({ allow: [{ subscribe: 'a"b' }] })],
  [
    ['{allow, all, publish, ["d/${username}/x", "%u/y"]}.'],
    everyone({ allow: [{ publish: 'd/{CN}/x' }, { publish: '{CN}/y' }] }),
  ],
  [['{allow, all, publish, [{eq, "a/b"}, "eq c"]}.'], everyone({ allow: [{ publish: 'a/b' }, { publish: 'c' }] })],
  [['{allow, all, publish, [{eq, "a/#"}]}.'], {}],
  [
    [
      '{allow, all, {publish, [{qos, [1, 0]}, {retain, false}]}, ["a"]}.',
      '{deny, all, {all, [{qos, 2}, {retain, true}]}, ["b"]}.',
    ],
    everyone({
      allow: [{ publish: 'a', qos: [0, 1], retain: false }],
      deny: [
        { publish: 'b', qos: [2], retain: true },
        { subscribe: 'b', qos: [2] },
      ],
    }),
  ],
  [
    ['{deny, all, subscribe, ["a/b"]}.', '{allow, all, subscribe, ["a/#"]}.'],
    everyone({ allow: [{ subscribe: 'a/#' }], deny: [{ subscribe: 'a/b' }] }),
  ],
  // An allow before a deny that it holds wins.
  [
    ['{allow, all, subscribe, ["a/#"]}.', '{deny, all, subscribe, ["a/b"]}.'],
    everyone({ allow: [{ subscribe: 'a/#' }] }),
  ],
  [
    [
      '{allow, {user, "x"}, subscribe, ["$SYS/#"]}.',
      '{deny, all, subscribe, ["$SYS/#"]}.',
      '{allow, {username, "x"}, publish, ["a"]}.',
    ],
    {
      x: { mqtt: { clientId: 'any', allow: [{ subscribe: '$SYS/#' }, { publish: 'a' }] } },
      ...everyone({ deny: [{ subscribe: '$SYS/#' }] }),
    },
  ],
  [
    ['{allow, {\'or\', [{user, "x"}, {\'and\', [{username, "y"}]}]}, publish, ["a"]}.'],
    {
      x: { mqtt: { clientId: 'any', allow: [{ publish: 'a' }] } },
      y: { mqtt: { clientId: 'any', allow: [{ publish: 'a' }] } },
    },
  ],
];

for (const [lines, roles] of WHOLE) {
  test(`carried over: ${lines.join(' ')}`, () => {
    const imported = acl(...lines);
    assert.deepEqual(imported.leftOut, []);
    const sorted = (of: object) => Object.fromEntries(Object.entries(of).sort());
    assert.deepEqual(sorted(imported.roles), sorted(roles));
    policyOf(imported);
  });
}

test('a user has an identity, and everyone else one together', () => {
  const { identities } = acl('{allow, {user, "x"}, publish, ["a"]}.', '{allow, all, publish, ["b"]}.');
  assert.deepEqual(identities, [
    { name: 'x', when: { trust: TRUST, subject: { CN: 'x' } }, principal: '{CN}', roles: ['x'] },
    { name: 'everyone', when: { trust: TRUST }, principal: '{CN}', roles: ['other-users'] },
  ]);
});

/** Files of which something is told, and the rules that there are. */
const TOLD: readonly (readonly [lines: readonly string[], told: readonly RegExp[], roles: object])[] = [
  [['{allow, {clientid, "c"}, publish, ["a"]}.'], [/^1 left out: the client id, an address or a pattern decides/], {}],
  [['{allow, {ipaddr, "127.0.0.1"}, all, ["#"]}.'], [/^1 left out/], {}],
  [['{allow, {username, {re, "^x"}}, all, ["#"]}.'], [/^1 left out/], {}],
  [['{allow, {\'and\', [{user, "x"}, {client, "c"}]}, all, ["#"]}.'], [/^1 left out/], {}],
  [
    ['{allow, {\'or\', [{user, "x"}, {client, "c"}]}, publish, ["a"]}.'],
    [/^1 left out for some clients/],
    { x: { mqtt: { clientId: 'any', allow: [{ publish: 'a' }] } } },
  ],
  [
    ['{deny, {ipaddrs, ["10.0.0.0/8"]}, publish, ["a"]}.'],
    [/^1 narrower: denied for everyone/],
    everyone({ deny: [{ publish: 'a' }] }),
  ],
  [
    ['{allow, all, publish, ["c/${clientid}"]}.'],
    [/^1 left out: c\/\$\{clientid\}: the only placeholder that a rule knows is the user name/],
    {},
  ],
  [['{allow, all, publish, ["{CN}"]}.'], [/^1 left out: \{CN\}: a brace/], {}],
  [
    ['{deny, all, publish, ["c/%c"]}.'],
    [/^1 narrower: denies c\/\+, because/],
    everyone({ deny: [{ publish: 'c/+' }] }),
  ],
  [['{allow, all, {publish, [{retain, true}]}, ["a"]}.'], [/^1 left out: a rule cannot allow retained/], {}],
  [['{allow, all, {publish, [{qos, 3}]}, ["a"]}.'], [/^1 left out: the options/], {}],
  [['{allow, all, connect, ["a"]}.'], [/^1 left out: the action/], {}],
  [['{allow, all, publish, "a"}.'], [/^1 left out: the topics/], {}],
  [
    ['{allow, {user, "x"}}.', '{permit, all}.', '{allow, all, publish, ["a"], 1}.', 'allow.'],
    [/^1/, /^2/, /^3/, /^4/],
    {},
  ],
  [['{allow, all, subscribe, [{eq, "a/#"}]}.'], [/^1 left out: a rule allows every topic in a\/#/], {}],
  [
    ['{allow, all, subscribe, ["a/b"]}.', '{deny, all, subscribe, ["a/#"]}.'],
    [/^2 narrower: subscribe is denied also where the earlier line 1 allows it/],
    everyone({ allow: [{ subscribe: 'a/b' }], deny: [{ subscribe: 'a/#' }] }),
  ],
  [
    ['{deny, all, subscribe, [{eq, "a/#"}]}.', '{allow, all, all, ["a/#", "b"]}.'],
    [/^2 left out: subscriptions to a\/#, because line 1 denies the filter a\/# alone/],
    everyone({ allow: [{ publish: 'a/#' }, { publish: 'b' }, { subscribe: 'b' }] }),
  ],
];

for (const [lines, told, roles] of TOLD) {
  test(`reported: ${lines.join(' ')}`, () => {
    const imported = acl(...lines);
    const found = toldLines(imported);
    assert.equal(found.length, told.length, found.join('\n'));
    for (const [i, expected] of told.entries()) assert.match(found[i] ?? '', expected);
    assert.deepEqual(imported.roles, roles);
    policyOf(imported);
  });
}

const BROKEN: readonly (readonly [text: string, message: RegExp])[] = [
  ['{allow, all}', /^line 1: a "\." is missing/],
  ['{allow, all}.\n\n{allow, all', /^line 3: a "}" is missing/],
  ['{allow,, all}.', /^line 1: a "," stands where a term must be/],
  ['{allow, all, publish, ["a]}.', /^line 1: this is no term/],
  ['{allow, #{a => 1}}.', /^line 1: this is no term/],
  [`${'['.repeat(40)}`, /nested too deeply/],
  ['[', /a term is missing at the end/],
  ['{deny, all, connect, ["a"]}.', /^line 1: the deny cannot be read: the action/],
  ['{deny, all, publish, ["a/#/b"]}.', /^line 1: the deny cannot be converted/],
  ['{deny, all, publish, ["$x/${clientid}"]}.', /^line 1: the deny cannot be converted/],
];

for (const [text, message] of BROKEN) {
  test(`refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(
      () => acl(text),
      (error) => error instanceof ImportError && message.test(error.message),
    );
  });
}
