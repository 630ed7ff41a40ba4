import type { Problem } from '../problem.ts';
import type { LimitsSource, WrittenLimit } from '../source.ts';
import { rateText, readRate } from './effective.ts';
import { COUNTS, ON_EXCEED, type OnExceed, RATES } from './keys.ts';
import { parseDuration, RateError } from './rate.ts';

/** What is wrong with one block of limits; paths begin with `path`. */
export function checkLimits(limits: LimitsSource, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const key of RATES) {
    const written: WrittenLimit | undefined = limits[key];
    if (written === undefined) continue;
    const long = typeof written !== 'string';
    attempt(problems, `${path}.${key}${long ? '.limit' : ''}`, () => readRate(key, rateText(written)));
    if (!long) continue;
    problems.push(...checkExcess(written, `${path}.${key}`));
    if (key === 'bytesOut' && written.onExceed === 'reject') {
      const message = 'what comes from the broker cannot be refused: throttle or disconnect';
      problems.push({ path: `${path}.${key}.onExceed`, message });
    }
  }
  problems.push(...checkExcess(limits, path));
  for (const key of COUNTS) {
    const count = limits[key];
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1)) {
      problems.push({ path: `${path}.${key}`, message: 'must be a whole number of at least 1' });
    }
  }
  return problems;
}

/** Of a block, or of one limit that is written in full. */
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
