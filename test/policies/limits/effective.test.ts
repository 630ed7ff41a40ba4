import assert from 'node:assert/strict';
import test from 'node:test';
import { checkLimits, effectiveLimits } from '../../../policies/limits/effective.ts';
import { RateError } from '../../../policies/limits/rate.ts';
import type { LimitsSource } from '../../../policies/source.ts';

test('no limits at all means unlimited and throttle', () => {
  assert.deepEqual(effectiveLimits([]), { onExceed: 'throttle' });
  assert.deepEqual(effectiveLimits([{}]), { onExceed: 'throttle' });
});

test('the burst is a duration at the rate, one second by default and one token at least', () => {
  assert.deepEqual(effectiveLimits([{ publish: '50/s' }]).publish, { perSecond: 50, burst: 50 });
  assert.deepEqual(effectiveLimits([{ publish: '50/s', burst: '5s' }]).publish, { perSecond: 50, burst: 250 });
  assert.deepEqual(effectiveLimits([{ bytes: '64KiB/s', burst: '500ms' }]).bytes, { perSecond: 65536, burst: 32768 });
  assert.deepEqual(effectiveLimits([{ requests: '6/min' }]).requests, { perSecond: 0.1, burst: 1 });
  assert.deepEqual(effectiveLimits([{ publish: '50/s' }], '2s').publish, { perSecond: 50, burst: 100 });
});

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
    publish: { perSecond: 50, burst: 100 },
    bytes: { perSecond: 1024, burst: 1024 },
    connections: 2,
    onExceed: 'disconnect',
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
    ['publish', 'bytes', 'handshakes', 'burst', 'connections', 'onExceed'].map((key) => `roles.device.limits.${key}`),
  );
  assert.throws(() => effectiveLimits([{ publish: '50' }]), RateError);
  assert.deepEqual(checkLimits({ publish: '1/s', connections: 1, burst: '1s', onExceed: 'reject' }, 'x'), []);
});
