/** What each row of the table of limits does, wherever it is read: one literal row here for each there. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { lookAtLimits } from '../../../policies/analysis/explain/limits.ts';
import { lintPolicy } from '../../../policies/analysis/lint/lint-policy.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import { CAUSES } from '../../../policies/causes.ts';
import { checkLimits } from '../../../policies/limits/check-limits.ts';
import { effectiveLimits } from '../../../policies/limits/effective.ts';
import { BURSTING, COUNTS, LIMITS, QUOTAS, RATES, TRAFFIC, UNSHARED } from '../../../policies/limits/keys.ts';
import { descriptorOf, LIMIT_TABLE, type LimitKey, type TrafficKey } from '../../../policies/limits/table.ts';
import type { LimitsSource } from '../../../policies/source.ts';
import type { Identified, SharableLimits } from '../../../policies/types.ts';
import { limits as schema } from '../../../proxy/control-plane/config/schema/limits.ts';
import { createShared, openLimits } from '../../../proxy/shared/tables/index.ts';
import type { SharedLimits } from '../../../proxy/shared/tables/types.ts';
import { batch } from '../../adapters/kafka/support/batch.ts';
import { openRig as openKafka } from '../../adapters/kafka/support/rig.ts';
import { connackPacket, connectPacket, encode, publish } from '../../adapters/mqtt/support/packets.ts';
import { Rig as MqttRig } from '../../adapters/mqtt/support/rig.ts';

/** The requests that `explain` is asked about; `write` is a Produce, `read` any other request of Kafka. */
type Asked = 'connect' | 'will' | 'publish' | 'subscribe' | 'receive' | 'read' | 'write';

interface Expected {
  /** What `written` means: a rate and a burst of its own, a rate all of which may come at once, or a number. */
  readonly written: string | number;
  readonly holds: { readonly perSecond: number; readonly burst: number } | number;
  /** It takes no `onExceed`; else what a block that says so makes of it. */
  readonly reject?: 'reject' | 'throttle';
  /** Burst as a quota of Kafka. */
  readonly quota?: number;
  readonly protocols: readonly ('mqtt' | 'kafka')[];
  readonly drawnBy: readonly Asked[];
  /** Why no group shares it. */
  readonly unshared?: RegExp;
  readonly cause?: readonly [string, meaning: RegExp];
  readonly lease?: number;
  /** The smallest and largest that a configuration may state, and what lies beyond. */
  readonly bounds?: readonly [below: unknown, min: unknown, max: unknown, above: unknown];
}

const BOTH = ['mqtt', 'kafka'] as const;
const MQTT = ['mqtt'] as const;
const KAFKA = ['read', 'write'] as const;
const ALONE = /^counts for one connection and cannot be shared/;

