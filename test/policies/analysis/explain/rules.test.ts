import assert from 'node:assert/strict';
import test from 'node:test';
import { explain } from '../../../../policies/analysis/explain/explain.ts';
import type { PolicyRequest } from '../../../../policies/analysis/policy-test/request.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { PolicySource } from '../../../../policies/source.ts';
import type { Identified } from '../../../../policies/types.ts';

const SOURCE: PolicySource = {
  identities: [],
  roles: {
    m: {
      mqtt: {
        allow: [
          { publish: '{plant}/#', qos: [0, 1], retain: false, size: 9 },
          { subscribe: '{plant}/+', qos: [0] },
          { receive: 'news' },
        ],
        deny: [
          { publish: '+/secret', retain: true },
          { subscribe: '+/secret', qos: [1, 2] },
        ],
      },
      limits: { publish: '5/s', requests: '6/s', bytes: '1KiB/s', connections: 2, handshakes: '6/min' },
    },
    k: {
      kafka: {
        allow: [{ topic: '{plant}.', prefix: true, operations: ['write'] }],
        deny: [{ topic: '*', operations: ['all'], hosts: ['10.0.0.0/8'] }],
      },
    },
  },
};
const WHO: Identified = {
  ok: true,
  identity: 'i',
  principal: 'p',
  roles: ['m', 'k', 'm'],
  variables: { plant: 'a' },
  limits: {
    publish: { perSecond: 5, burst: 5, onExceed: 'throttle' },
    requests: { perSecond: 0.1, burst: 6, onExceed: 'reject' },
  },
};

const publish = (topic: string, qos: number, retain: boolean) => ({ action: 'publish', topic, qos, retain }) as const;
const sized = (topic: string, size: number) => ({ ...publish(topic, 0, false), size }) as const;
const subscribe = (filter: string, qos: number) => ({ action: 'subscribe', filter, qos }) as const;
const write = (name: string, host: string) =>
  ({ action: 'kafka', operation: 'write', type: 'topic', name, host }) as const;

/** A request and, in the order of the file, what is said of each rule that is about it. */
const CASES: readonly (readonly [request: PolicyRequest, looks: readonly string[]])[] = [
  [publish('a/b', 0, false), ['allow[0] decides: holds this topic', 'deny[0] no: is about other topics']],
  [
    publish('a/b', 2, false),
    ['allow[0] decides: holds this topic, but not QoS 2', 'deny[0] no: is about other topics'],
  ],
  [
    publish('a/b', 1, true),
    ['allow[0] decides: holds this topic, but not retained messages', 'deny[0] no: is about other topics'],
  ],
  [
    publish('a/secret', 0, false),
    ['allow[0] decides: holds this topic', 'deny[0] partly: holds this topic, but not messages that are not retained'],
  ],
  [
    publish('a/secret', 0, true),
    ['allow[0] partly: holds this topic, but not retained messages', 'deny[0] decides: holds this topic'],
  ],
  [sized('a/b', 9), ['allow[0] decides: holds this topic', 'deny[0] no: is about other topics']],
  [
    sized('a/b', 10),
    ['allow[0] decides: holds this topic, but no payload of this size', 'deny[0] no: is about other topics'],
  ],
  [subscribe('a/b', 0), ['allow[1] decides: holds the whole filter', 'deny[1] no: overlaps no topic of the filter']],
  [
    subscribe('a/b', 2),
    ['allow[1] decides: holds the whole filter, up to QoS 0', 'deny[1] no: overlaps no topic of the filter'],
  ],
  [
    subscribe('a/+', 0),
    ['allow[1] decides: holds the whole filter', 'deny[1] partly: overlaps the filter, but not with this QoS'],
  ],
  [subscribe('a/#', 1), ['allow[1] no: does not hold the whole filter', 'deny[1] decides: overlaps the filter']],
  [{ action: 'receive', topic: 'news' }, ['allow[1] no: is about other topics', 'allow[2] decides: holds this topic']],
  [
    write('a.x', '192.0.2.1'),
    ['allow[0] decides: holds this topic', 'deny[0] partly: holds this topic, but not from 192.0.2.1'],
  ],
  [write('a.x', '10.0.0.1'), ['allow[0] applies: holds this topic', 'deny[0] decides: holds this topic']],
  [
    write('b', '192.0.2.1'),
    ['allow[0] no: is about another topic', 'deny[0] partly: holds this topic, but not from 192.0.2.1'],
  ],
];

