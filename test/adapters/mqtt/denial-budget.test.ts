import assert from 'node:assert/strict';
import test from 'node:test';
import { DenialBudget } from '../../../adapters/mqtt/denial-budget.ts';

/** How many denials in a row the budget grants at `now`. */
function granted(budget: DenialBudget, now: number): number {
  let n = 0;
  while (n < 100 && budget.spend(now)) n++;
  return n;
}

test('a burst is granted at once, then one denial for each part of a second that the rate gives', () => {
  const budget = new DenialBudget({ perSecond: 2, burst: 3 }, 1000);
  assert.equal(granted(budget, 1000), 3);
  assert.equal(granted(budget, 1499), 0);
  assert.equal(granted(budget, 1500), 1);
  assert.equal(granted(budget, 1500), 0);
  assert.equal(granted(budget, 2500), 2);
});

test('what is not spent grows up to the burst and no further', () => {
  const budget = new DenialBudget({ perSecond: 2, burst: 3 }, 0);
  assert.equal(granted(budget, 3_600_000), 3);
});

test('a clock that goes back grants nothing', () => {
  const budget = new DenialBudget({ perSecond: 1, burst: 1 }, 1000);
  assert.equal(granted(budget, 1000), 1);
  assert.equal(granted(budget, 0), 0);
});

test('another rate keeps what was spent, and its burst bounds what is left', () => {
  const wider = new DenialBudget({ perSecond: 1, burst: 2 }, 0);
  assert.equal(granted(wider, 0), 2);
  wider.change({ perSecond: 1, burst: 10 });
  assert.equal(granted(wider, 0), 0);
  assert.equal(granted(wider, 4000), 4);
  const narrower = new DenialBudget({ perSecond: 1, burst: 10 }, 0);
  narrower.change({ perSecond: 1, burst: 2 });
  narrower.change({ perSecond: 1, burst: 10 });
  assert.equal(granted(narrower, 0), 2);
});
