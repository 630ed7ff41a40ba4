import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  available,
  bucketOf,
  charge,
  costNs,
  isFull,
  NS_PER_SECOND,
  nanoseconds,
  refund,
  waitNs,
} from '../../../policies/limits/gcra.ts';

const START = 1_000n * BigInt(NS_PER_SECOND);
const rates = fc.record({
  perSecond: fc.oneof(fc.integer({ min: 1, max: 50_000_000 }), fc.double({ min: 0.001, max: 10_000, noNaN: true })),
  burst: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 1, max: 10_000, noNaN: true })),
});

test('a full bucket grants its burst at once and one token more after one interval', () => {
  const bucket = bucketOf({ perSecond: 10, burst: 5 });
  let tat = 0n;
  for (let i = 0; i < 5; i++) {
    assert.equal(waitNs(tat, START, 1, bucket), 0, `token ${i}`);
    tat = charge(tat, START, 1, bucket);
  }
  assert.equal(waitNs(tat, START, 1, bucket), NS_PER_SECOND / 10);
  assert.equal(waitNs(tat, START + 99_999_999n, 1, bucket), 1);
  assert.equal(waitNs(tat, START + 100_000_000n, 1, bucket), 0);
});

test('reservations stand in line, one interval behind the other', () => {
  const bucket = bucketOf({ perSecond: 4, burst: 1 });
  let tat = charge(0n, START, 1, bucket);
  const waits = [];
  for (let i = 0; i < 3; i++) {
    waits.push(waitNs(tat, START, 1, bucket) / 1e6);
    tat = charge(tat, START, 1, bucket);
  }
  assert.deepEqual(waits, [250, 500, 750]);
});

test('more than the burst passes a full bucket, is charged in full, and waits for a full one otherwise', () => {
  const bucket = bucketOf({ perSecond: 100, burst: 10 });
  assert.equal(waitNs(0n, START, 50, bucket), 0);
  const tat = charge(0n, START, 50, bucket);
  assert.equal(tat - START, 500_000_000n);
  assert.equal(waitNs(tat, START, 1, bucket), 410_000_000);
  assert.equal(waitNs(tat, START, 50, bucket), 500_000_000);
});

test('a bucket holds at least one token, and impossible rates are refused', () => {
  assert.equal(bucketOf({ perSecond: 1, burst: 0.2 }).burst, 1);
  for (const perSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => bucketOf({ perSecond, burst: 1 }), RangeError, String(perSecond));
  }
  assert.throws(() => bucketOf({ perSecond: 1, burst: Number.POSITIVE_INFINITY }), RangeError);
});

test('a monstrous charge stays inside an int64 cell', () => {
  const bucket = bucketOf({ perSecond: 1 / 3600, burst: 1 });
  const tat = charge(START, START, 2 ** 40, bucket);
  assert.equal(BigInt.asIntN(64, tat), tat);
  assert.ok(waitNs(tat, START, 1, bucket) > 0);
});

test('what a monstrous charge took flows back in full, and no more', () => {
  const bucket = bucketOf({ perSecond: 1 / 3600, burst: 1 });
  assert.equal(refund(charge(START, START, 2 ** 40, bucket), 2 ** 40, bucket), START);
});

test('the cost of a message that almost fills the bucket is rounded up to a full bucket, not beyond', () => {
  const bucket = bucketOf({ perSecond: 3e8, burst: 2.5 });
  assert.equal(bucket.burstNs, 8);
  assert.equal(costNs(2.45, bucket), 9);
  assert.equal(waitNs(START, START, 2.45, bucket), 0);
});

test('a bucket is full at the very moment that it was to be full', () => {
  assert.equal(isFull(START, START), true);
  assert.equal(isFull(START + 1n, START), false);
});

test('milliseconds become nanoseconds', () => {
  assert.equal(nanoseconds(12.5), 12_500_000n);
  for (let whole = 1_000_000_007; whole < 1_000_100_000; whole += 101) {
    assert.equal(nanoseconds(whole / 1e6), BigInt(whole), 'a whole number that went through milliseconds');
  }
});

