import assert from 'node:assert/strict';
import test from 'node:test';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { MqttRoleSource } from '../../../../policies/source.ts';
import { mqtt, policy, short } from './policies.ts';

const FILTERS: readonly (readonly [
  about: string,
  before: MqttRoleSource,
  after: MqttRoleSource,
  changes: readonly string[],
])[] = [
  ['the same', { allow: [{ publish: 'a/#' }] }, { allow: [{ publish: 'a/#' }] }, []],
  [
    'another order',
    { allow: [{ publish: 'a' }, { publish: 'b' }] },
    { allow: [{ publish: 'b' }, { publish: 'a' }] },
    [],
  ],
  ['a new allow', {}, { allow: [{ publish: 'a/#' }] }, ['+ a/#']],
  ['a lost allow', { allow: [{ publish: 'a/#' }] }, {}, ['- a/#']],
  [
    'a wider one',
    { allow: [{ publish: 'a/{device}/#' }] },
    { allow: [{ publish: 'a/+/#' }] },
    ['+ a/+/# but a/{device}/#'],
  ],
  [
    'one that was held already',
    { allow: [{ publish: 'a/#' }] },
    { allow: [{ publish: 'a/#' }, { publish: 'a/b' }] },
    [],
  ],
  ['one that is denied', { deny: [{ publish: '#' }] }, { deny: [{ publish: '#' }], allow: [{ publish: 'a' }] }, []],
  [
    'a new deny',
    { allow: [{ publish: 'a/#' }] },
    { allow: [{ publish: 'a/#' }], deny: [{ publish: '+/x' }] },
    ['- a/x'],
  ],
  [
    'a lost deny',
    { allow: [{ publish: 'a/#' }], deny: [{ publish: '+/x/#' }] },
    { allow: [{ publish: 'a/#' }] },
    ['+ a/x/#'],
  ],
  [
    'a deny of nothing that is allowed',
    { allow: [{ publish: 'a' }] },
    { allow: [{ publish: 'a' }], deny: [{ publish: 'b' }] },
    [],
  ],
  [
    'a deny of what some clients are allowed',
    { allow: [{ publish: 'a/{device}' }] },
    { allow: [{ publish: 'a/{device}' }], deny: [{ publish: 'a/x' }] },
    ['- a/{device} and a/x perhaps'],
  ],
  [
    'a deny of what variables may be after $',
    { allow: [{ publish: '$x{device}' }] },
    { allow: [{ publish: '$x{device}' }], deny: [{ publish: '$xy' }] },
    ['- $x{device} and $xy perhaps'],
  ],
  [
    'a lost deny of what another one holds',
    { allow: [{ publish: 'a/{device}' }], deny: [{ publish: '+/x' }] },
    { allow: [{ publish: 'a/{device}' }], deny: [{ publish: 'a/#' }] },
    ['- a/{device} but +/x'],
  ],
  [
    'two that hold it together',
    { allow: [{ publish: 'a' }, { publish: 'a/+/#' }] },
    { allow: [{ publish: 'a/#' }] },
    [],
  ],
  [
    'the widest of several is told',
    {},
    { allow: [{ publish: 'a/b' }, { publish: 'a/#' }, { publish: 'a/+' }] },
    ['+ a/#'],
  ],
  [
    'system topics are none of #',
    { allow: [{ publish: '#' }] },
    { allow: [{ publish: '#' }, { publish: '$a/#' }] },
    ['+ $a/#'],
  ],
];

for (const [about, before, after, changes] of FILTERS) {
  test(`rules are compared as sets of topics: ${about}`, () => {
    const { clients, widens, narrows } = diffPolicies(policy(mqtt(before)), policy(mqtt(after)));
    assert.deepEqual(
      clients.flatMap(({ rules }) => rules.map(short)),
      changes,
    );
    assert.deepEqual([widens, narrows], [changes.some((one) => one[0] === '+'), changes.some((one) => one[0] === '-')]);
  });
}

