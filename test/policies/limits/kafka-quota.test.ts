import assert from 'node:assert/strict';
import test from 'node:test';
import { limitDifferences } from '../../../policies/analysis/policy-test/limit-differences.ts';
import { checkLimits } from '../../../policies/limits/check-limits.ts';
import { effectiveLimits } from '../../../policies/limits/effective.ts';
import { quotaThrottle } from '../../../policies/limits/kafka-quota.ts';

/** What Kafka's own classes give with a bound of 1000 B/s. */
const GIVEN: readonly (readonly [what: string, used: number, elapsed: number, throttle: number])[] = [
  ['the first request of 20 000 bytes', 20_000, 0, 10_000],
  ['as much as ten seconds hold', 10_000, 0, 0],
  ['1200 bytes each second: second 7', 8 * 1200, 7000, 0],
  ['second 8', 9 * 1200, 8000, 800],
  ['second 9', 10 * 1200, 9000, 2000],
  ['second 10', 11 * 1200, 10_000, 3200],
];

for (const [what, used, elapsed, throttle] of GIVEN) {
  test(`throttle time of ${what}`, () => assert.equal(quotaThrottle(used, 1000, elapsed), throttle));
}

test('bytes, bytesOut and requests of a block are quotas, the rest of it is not', () => {
  const limits = effectiveLimits([
    { quota: 'kafka', bytes: '1000B/s', bytesOut: '2000B/s', requests: '3/s', publish: '4/s' },
  ]);
  assert.deepEqual(limits, {
    bytes: { perSecond: 1000, burst: 10_000, onExceed: 'throttle', quota: 'kafka' },
    bytesOut: { perSecond: 2000, burst: 20_000, onExceed: 'throttle', quota: 'kafka' },
    requests: { perSecond: 3, burst: 30, onExceed: 'throttle', quota: 'kafka' },
    publish: { perSecond: 4, burst: 4, onExceed: 'throttle' },
  });
});

test('a quota too holds one token at least', () => {
  const { requests } = effectiveLimits([{ quota: 'kafka', requests: '1/h' }]);
  assert.deepEqual(requests, { perSecond: 1 / 3600, burst: 1, onExceed: 'throttle', quota: 'kafka' });
});

test('the strictest rate says whether it is a quota', () => {
  const quota = { quota: 'kafka', bytes: '1000B/s' } as const;
  assert.equal(effectiveLimits([quota, { bytes: '2000B/s' }]).bytes?.quota, 'kafka');
  assert.equal(effectiveLimits([quota, { bytes: '500B/s' }]).bytes?.quota, undefined);
});

test('a quota is for Kafka listeners, and has no burst', () => {
  const quota = { quota: 'kafka', bytes: '1000B/s' } as const;
  const wrong = (...args: Parameters<typeof checkLimits>) => checkLimits(...args).map(({ path }) => path);
  assert.deepEqual(wrong(quota, 'x', true), []);
  assert.deepEqual(wrong(quota, 'x'), ['x.quota']);
  assert.deepEqual(wrong({ quota: 'mqtt' as 'kafka' }, 'x', true), ['x.quota']);
  assert.deepEqual(wrong({ ...quota, bytes: { limit: '1B/s' } }, 'x', true), []);
  assert.deepEqual(wrong({ ...quota, bytes: { limit: '1B/s', burst: '2s' } }, 'x', true), ['x.bytes.burst']);
  assert.deepEqual(wrong({ ...quota, publish: { limit: '1/s', burst: '2s' } }, 'x', true), []);
  assert.deepEqual(limitDifferences(quota, {}), ['quota: it is of a listener, which a policy test does not look at']);
});
