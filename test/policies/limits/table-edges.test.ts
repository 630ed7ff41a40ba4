/** Limits at their edges: roundings, the smallest quota, what is refused in a block, whose blocks hold. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { limitBlocks } from '../../../policies/limits/blocks.ts';
import { checkLimits } from '../../../policies/limits/check-limits.ts';
import { effectiveLimits } from '../../../policies/limits/effective.ts';
import { bucketOf, charge, refund } from '../../../policies/limits/gcra.ts';
import { quotaThrottle } from '../../../policies/limits/kafka-quota.ts';
import type { LimitsSource, PolicySource } from '../../../policies/source.ts';

test('tokens that flow back one by one are no more than were charged in one piece', () => {
  const bucket = bucketOf({ perSecond: 3e8, burst: 10 });
  let tat = charge(0n, 1000n, 2, bucket);
  for (let n = 0; n < 2; n++) tat = refund(tat, 1, bucket);
  assert.equal(tat, 1001n);
});

test('a rate just below the bound of a quota waits for nothing', () => {
  assert.deepEqual(
    [9990, 10_000, 10_010].map((used) => quotaThrottle(used, 1000, 0)),
    [0, 0, 10],
  );
});

test('a quota holds one request at least, however small it is', () => {
  assert.equal(effectiveLimits([{ quota: 'kafka', requests: '6/h' }]).requests?.burst, 1);
});

test('a count is a whole number, a quota is Kafka’s', () => {
  for (const connections of [0, -1, 1.5, Number.NaN, 2 ** 60]) {
    assert.deepEqual(
      checkLimits({ connections }, 'x').map(({ path }) => path),
      ['x.connections'],
      String(connections),
    );
  }
  const other = { quota: 'pulsar' } as unknown as LimitsSource;
  assert.deepEqual(checkLimits(other, 'x', true), [{ path: 'x.quota', message: 'must be kafka' }]);
});

test('the blocks of a client: of the process, of its identity, of each role once', () => {
  const when = { trust: 'ca', subject: { O: 'Acme' } };
  const [a, b, c] = [{ connections: 1 }, { connections: 2 }, { connections: 3 }];
  const source: PolicySource = {
    identities: [{ name: 'i', when, principal: 'p', roles: ['r', 'none', 'r'], limits: b }],
    roles: { r: { limits: c }, none: {}, other: { limits: a } },
    limits: a,
  };
  const process = { path: 'limits', limits: a };
  const identity = { path: 'identities[0].limits', limits: b };
  assert.deepEqual(limitBlocks(source, 0), [process, identity, { path: 'roles.r.limits', limits: c }]);
  assert.deepEqual(limitBlocks(source, 0, ['other']), [process, identity, { path: 'roles.other.limits', limits: a }]);
  assert.deepEqual(limitBlocks(source, -1), [process]);
});