test('what is asked is told: actions, quality of service, retain flag', () => {
  const cases = (before: MqttRoleSource, after: MqttRoleSource) =>
    diffPolicies(policy(mqtt(before)), policy(mqtt(after))).clients.flatMap(({ rules }) =>
      rules.map(({ direction, asked }) => [
        direction,
        asked.protocol === 'mqtt' &&
          asked.cases.map(({ action, qos, retain }) => `${action} ${qos}${retain ? ' retained' : ''}`),
      ]),
    );
  assert.deepEqual(cases({ allow: [{ will: 'a' }] }, { allow: [{ will: 'a', qos: [0, 1], retain: false }] }), [
    ['narrowed', ['will 0 retained', 'will 1 retained', 'will 2', 'will 2 retained']],
  ]);
  assert.deepEqual(cases({ allow: [{ subscribe: 'a', qos: [0] }] }, { allow: [{ subscribe: 'a' }] }), [
    ['widened', ['subscribe 1', 'subscribe 2']],
  ]);
  assert.deepEqual(cases({ allow: [{ receive: 'a' }] }, { allow: [{ subscribe: 'a', qos: [0] }] }), [
    ['widened', ['subscribe 0']],
  ]);
});

test('sizes of payloads are told as ranges', () => {
  const sizes = (before: MqttRoleSource, after: MqttRoleSource) =>
    diffPolicies(policy(mqtt(before)), policy(mqtt(after))).clients.flatMap(({ rules }) =>
      rules.map(({ direction, asked }) => [
        direction,
        asked.protocol === 'mqtt' && [...new Set(asked.cases.map((one) => JSON.stringify(one.sizes)))],
      ]),
    );
  const publish = (size?: number): MqttRoleSource => ({ allow: [{ publish: 'a', ...(size && { size }) }] });
  assert.deepEqual(sizes(publish(10), publish(20)), [['widened', ['{"from":11,"to":20}']]]);
  assert.deepEqual(sizes(publish(), publish(20)), [['narrowed', ['{"from":21}']]]);
  assert.deepEqual(sizes({}, publish(20)), [['widened', ['{"from":0,"to":20}']]]);
  assert.deepEqual(sizes(publish(10), { allow: [{ publish: 'b' }] }), [
    ['widened', [undefined]],
    ['narrowed', ['{"from":0,"to":10}']],
  ]);
});

const SUBSCRIPTIONS: readonly (readonly [
  about: string,
  before: MqttRoleSource,
  after: MqttRoleSource,
  changes: readonly string[],
])[] = [
  [
    'one that holds what two held together',
    { allow: [{ subscribe: 'a' }, { subscribe: 'a/+/#' }] },
    { allow: [{ subscribe: 'a/#' }] },
    ['+ a/# but a but a/+/# perhaps'],
  ],
  [
    'a filter reaches out of the deny that is gone',
    { allow: [{ subscribe: '#' }], deny: [{ subscribe: 'a/b' }, { subscribe: 'c/#' }] },
    { allow: [{ subscribe: '#' }], deny: [{ subscribe: 'c/#' }] },
    ['+ a/b but c/#'],
  ],
];

for (const [about, before, after, changes] of SUBSCRIPTIONS) {
  test(`rules are compared as sets of filters: ${about}`, () => {
    const { clients } = diffPolicies(policy(mqtt(before)), policy(mqtt(after)));
    const asked = clients.flatMap(({ rules }) =>
      rules.filter((one) => one.asked.protocol === 'mqtt' && one.asked.cases[0]?.action === 'subscribe'),
    );
    assert.deepEqual(asked.map(short), changes);
  });
}

test('a deny that filters lets subscriptions through that one that rejects does not', () => {
  const rules: MqttRoleSource = { allow: [{ subscribe: 'a/#' }], deny: [{ subscribe: 'a/x' }] };
  const { clients } = diffPolicies(policy(mqtt(rules)), policy(mqtt({ ...rules, denyOverlap: 'filter' })));
  const told = clients.flatMap(({ rules: changes }) => changes);
  assert.deepEqual(
    told.map(({ direction, also, except }) => [direction, also?.text, except.map(({ filters }) => filters)]),
    [['widened', 'a/x', [true]]],
  );
});