for (const [request, looks] of CASES) {
  test(`what each rule has to do with ${JSON.stringify(request)}`, () => {
    const { rules } = explain(compilePolicy(SOURCE, { version: '' }), SOURCE, WHO, request, 8);
    assert.equal(
      rules.length,
      request.action === 'kafka' ? 2 : 5,
      'each rule once, also of a role that is named twice',
    );
    const about = rules.filter(
      ({ reason }) => !reason.startsWith('is about publish') && !/^is about \w+$/.test(reason),
    );
    assert.deepEqual(
      about.map(({ path, outcome, reason }) => `${path.slice(path.lastIndexOf('.') + 1)} ${outcome}: ${reason}`),
      looks,
    );
  });
}

test('rules are shown as written and as filled, with what they ask for', () => {
  const policy = compilePolicy(SOURCE, { version: '' });
  const texts = (request: PolicyRequest) =>
    explain(policy, SOURCE, WHO, request, 8).rules.map(({ says, filled }) => [says, filled]);
  assert.deepEqual(texts(publish('a', 0, false)), [
    [
      'publish "{plant}/#" with QoS 0 or 1, retain: false, at most 9 bytes',
      'publish "a/#" with QoS 0 or 1, retain: false, at most 9 bytes',
    ],
    ['subscribe "{plant}/+" with QoS 0', 'subscribe "a/+" with QoS 0'],
    ['receive "news"', undefined],
    ['publish "+/secret", retain: true', undefined],
    ['subscribe "+/secret" with QoS 1 or 2', undefined],
  ]);
  assert.deepEqual(texts(write('a', '')), [
    ['write on topic "{plant}." (prefix)', 'write on topic "a." (prefix)'],
    ['all on topic "*" from certain addresses', undefined],
  ]);
});

test('a limit on payloads is told, and what a deny that filters does to a subscription', () => {
  const roles: PolicySource['roles'] = {
    m: {
      mqtt: {
        denyOverlap: 'filter',
        allow: [{ publish: 'a', size: 10 }, { subscribe: 'a/#' }],
        deny: [{ subscribe: 'a/x' }],
      },
    },
  };
  const source = { identities: [], roles };
  const who = { ...WHO, roles: ['m'] };
  const policy = compilePolicy(source, { version: '' });
  const looks = (request: PolicyRequest) =>
    explain(policy, source, who, request, 8).rules.map(({ outcome, reason }) => `${outcome}: ${reason}`);
  assert.equal(explain(policy, source, who, publish('a', 0, false), 8).rules[0]?.says, 'publish "a", at most 10 bytes');
  assert.deepEqual(looks(subscribe('a/+', 0)).slice(1), [
    'decides: holds the whole filter',
    'partly: overlaps the filter: what it denies is not delivered',
  ]);
  assert.deepEqual(looks(subscribe('a/x', 0)).slice(1), [
    'applies: holds the whole filter',
    'decides: overlaps the filter',
  ]);
});

test('a topic or filter that breaks the grammar comes to no rule', () => {
  const policy = compilePolicy(SOURCE, { version: '' });
  for (const request of [publish('a/+', 0, false), publish('a/b/c/d/e/f/g/h/i', 0, false), subscribe('a/#/b', 0)]) {
    const { rules, decision } = explain(policy, SOURCE, WHO, request, 8);
    assert.deepEqual([rules, decision.verdict], [[], 'deny']);
  }
});

test('limits are told with where they are stated and which of them a request draws from', () => {
  const policy = compilePolicy(SOURCE, { version: '' });
  const limits = (request: PolicyRequest) => explain(policy, SOURCE, WHO, request, 8).limits;
  assert.deepEqual(limits(publish('a', 0, false)), [
    { key: 'publish', value: '5 per second, burst 5, throttle', paths: ['roles.m.limits.publish'], drawn: true },
    { key: 'requests', value: '0.1 per second, burst 6, reject', paths: ['roles.m.limits.requests'], drawn: false },
  ]);
  const drawn = (request: PolicyRequest) => limits(request).flatMap((one) => (one.drawn ? one.key : []));
  assert.deepEqual(drawn(subscribe('a', 0)), ['requests']);
  assert.deepEqual(drawn({ action: 'receive', topic: 'a' }), []);
  assert.deepEqual(drawn(write('a', '')), ['publish', 'requests']);
});

test('limits are told wherever they are stated', () => {
  const identity = {
    name: WHO.identity,
    when: { trust: 'ca', subject: { OU: '{plant}' } },
    principal: 'p',
    roles: ['m'],
    limits: { publish: '7/s' },
  };
  const source = { ...SOURCE, limits: { publish: '9/s' }, identities: [identity] };
  const policy = compilePolicy(source, { version: '' });
  const [publishing] = explain(policy, source, WHO, publish('a', 0, false), 8).limits;
  assert.deepEqual(publishing?.paths, ['limits.publish', 'identities[0].limits.publish', 'roles.m.limits.publish']);
});