const EXPECTED: Readonly<Record<LimitKey, Expected>> = {
  publish: {
    written: '60/min',
    holds: { perSecond: 1, burst: 5 },
    reject: 'reject',
    protocols: BOTH,
    drawnBy: ['publish', 'write'],
    cause: ['limit-publish', /more messages per second/],
    lease: 4096,
  },
  bytes: {
    written: '60KiB/min',
    holds: { perSecond: 1024, burst: 5120 },
    reject: 'reject',
    quota: 10_240,
    protocols: BOTH,
    drawnBy: ['connect', 'will', 'publish', 'subscribe', ...KAFKA],
    cause: ['limit-bytes', /more bytes per second than/],
    lease: 1_048_576,
  },
  bytesOut: {
    written: '60KiB/min',
    holds: { perSecond: 1024, burst: 5120 },
    reject: 'throttle',
    quota: 10_240,
    protocols: BOTH,
    drawnBy: ['receive', ...KAFKA],
    cause: ['limit-bytes-out', /more bytes per second to the client/],
    lease: 1_048_576,
  },
  requests: {
    written: '60/min',
    holds: { perSecond: 1, burst: 5 },
    reject: 'reject',
    quota: 10,
    protocols: BOTH,
    drawnBy: ['subscribe', ...KAFKA],
    cause: ['limit-requests', /more requests per second/],
    lease: 1024,
  },
  topics: {
    written: '60/min',
    holds: { perSecond: 1, burst: 60 },
    reject: 'reject',
    protocols: MQTT,
    drawnBy: ['publish'],
    unshared: /^counts for a principal and cannot be shared/,
    cause: ['limit-topics', /more new topics of the client/],
    lease: 1,
  },
  handshakes: {
    written: '60/min',
    holds: { perSecond: 1, burst: 60 },
    protocols: BOTH,
    drawnBy: ['connect', 'will'],
    cause: ['limit-handshakes', /more handshakes per minute/],
  },
  connections: {
    written: 7,
    holds: 7,
    protocols: BOTH,
    drawnBy: ['connect', 'will'],
    cause: ['limit-connections', /more connections at once/],
    bounds: [0, 1, 1_000_000, 1_000_001],
  },
  subscriptions: {
    written: 7,
    holds: 7,
    protocols: MQTT,
    drawnBy: ['subscribe'],
    unshared: ALONE,
    cause: ['limit-subscriptions', /more subscriptions of one connection/],
    bounds: [0, 1, 65_536, 65_537],
  },
  inFlight: {
    written: 7,
    holds: 7,
    protocols: BOTH,
    drawnBy: ['publish', ...KAFKA],
    unshared: ALONE,
    bounds: [0, 1, 65_535, 65_536],
  },
  packetSize: {
    written: 4096,
    holds: 4096,
    protocols: BOTH,
    drawnBy: ['connect', 'will', 'publish', 'subscribe', 'receive', ...KAFKA],
    unshared: ALONE,
    bounds: ['255B', '256B', '1GiB', '1025MiB'],
  },
};

const KEYS = Object.keys(EXPECTED) as LimitKey[];
const rows = () => KEYS.map((key) => [key, EXPECTED[key]] as const);
const block = (key: LimitKey, more: LimitsSource = {}): LimitsSource => ({ [key]: EXPECTED[key].written, ...more });
const keysWhere = (takes: (expected: Expected) => boolean) => KEYS.filter((key) => takes(EXPECTED[key]));

test('the lists of keys hold what the rows say, in their order', () => {
  assert.deepEqual(LIMITS, KEYS);
  assert.deepEqual(
    RATES,
    keysWhere(({ holds }) => typeof holds === 'object'),
  );
  assert.deepEqual(
    COUNTS,
    keysWhere(({ holds }) => typeof holds === 'number'),
  );
  assert.deepEqual(
    TRAFFIC,
    keysWhere(({ reject }) => reject !== undefined),
  );
  assert.deepEqual(
    QUOTAS,
    keysWhere(({ quota }) => quota !== undefined),
  );
  assert.deepEqual(
    UNSHARED,
    keysWhere(({ unshared }) => unshared !== undefined),
  );
  assert.deepEqual(
    BURSTING,
    keysWhere(({ holds, reject }) => reject !== undefined && typeof holds === 'object' && holds.burst !== 60),
  );
});

for (const [key, expected] of rows()) {
  const { holds, reject, quota, unshared } = expected;

  test(`${key}: what is written holds in its unit, with its bucket and its onExceed`, () => {
    const limits = effectiveLimits([block(key, { burst: '5s', onExceed: 'reject' })]);
    const excess = reject === undefined ? {} : { onExceed: reject };
    assert.deepEqual(limits, { [key]: typeof holds === 'number' ? holds : { ...holds, ...excess } });
    assert.equal(
      effectiveLimits([block(key, { onExceed: 'disconnect' })])[key as TrafficKey]?.onExceed,
      reject && 'disconnect',
    );
  });

  test(`${key}: a quota of Kafka or not`, () => {
    const limit: SharableLimits[TrafficKey] = effectiveLimits([block(key, { quota: 'kafka' })])[key as TrafficKey];
    assert.equal(limit?.quota, quota === undefined ? undefined : 'kafka');
    if (quota !== undefined) assert.equal(limit?.burst, quota);
  });

  test(`${key}: shared by a group or not`, () => {
    const problems = checkLimits(block(key, { scope: 'group:g' }), 'x');
    if (unshared === undefined) assert.deepEqual(problems, []);
    else assert.deepEqual([problems.length, problems[0]?.path], [1, `x.${key}`]);
    if (unshared !== undefined) assert.match(problems[0]?.message ?? '', unshared);
  });
}

