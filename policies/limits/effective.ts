/**
 * From the limits that blocks state to those that hold for a client: rates in events or bytes per second, bursts in events
 * or bytes, sizes in bytes.
 */
import type { LimitsSource, WrittenLimit } from '../source.ts';
import type { EffectiveLimits, Rate, RateLimit, SharableLimits } from '../types.ts';
import { QUOTA_SPAN } from './kafka-quota.ts';
import { ADMISSION, COUNTS, isQuotaKey, TRAFFIC } from './keys.ts';
import { parseByteRate, parseDuration, parseRate, perSecond, type WrittenRate } from './rate.ts';
import { groupOf, groupsOf } from './scope.ts';
import {
  descriptorOf,
  LIMIT_TABLE,
  ON_EXCEED,
  type OnExceed,
  type RateKey,
  type TrafficDescriptor,
  type TrafficKey,
} from './table.ts';

const DEFAULT_BURST = '1s';
const DEFAULT_ON_EXCEED: OnExceed = 'throttle';

/**
 * The strictest of each over all blocks that hold for a client: the smallest rate, the smallest
 * burst, the smallest count. (A bucket with the smallest rate and the smallest burst satisfies
 * every block's own bucket.) What a client over a rate meets is what the strictest block says:
 * that of the smallest rate, of equal ones that of the smallest burst, then the hardest; it also says whether the limit is
 * a quota of Kafka.
 * Blocks that a group shares are taken together group by group, beside the client's own.
 *
 * @param defaultBurst A duration such as `1s`, of blocks that state none.
 * @throws RateError on a text that `checkLimits` would have named
 */
export function effectiveLimits(
  blocks: readonly LimitsSource[],
  defaultBurst: string = DEFAULT_BURST,
): EffectiveLimits {
  const names = groupsOf(blocks);
  if (names.length === 0) return strictestOf(blocks, defaultBurst);
  const of = (name?: string) =>
    strictestOf(
      blocks.filter((block) => groupOf(block) === name),
      defaultBurst,
    );
  return { ...of(), groups: names.map((group) => ({ group, ...of(group) })) };
}

function strictestOf(blocks: readonly LimitsSource[], defaultBurst: string): SharableLimits {
  const limits: { -readonly [K in keyof SharableLimits]: SharableLimits[K] } = {};
  for (const key of TRAFFIC) {
    const limit = strictest(blocks.flatMap((block) => rateLimit(key, block, defaultBurst) ?? []));
    if (limit !== undefined) limits[key] = limit;
  }
  for (const key of ADMISSION) {
    for (const { [key]: text } of blocks) {
      if (text !== undefined) limits[key] = smaller(limits[key], allAtOnce(readRate(key, text)));
    }
  }
  for (const key of COUNTS) {
    for (const { [key]: count } of blocks) {
      if (count !== undefined) limits[key] = Math.min(limits[key] ?? count, count);
    }
  }
  return limits;
}

/** The hardest of what the client's own limit says and those of its groups. Without meaning for a limit that nobody states. */
export function onExceed(limits: EffectiveLimits, key: TrafficKey): OnExceed {
  let hardest = limits[key]?.onExceed ?? DEFAULT_ON_EXCEED;
  for (const { [key]: shared } of limits.groups ?? []) {
    if (shared && ON_EXCEED.indexOf(shared.onExceed) > ON_EXCEED.indexOf(hardest)) hardest = shared.onExceed;
  }
  return hardest;
}

/** Is there such a limit, of the client or of one of its groups? */
export function isLimited(limits: EffectiveLimits, key: TrafficKey): boolean {
  return limits[key] !== undefined || (limits.groups ?? []).some(({ [key]: shared }) => shared !== undefined);
}

/** The rate of a limit that is written short or in full: `50/s`, `64KiB/s`. */
export function rateText(written: WrittenLimit): string {
  return typeof written === 'string' ? written : written.limit;
}

/** The count is in events, or in bytes where the limit is one of bytes. @throws RateError */
export function readRate(key: RateKey, text: string): WrittenRate {
  return descriptorOf(key).unit === 'bytes' ? parseByteRate(text) : parseRate(text);
}

function rateLimit(key: TrafficKey, block: LimitsSource, defaultBurst: string): RateLimit | undefined {
  const written = block[key];
  if (written === undefined) return undefined;
  const { bucket, unrefusable }: TrafficDescriptor = LIMIT_TABLE[key];
  const own = typeof written === 'string' ? { limit: written } : written;
  const rate = readRate(key, own.limit);
  const each = perSecond(rate);
  const burstMs = parseDuration(own.burst ?? block.burst ?? defaultBurst);
  const tokens = bucket === 'count' ? rate.count : (each * burstMs) / 1000;
  const stated = own.onExceed ?? block.onExceed ?? DEFAULT_ON_EXCEED;
  const onExceed = unrefusable !== undefined && stated === 'reject' ? 'throttle' : stated;
  if (block.quota !== undefined && isQuotaKey(key)) {
    return { perSecond: each, burst: Math.max(1, (each * QUOTA_SPAN) / 1000), onExceed, quota: block.quota };
  }
  return { perSecond: each, burst: Math.max(1, tokens), onExceed };
}

/**
 * `6/min` handshakes means six reconnects whenever they come: measured by `burst: 5s` the
 * bucket would hold one, and a device that lost its network would wait ten seconds.
 */
function allAtOnce(rate: WrittenRate): Rate {
  return { perSecond: perSecond(rate), burst: Math.max(1, rate.count) };
}

function strictest(limits: readonly RateLimit[]): RateLimit | undefined {
  const [first, ...rest] = limits.toSorted(byStrictness);
  if (first === undefined) return undefined;
  const { onExceed, quota } = first;
  return { ...rest.reduce<Rate>(smaller, first), onExceed, ...(quota && { quota }) };
}

/** The strictest first. */
function byStrictness(a: RateLimit, b: RateLimit): number {
  return (
    a.perSecond - b.perSecond || a.burst - b.burst || ON_EXCEED.indexOf(b.onExceed) - ON_EXCEED.indexOf(a.onExceed)
  );
}

function smaller(a: Rate | undefined, b: Rate): Rate {
  if (a === undefined) return { perSecond: b.perSecond, burst: b.burst };
  return { perSecond: Math.min(a.perSecond, b.perSecond), burst: Math.min(a.burst, b.burst) };
}
