import type { Problem } from '../problem.ts';
import type { LimitsSource, WrittenLimit } from '../source.ts';
import { rateText, readRate } from './effective.ts';
import { COUNTS, QUOTAS, RATES, UNSHARED } from './keys.ts';
import { parseDuration, RateError } from './rate.ts';
import { groupOf, groupsOf, isScope, MAX_GROUPS } from './scope.ts';
import { descriptorOf, LIMIT_TABLE, ON_EXCEED, type OnExceed } from './table.ts';

/**
 * What is wrong with one block of limits; paths begin with `path`.
 *
 * @param kafka It is of a Kafka listener.
 */
export function checkLimits(limits: LimitsSource, path: string, kafka = false): Problem[] {
  const problems: Problem[] = [];
  for (const key of RATES) {
    const written: WrittenLimit | undefined = limits[key];
    if (written === undefined) continue;
    const long = typeof written !== 'string';
    attempt(problems, `${path}.${key}${long ? '.limit' : ''}`, () => readRate(key, rateText(written)));
    if (!long) continue;
    problems.push(...checkExcess(written, `${path}.${key}`));
    const limit = descriptorOf(key);
    if (limit.kind === 'traffic' && limit.unrefusable !== undefined && written.onExceed === 'reject') {
      problems.push({ path: `${path}.${key}.onExceed`, message: `${limit.unrefusable}: throttle or disconnect` });
    }
  }
  problems.push(...checkExcess(limits, path));
  for (const key of COUNTS) {
    const count = limits[key];
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1)) {
      problems.push({ path: `${path}.${key}`, message: 'must be a whole number of at least 1' });
    }
  }
  return [...problems, ...checkScope(limits, path), ...checkQuota(limits, path, kafka)];
}

/** The scope of one block, and what its group cannot share. */
function checkScope(limits: LimitsSource, path: string): Problem[] {
  const { scope } = limits;
  if (scope !== undefined && !isScope(scope)) {
    return [{ path: `${path}.scope`, message: 'must be principal, or group: and a name' }];
  }
  if (groupOf(limits) === undefined) return [];
  return UNSHARED.filter((key) => limits[key] !== undefined).map((key) => ({
    path: `${path}.${key}`,
    message: `counts for ${LIMIT_TABLE[key].countsFor} and cannot be shared by a group`,
  }));
}

function checkQuota(limits: LimitsSource, path: string, kafka: boolean): Problem[] {
  const { quota } = limits;
  if (quota === undefined) return [];
  if (quota !== 'kafka') return [{ path: `${path}.quota`, message: 'must be kafka' }];
  if (!kafka) return [{ path: `${path}.quota`, message: 'is for the limits of a Kafka listener' }];
  return QUOTAS.flatMap((key) => {
    const written = limits[key];
    if (typeof written !== 'object' || written.burst === undefined) return [];
    return [{ path: `${path}.${key}.burst`, message: 'a quota of Kafka has no burst' }];
  });
}

/**
 * Too many groups over all the blocks of one client.
 *
 * @param path Where the problem is reported.
 * @param client How the message calls the client, such as `a client of meters`.
 */
export function checkGroups(blocks: readonly LimitsSource[], path: string, client: string): Problem[] {
  const groups = groupsOf(blocks);
  if (groups.length <= MAX_GROUPS) return [];
  const message = `${client} would share limits with ${groups.length} groups (${groups.join(', ')}): at most ${MAX_GROUPS}`;
  return [{ path, message }];
}

/** `burst` and `onExceed` of a block, or of one limit that is written in full. */
function checkExcess(
  { burst, onExceed }: { readonly burst?: string; readonly onExceed?: OnExceed },
  path: string,
): Problem[] {
  const problems: Problem[] = [];
  if (burst !== undefined) attempt(problems, `${path}.burst`, () => parseDuration(burst));
  if (onExceed !== undefined && !ON_EXCEED.includes(onExceed)) {
    problems.push({ path: `${path}.onExceed`, message: `must be one of ${ON_EXCEED.join(', ')}` });
  }
  return problems;
}

function attempt(problems: Problem[], path: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RateError)) throw error;
    problems.push({ path, message: error.message });
  }
}