test('what is over a limit that cannot be refused may not be rejected, and every other may', () => {
  for (const [key, { reject, written }] of rows()) {
    if (reject === undefined) continue;
    const problems = checkLimits({ [key]: { limit: written, onExceed: 'reject' } }, 'x');
    assert.deepEqual(
      problems.map(({ path }) => path),
      reject === 'reject' ? [] : [`x.${key}.onExceed`],
    );
    assert.equal(schema.safeParse({ [key]: { limit: written, onExceed: 'reject' } }).success, reject === 'reject', key);
    assert.equal(schema.safeParse({ [key]: { limit: written, onExceed: 'disconnect' } }).success, true, key);
    assert.equal(schema.safeParse({ [key]: { limit: written, burst: '1s' } }).success, BURSTING.includes(key as never));
  }
});

test('the configuration takes each limit in its unit and within its bounds, and says what the table says of it', () => {
  for (const [key, { written, bounds }] of rows()) {
    const [below, min, max, above] = bounds ?? ['0/s', written, written, written === '60/min' ? '1KiB/s' : '1/s'];
    for (const good of [min, max]) assert.equal(schema.safeParse({ [key]: good }).success, true, `${key} ${good}`);
    for (const bad of [below, above]) assert.equal(schema.safeParse({ [key]: bad }).success, false, `${key} ${bad}`);
    assert.equal(schema.shape[key].description, descriptorOf(key).text);
    assert.equal(
      /^MQTT: /.test(descriptorOf(key).text) && !/Kafka: /.test(descriptorOf(key).text),
      !forKafka(key),
      key,
    );
  }
});

function forKafka(key: LimitKey): boolean {
  return EXPECTED[key].protocols.includes('kafka');
}

const REQUESTS: Readonly<Record<Asked, PolicyRequest>> = {
  connect: { action: 'connect', clientId: 'c' },
  will: { action: 'will', topic: 'a', qos: 0, retain: false },
  publish: { action: 'publish', topic: 'a', qos: 0, retain: false },
  subscribe: { action: 'subscribe', filter: 'a', qos: 0 },
  receive: { action: 'receive', topic: 'a' },
  read: { action: 'kafka', operation: 'read', type: 'topic', name: 't', host: '192.0.2.1' },
  write: { action: 'kafka', operation: 'write', type: 'topic', name: 't', host: '192.0.2.1' },
};

test('explain says which requests draw from which limits', () => {
  const limits = effectiveLimits(KEYS.map((key) => block(key)));
  const who: Identified = { ok: true, identity: 'i', principal: 'p', roles: [], variables: {}, limits };
  const drawn = (request: PolicyRequest | undefined) =>
    lookAtLimits({ identities: [], roles: {} }, who, request).flatMap((look) => (look.drawn ? [look.key] : []));
  for (const [asked, request] of Object.entries(REQUESTS)) {
    assert.deepEqual(
      drawn(request),
      keysWhere(({ drawnBy }) => drawnBy.includes(asked as Asked)),
      asked,
    );
  }
  assert.deepEqual(drawn(undefined), drawn(REQUESTS.connect));
});

