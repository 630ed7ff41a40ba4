/** Limits that a test expects, against those that hold. */
import { effectiveLimits, rateText } from '../../limits/effective.ts';
import { COUNTS, RATES, TRAFFIC } from '../../limits/keys.ts';
import { groupOf, limitsOfScope } from '../../limits/scope.ts';
import type { LimitsSource } from '../../source.ts';
import type { EffectiveLimits, SharableLimits } from '../../types.ts';

/**
 * What differs, in words; only what is expected is compared, with the limits of its `scope`. A burst or an `onExceed` is compared
 * where one is expected: for the limit that states it, or for each rate beside it; an `onExceed`
 * without any rate beside it for every rate that holds.
 * @throws RateError on a text that is no rate or duration
 */
export function limitDifferences(expected: LimitsSource, held: EffectiveLimits): string[] {
  if (expected.quota !== undefined) return ['quota: it is of a listener, which a policy test does not look at'];
  const group = groupOf(expected);
  if (group !== undefined && !held.groups?.some((one) => one.group === group)) {
    return [`scope: expected ${expected.scope}, the client does not belong to it`];
  }
  const actual = limitsOfScope(held, group);
  const wanted = limitsOfScope(effectiveLimits([expected]), group);
  const differences: string[] = [];
  for (const key of RATES) {
    const [want, got, written] = [wanted[key], actual[key], expected[key]];
    if (want === undefined || written === undefined) continue;
    const rate = rateText(written);
    const burst = expected.burst ?? (typeof written === 'string' ? undefined : written.burst);
    if (got === undefined) differences.push(`${key}: expected ${rate}, there is no limit`);
    else if (got.perSecond !== want.perSecond) differences.push(`${key}: expected ${rate}, it is ${got.perSecond}/s`);
    else if (burst !== undefined && got.burst !== want.burst) {
      differences.push(`${key}: expected a burst of ${want.burst}, it is ${got.burst}`);
    }
  }
  for (const key of COUNTS) {
    const [want, got] = [expected[key], actual[key]];
    if (want === undefined || want === got) continue;
    differences.push(`${key}: expected ${want}, ${got === undefined ? 'there is no limit' : `it is ${got}`}`);
  }
  return [...differences, ...excessDifferences(expected, actual)];
}

function excessDifferences(expected: LimitsSource, actual: SharableLimits): string[] {
  const stated = TRAFFIC.filter((key) => expected[key] !== undefined);
  const looked = stated.length > 0 ? stated : TRAFFIC.filter((key) => actual[key] !== undefined);
  if (looked.length === 0 && expected.onExceed !== undefined) {
    return [`onExceed: expected ${expected.onExceed}, there is no limit`];
  }
  return looked.flatMap((key) => {
    const written = expected[key];
    const want = (typeof written === 'object' ? written.onExceed : undefined) ?? expected.onExceed;
    const got = actual[key]?.onExceed;
    if (want === undefined || got === undefined || want === got) return [];
    return [`${key}.onExceed: expected ${want}, it is ${got}`];
  });
}
