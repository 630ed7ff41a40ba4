import assert from 'node:assert/strict';
import test from 'node:test';
import { checkLimits } from '../../../policies/limits/check-limits.ts';
import { effectiveLimits } from '../../../policies/limits/effective.ts';
import { RateError } from '../../../policies/limits/rate.ts';
import type { LimitsSource } from '../../../policies/source.ts';

test('no limits at all means unlimited', () => {
  assert.deepEqual(effectiveLimits([]), {});
  assert.deepEqual(effectiveLimits([{}, { burst: '5s', onExceed: 'reject' }]), {});
});

test('the burst is a duration at the rate, one second by default and one token at least', () => {
  const onExceed = 'throttle';
  assert.deepEqual(effectiveLimits([{ publish: '50/s' }]).publish, { perSecond: 50, burst: 50, onExceed });
  assert.deepEqual(effectiveLimits([{ publish: '50/s', burst: '5s' }]).publish, {
    perSecond: 50,
    burst: 250,
    onExceed,
  });
  const half = { perSecond: 65_536, burst: 32_768, onExceed };
  assert.deepEqual(effectiveLimits([{ bytes: '64KiB/s', burst: '500ms' }]).bytes, half);
  assert.deepEqual(effectiveLimits([{ requests: '6/min' }]).requests, { perSecond: 0.1, burst: 1, onExceed });
  assert.deepEqual(effectiveLimits([{ publish: '50/s' }], '2s').publish, { perSecond: 50, burst: 100, onExceed });
});

test('a limit that is written in full says for itself what its block says for the others', () => {
  const block: LimitsSource = {
    publish: { limit: '10/s', burst: '3s' },
    bytes: { limit: '1KiB/s', onExceed: 'disconnect' },
    requests: '5/s',
    burst: '2s',
    onExceed: 'reject',
  };
  assert.deepEqual(effectiveLimits([block]), {
    publish: { perSecond: 10, burst: 30, onExceed: 'reject' },
    bytes: { perSecond: 1024, burst: 2048, onExceed: 'disconnect' },
    requests: { perSecond: 5, burst: 10, onExceed: 'reject' },
  });
});

/** What a client over the limit on messages meets, whatever the order of the blocks is. */
const EXCESS: readonly (readonly [a: LimitsSource, b: LimitsSource, onExceed: string])[] = [
  [{ publish: '5/s' }, { publish: '6/s', onExceed: 'disconnect' }, 'throttle'],
  [
    { publish: '5/s', burst: '1s', onExceed: 'reject' },
    { publish: '5/s', burst: '2s', onExceed: 'disconnect' },
    'reject',
  ],
  [{ publish: '5/s', onExceed: 'reject' }, { publish: '300/min', onExceed: 'disconnect' }, 'disconnect'],
  [{ publish: '5/s' }, { publish: '5/s', onExceed: 'reject' }, 'reject'],
  [{ publish: '5/s' }, { bytes: '1B/s', onExceed: 'disconnect' }, 'throttle'],
];

for (const [a, b, onExceed] of EXCESS) {
  test(`of ${JSON.stringify(a)} and ${JSON.stringify(b)} it is ${onExceed}`, () => {
    assert.equal(effectiveLimits([a, b]).publish?.onExceed, onExceed);
    assert.equal(effectiveLimits([b, a]).publish?.onExceed, onExceed);
  });
}

test('handshakes may all come at once, whatever the burst of the traffic is', () => {
  assert.deepEqual(effectiveLimits([{ handshakes: '6/min', burst: '5s' }]).handshakes, { perSecond: 0.1, burst: 6 });
});

test('over several roles the strictest of each holds', () => {
  const roles: LimitsSource[] = [
    { publish: '50/s', burst: '5s', connections: 3 },
    { publish: '100/s', bytes: '1KiB/s', connections: 2, onExceed: 'disconnect' },
    { onExceed: 'reject' },
  ];
  const expected = {
    publish: { perSecond: 50, burst: 100, onExceed: 'throttle' },
    bytes: { perSecond: 1024, burst: 1024, onExceed: 'disconnect' },
    connections: 2,
  };
  assert.deepEqual(effectiveLimits(roles), expected);
  assert.deepEqual(effectiveLimits(roles.toReversed()), expected);
});

test('every wrong limit is named with its path', () => {
  const wrong = {
    publish: '50',
    bytes: '50/s',
    requests: '1/s',
    handshakes: '6/day',
    burst: 'long',
    connections: 0,
    onExceed: 'explode',
  } as unknown as LimitsSource;
  assert.deepEqual(
    checkLimits(wrong, 'roles.device.limits').map((problem) => problem.path),
    ['publish', 'bytes', 'handshakes', 'burst', 'onExceed', 'connections'].map((key) => `roles.device.limits.${key}`),
  );
  const long = { bytes: { limit: '1/s', burst: 'x', onExceed: 'explode' } } as unknown as LimitsSource;
  assert.deepEqual(
    checkLimits(long, 'x').map((problem) => problem.path),
    ['x.bytes.limit', 'x.bytes.burst', 'x.bytes.onExceed'],
  );
  for (const count of [1.5, Number.NaN, -1]) {
    assert.deepEqual(
      checkLimits({ inFlight: count }, 'x').map(({ path, message }) => `${path} ${message}`),
      ['x.inFlight must be a whole number of at least 1'],
    );
  }
  assert.throws(() => effectiveLimits([{ publish: '50' }]), RateError);
  assert.deepEqual(checkLimits({ publish: '1/s', connections: 1, burst: '1s', onExceed: 'reject' }, 'x'), []);
});

test('what comes from the broker is never rejected half-way', () => {
  assert.equal(effectiveLimits([{ bytesOut: '1KiB/s', onExceed: 'reject' }]).bytesOut?.onExceed, 'throttle');
  assert.equal(effectiveLimits([{ bytesOut: '1KiB/s', onExceed: 'disconnect' }]).bytesOut?.onExceed, 'disconnect');
  const paths = checkLimits({ bytesOut: { limit: '1KiB/s', onExceed: 'reject' } }, 'x').map(({ path }) => path);
  assert.deepEqual(paths, ['x.bytesOut.onExceed']);
  assert.deepEqual(checkLimits({ bytesOut: { limit: '1KiB/s', onExceed: 'disconnect' } }, 'x'), []);
  assert.deepEqual(checkLimits({ bytes: { limit: '1KiB/s', onExceed: 'reject' } }, 'x'), []);
});

test('counts are the smallest of each', () => {
  const blocks: LimitsSource[] = [
    { subscriptions: 5, inFlight: 2 },
    { subscriptions: 3, inFlight: 9, packetSize: 1024 },
  ];
  assert.deepEqual(effectiveLimits(blocks), { subscriptions: 3, inFlight: 2, packetSize: 1024 });
});

test('topics may all come at once, whatever the burst of the traffic is', () => {
  const block: LimitsSource = { topics: { limit: '20/min', onExceed: 'reject' }, burst: '5s' };
  assert.deepEqual(effectiveLimits([block]).topics, { perSecond: 1 / 3, burst: 20, onExceed: 'reject' });
});
