/** Limits that a test expects, against those that hold. */
import { effectiveLimits } from '../limits/effective.ts';
import type { LimitsSource } from '../source.ts';
import type { EffectiveLimits } from '../types.ts';

const RATES = ['publish', 'bytes', 'requests', 'handshakes'] as const;

/**
 * What differs, in words; only what is expected is compared. A burst is compared where one is
 * expected, for each rate beside it.
 * @throws RateError on a text that is no rate or duration
 */
export function limitDifferences(expected: LimitsSource, actual: EffectiveLimits): string[] {
  const wanted = effectiveLimits([expected]);
  const differences: string[] = [];
  for (const key of RATES) {
    const want = wanted[key];
    const got = actual[key];
    if (want === undefined) continue;
    if (got === undefined) differences.push(`${key}: expected ${expected[key]}, there is no limit`);
    else if (got.perSecond !== want.perSecond)
      differences.push(`${key}: expected ${expected[key]}, it is ${got.perSecond}/s`);
    else if (expected.burst !== undefined && got.burst !== want.burst) {
      differences.push(`${key}: expected a burst of ${want.burst}, it is ${got.burst}`);
    }
  }
  if (expected.connections !== undefined && expected.connections !== actual.connections) {
    differences.push(
      `connections: expected ${expected.connections}, ${actual.connections === undefined ? 'there is no limit' : `it is ${actual.connections}`}`,
    );
  }
  if (expected.onExceed !== undefined && expected.onExceed !== actual.onExceed) {
    differences.push(`onExceed: expected ${expected.onExceed}, it is ${actual.onExceed}`);
  }
  return differences;
}
