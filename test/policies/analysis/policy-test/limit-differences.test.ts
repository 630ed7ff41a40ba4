import assert from 'node:assert/strict';
import test from 'node:test';
import { limitDifferences } from '../../../../policies/analysis/policy-test/limit-differences.ts';
import type { LimitsSource } from '../../../../policies/source.ts';
import type { EffectiveLimits } from '../../../../policies/types.ts';

const HELD: EffectiveLimits = {
  publish: { perSecond: 50, burst: 250, onExceed: 'reject' },
  handshakes: { perSecond: 0.1, burst: 6 },
  connections: 2,
};

const CASES: readonly (readonly [expected: LimitsSource, ...differences: RegExp[]])[] = [
  [{}],
  [{ publish: '50/s', connections: 2, onExceed: 'reject', handshakes: '6/min' }],
  [{ publish: '3000/min' }],
  [{ publish: '50/s', burst: '5s' }],
  [{ publish: '50/s', burst: '1s' }, /^publish: expected a burst of 50, it is 250$/],
  [{ publish: '51/s' }, /^publish: expected 51\/s, it is 50\/s$/],
  [{ bytes: '1KiB/s' }, /^bytes: expected 1KiB\/s, there is no limit$/],
  [{ connections: 3 }, /^connections: expected 3, it is 2$/],
  [{ onExceed: 'throttle' }, /^publish.onExceed: expected throttle, it is reject$/],
  [{ onExceed: 'reject' }],
  [{ requests: '1/s', onExceed: 'disconnect' }, /^requests: .* no limit$/],
  [{ publish: { limit: '50/s', burst: '5s', onExceed: 'reject' }, onExceed: 'throttle' }],
  [{ publish: { limit: '50/s', burst: '1s' } }, /^publish: expected a burst of 50/],
  [{ publish: { limit: '50/s', onExceed: 'disconnect' } }, /^publish.onExceed: expected disconnect/],
];

for (const [expected, ...differences] of CASES) {
  test(`${JSON.stringify(expected)} has ${differences.length} differences`, () => {
    const found = limitDifferences(expected, HELD);
    assert.equal(found.length, differences.length, found.join('\n'));
    for (const [i, difference] of differences.entries()) assert.match(found[i] ?? '', difference);
  });
}

test('connections that are expected where none are limited', () => {
  assert.deepEqual(limitDifferences({ connections: 1 }, {}), ['connections: expected 1, there is no limit']);
  assert.deepEqual(limitDifferences({ onExceed: 'reject' }, {}), ['onExceed: expected reject, there is no limit']);
});