test('lint finds limits that only MQTT counts, where no client speaks it', () => {
  const limits = Object.assign({}, ...KEYS.map((key) => block(key)));
  const when = { trust: 'ca', subject: { O: 'Acme' } };
  const identities = [{ name: 'i', when, principal: 'p', roles: ['r'] }];
  const found = lintPolicy({
    policy: { identities, roles: { r: { limits, kafka: { allow: [{ topic: '*', operations: ['all'] }] } } } },
    listeners: [{ protocol: 'kafka', clients: ['ca'], admits: [] }],
    stores: ['ca'],
    maxConnections: 1000,
  });
  assert.deepEqual(
    found.flatMap(({ lint, path }) => (lint === 'limit-never-binds' ? [path] : [])),
    KEYS.filter((key) => !forKafka(key)).map((key) => `roles.r.limits.${key}`),
  );
});

test('the causes of limits are those of the rows, and each says what it means', () => {
  const causes = rows().flatMap(([, { cause }]) => (cause === undefined ? [] : [cause]));
  const known = Object.keys(CAUSES).filter((cause) => cause.startsWith('limit-') && cause !== 'limit-table-full');
  assert.deepEqual(
    known,
    causes.map(([cause]) => cause),
  );
  for (const [cause, meaning] of causes) assert.match(CAUSES[cause as keyof typeof CAUSES], meaning);
  for (const [key, { cause }] of rows()) assert.equal(descriptorOf(key).cause?.[0], cause?.[0], key);
});

test('each traffic limit has a bucket of its own, which leases to one worker what its row says', () => {
  for (const [key, { lease = 0 }] of rows()) {
    if (!TRAFFIC.includes(key as TrafficKey)) continue;
    const state = createShared({ workers: 2, slots: 16, clientIds: 64, series: 64, addresses: 64 });
    const rate = { perSecond: 1, burst: 1e9 };
    const only: SharedLimits = { [key]: rate };
    const [one, two] = [0, 1].map((worker) => openLimits(state, worker).acquire('i', 'p', only));
    assert.ok(one !== undefined && two !== undefined && one !== 'table-full' && two !== 'table-full');
    const kind = key as TrafficKey;
    for (const other of TRAFFIC)
      if (other !== kind) assert.equal(one.take(other, 2e9, 0, 0), 0, `${other} beside ${key}`);
    one.take(kind, 1, 0, 0);
    assert.equal(two.take(kind, 1e9 - lease + 1, 0, 0), -1, `${key} leases ${lease}`);
    assert.equal(two.take(kind, 1e9 - lease, 0, 0), 0, `${key} leases ${lease}`);
  }
});

const LIMITED = { perSecond: 1, burst: 1, onExceed: 'throttle' } as const;

/** The limits that a session draws from while it does all there is to do. */
const DRAWN = {
  mqtt: () => {
    const rig = new MqttRig({ limits: { bytesOut: LIMITED, topics: LIMITED } });
    rig.client(encode(connectPacket(4, { will: { topic: 'ok/w', payload: 'x', qos: 0, retain: false } }), 4));
    rig.session.brokerReady();
    rig.broker(encode(connackPacket(4), 4));
    rig.client(encode(publish('ok/a'), 4));
    rig.broker(encode(publish('ok/b'), 4));
    rig.client(encode({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'ok/#', qos: 0 }] }, 4));
    return rig.takes;
  },
  kafka: () => {
    const rig = openKafka({ limits: { bytesOut: LIMITED } });
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batch() }] }];
    rig.ask(0, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData });
    rig.reply(0, 9, { responses: [] });
    return rig.takes;
  },
} as const;

for (const protocol of BOTH) {
  test(`a session of ${protocol} draws from the limits that say so, and from no others`, () => {
    const kinds = DRAWN[protocol]().map((take) => take.replace(/^topic .*/, 'topics').replace(/ .*/, ''));
    const expected = TRAFFIC.filter((key) => EXPECTED[key].protocols.includes(protocol));
    assert.deepEqual([...new Set(kinds)].sort(), expected.toSorted());
    for (const key of TRAFFIC) {
      assert.equal((LIMIT_TABLE[key].protocols as readonly string[]).includes(protocol), expected.includes(key), key);
    }
  });
}
