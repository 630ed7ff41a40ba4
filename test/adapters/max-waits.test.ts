import assert from 'node:assert/strict';
import test from 'node:test';
import { noWaits, setMaxWaits } from '../../adapters/max-waits.ts';
import type { OnExceed } from '../../policies/limits/table.ts';

const NO_WAIT = { publish: 0, bytes: 0, bytesOut: 0, requests: 0, topics: 0 };
const INFINITY = Number.POSITIVE_INFINITY;

const CASES: readonly [onExceed: OnExceed, pause: number, waits: object][] = [
  ['throttle', 250, { publish: 250, bytes: 250, bytesOut: INFINITY, requests: 250, topics: 250 }],
  [
    'throttle',
    INFINITY,
    { publish: INFINITY, bytes: INFINITY, bytesOut: INFINITY, requests: INFINITY, topics: INFINITY },
  ],
  // A client that may not go unread at all.
  ['throttle', 0, NO_WAIT],
  ['reject', 250, NO_WAIT],
  ['disconnect', 250, NO_WAIT],
];

for (const [onExceed, pause, expected] of CASES) {
  test(`over a limit with ${onExceed}, where a pause of ${pause} ms is allowed`, () => {
    const waits = noWaits();
    assert.deepEqual(waits, NO_WAIT);
    waits.topics = 99;
    const rate = { perSecond: 1, burst: 1, onExceed };
    setMaxWaits(waits, { publish: rate, bytes: rate, bytesOut: rate, requests: rate, topics: rate }, pause);
    assert.deepEqual(waits, expected);
  });
}