test('property: what is granted in any window is at most burst + rate * window', () => {
  const steps = fc.array(
    fc.record({
      pauseNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000_000_000 })),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(rates, steps, fc.integer({ min: 0, max: 1_000_000_000 }), (rate, sequence, maxWait) => {
      const bucket = bucketOf(rate);
      let now = START;
      let tat = 0n;
      const grants: { at: number; n: number }[] = [];
      for (const { pauseNs, share } of sequence) {
        now += BigInt(pauseNs);
        const n = Math.max(1, Math.floor(share * bucket.burst));
        const wait = waitNs(tat, now, n, bucket);
        if (wait > maxWait) continue;
        tat = charge(tat, now, n, bucket);
        grants.push({ at: Number(now - START) + wait, n });
      }
      for (let from = 0; from < grants.length; from++) {
        let sum = 0;
        for (let to = from; to < grants.length; to++) {
          sum += grants[to]?.n ?? 0;
          const window = (grants[to]?.at ?? 0) - (grants[from]?.at ?? 0);
          const allowance = bucket.burst + window / bucket.nsPerToken;
          assert.ok(sum <= allowance * (1 + 1e-9) + 1e-6, `${sum} in ${window} ns, allowed ${allowance}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('property: grants come in the order in which they were asked for', () => {
  fc.assert(
    fc.property(
      rates,
      fc.array(fc.integer({ min: 0, max: 500_000_000 }), { minLength: 2, maxLength: 30 }),
      (rate, pauses) => {
        const bucket = bucketOf(rate);
        let now = START;
        let tat = 0n;
        let last = 0;
        for (const pause of pauses) {
          now += BigInt(pause);
          const due = Number(now - START) + waitNs(tat, now, 1, bucket);
          tat = charge(tat, now, 1, bucket);
          assert.ok(due >= last);
          last = due;
        }
      },
    ),
  );
});

test('property: after burst / rate of rest the bucket is full, whatever came before', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 20 }), (rate, takes) => {
      const bucket = bucketOf(rate);
      let tat = 0n;
      for (const n of takes)
        if (n <= bucket.burst && waitNs(tat, START, n, bucket) === 0) tat = charge(tat, START, n, bucket);
      // One nanosecond for the rounding of a bucket that was emptied in one piece.
      const later = START + BigInt(bucket.burstNs) + 1n;
      assert.ok(isFull(tat, later));
      assert.equal(available(tat, later, bucket), bucket.burst);
      assert.equal(waitNs(tat, later, bucket.burst, bucket), 0);
    }),
  );
});

test('property: a refund gives back at most what was charged and never more than a full bucket', () => {
  fc.assert(
    fc.property(
      rates,
      fc.bigInt({ min: 0n, max: 5n * BigInt(NS_PER_SECOND) }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 64 }),
      (rate, ahead, n, unused) => {
        const bucket = bucketOf(rate);
        const before = START + ahead;
        const charged = charge(before, START, n, bucket);
        const after = refund(charged, Math.min(n, unused), bucket);
        assert.ok(after >= before, 'no more than charged');
        assert.ok(available(after, START, bucket) <= bucket.burst);
        const late = refund(charge(0n, START, n, bucket), n, bucket);
        assert.ok(available(late, START + 10_000_000_000n, bucket) <= bucket.burst, 'no more than full');
      },
    ),
  );
});

test('property: what is available can be taken, one token more cannot', () => {
  fc.assert(
    fc.property(rates, fc.double({ min: 0, max: 1, noNaN: true }), (rate, share) => {
      const bucket = bucketOf(rate);
      const tat = START + BigInt(Math.floor(share * bucket.burstNs));
      const whole = Math.floor(available(tat, START, bucket) - 1e-6 - 2 / bucket.nsPerToken);
      if (whole >= 1) assert.equal(waitNs(tat, START, whole, bucket), 0);
      const more = Math.ceil(available(tat, START, bucket) + 1e-6 + 2 / bucket.nsPerToken);
      if (more < bucket.burst) assert.ok(waitNs(tat, START, more, bucket) > 0);
      assert.ok(costNs(1, bucket) >= bucket.nsPerToken);
    }),
  );
});
