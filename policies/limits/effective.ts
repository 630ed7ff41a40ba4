/** From the limits that roles state to the limits that hold for a client. */
import type { Problem } from '../problem.ts';
import type { LimitsSource } from '../source.ts';
import type { EffectiveLimits, Rate } from '../types.ts';
import { parseByteRate, parseDuration, parseRate, perSecond, RateError, type WrittenRate } from './rate.ts';

export const DEFAULT_BURST = '1s';

const RATES = ['publish', 'bytes', 'requests', 'handshakes'] as const;
type RateKey = (typeof RATES)[number];

const STRICTER = ['throttle', 'reject', 'disconnect'] as const;

/**
 * The strictest of each over all roles of a client: the smallest rate, the smallest burst, the
 * fewest connections, the hardest answer. (A bucket with the smallest rate and the smallest
 * burst satisfies every role's own bucket.)
 *
 * @throws RateError on a text that `checkLimits` would have named.
 */
export function effectiveLimits(roles: readonly LimitsSource[], defaultBurst: string = DEFAULT_BURST): EffectiveLimits {
  const limits: { -readonly [K in keyof EffectiveLimits]: EffectiveLimits[K] } = { onExceed: 'throttle' };
  for (const role of roles) {
    const burstMs = parseDuration(role.burst ?? defaultBurst);
    for (const key of RATES) {
      const text = role[key];
      if (text === undefined) continue;
      limits[key] = stricter(limits[key], bucket(key, readRate(key, text), burstMs));
    }
    if (role.connections !== undefined) {
      limits.connections = Math.min(limits.connections ?? role.connections, role.connections);
    }
    const onExceed = role.onExceed ?? 'throttle';
    if (STRICTER.indexOf(onExceed) > STRICTER.indexOf(limits.onExceed)) limits.onExceed = onExceed;
  }
  return limits;
}

/** What is wrong with the limits of one role; paths begin with `path`. */
export function checkLimits(limits: LimitsSource, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const key of RATES) {
    const text = limits[key];
    if (text !== undefined) attempt(problems, `${path}.${key}`, () => readRate(key, text));
  }
  const burst = limits.burst;
  if (burst !== undefined) attempt(problems, `${path}.burst`, () => parseDuration(burst));
  const connections = limits.connections;
  if (connections !== undefined && !(Number.isSafeInteger(connections) && connections >= 1)) {
    problems.push({ path: `${path}.connections`, message: 'must be a whole number of at least 1' });
  }
  if (limits.onExceed !== undefined && !STRICTER.includes(limits.onExceed)) {
    problems.push({ path: `${path}.onExceed`, message: `must be one of ${STRICTER.join(', ')}` });
  }
  return problems;
}

function readRate(key: RateKey, text: string): WrittenRate {
  return key === 'bytes' ? parseByteRate(text) : parseRate(text);
}

function bucket(key: RateKey, rate: WrittenRate, burstMs: number): Rate {
  const each = perSecond(rate);
  // `6/min` handshakes means six reconnects whenever they come: measured by `burst: 5s` the
  // bucket would hold one, and a device that lost its network would wait ten seconds.
  const tokens = key === 'handshakes' ? rate.count : (each * burstMs) / 1000;
  return { perSecond: each, burst: Math.max(1, tokens) };
}

function stricter(a: Rate | undefined, b: Rate): Rate {
  if (a === undefined) return b;
  return { perSecond: Math.min(a.perSecond, b.perSecond), burst: Math.min(a.burst, b.burst) };
}

function attempt(problems: Problem[], path: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RateError)) throw error;
    problems.push({ path, message: error.message });
  }
}
