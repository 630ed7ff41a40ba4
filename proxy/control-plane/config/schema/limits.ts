/** `limits`: what a client may use up. One key for each row of the table of limits (policies/limits/table.ts). */
import type * as z from 'zod';
import { QUOTA_SAMPLES } from '../../../../policies/limits/kafka-quota.ts';
import { COUNTS, QUOTAS, RATES, UNSHARED } from '../../../../policies/limits/keys.ts';
import { MAX_GROUPS } from '../../../../policies/limits/scope.ts';
import {
  type AdmissionKey,
  type CountKey,
  descriptorOf,
  LIMIT_TABLE,
  ON_EXCEED,
  type OnExceed,
  type RateKey,
  type TrafficDescriptor,
  type TrafficKey,
} from '../../../../policies/limits/table.ts';
import type { WrittenLimit } from '../../../../policies/source.ts';
import { byteRate, count, policyDuration, rate, size } from './fields/quantity.ts';
import { section, shortOrFull } from './fields/section.ts';
import { choice, scope } from './fields/text.ts';

const BURST = 'How long a full bucket lasts at the rate of the limit.';
const ON_EXCEED_TEXT =
  'What a client over the limit meets: it is read more slowly, each packet or request is refused, or it is disconnected.';
const WRITTEN = {
  events: 'a rate such as 50/s, 6/min or 100/h',
  bytes: 'a rate of bytes such as 64KiB/s or 20MiB/s',
} as const;

/** A rate, alone or with what holds for it in place of what its block says. */
function traffic({ unit, bucket, unrefusable, text }: TrafficDescriptor) {
  const limit = () => (unit === 'bytes' ? byteRate() : rate());
  const excesses = unrefusable === undefined ? ON_EXCEED : ON_EXCEED.filter((one) => one !== 'reject');
  const full = section({
    limit: limit().describe('The rate.'),
    ...(bucket === 'burst' && {
      burst: policyDuration().exactOptional().meta({ default: 'that of the block' }).describe(BURST),
    }),
    onExceed: choice(excesses as [OnExceed, ...OnExceed[]])
      .exactOptional()
      .meta({ default: 'that of the block' })
      .describe(ON_EXCEED_TEXT),
  });
  return shortOrFull(limit(), full, WRITTEN[unit]).exactOptional().describe(text);
}

function rateKey(key: RateKey) {
  const limit = descriptorOf(key);
  return limit.kind === 'traffic' ? traffic(limit) : rate().exactOptional().describe(limit.text);
}

function countKey(key: CountKey) {
  const { unit, min, max, text } = LIMIT_TABLE[key];
  return (unit === 'bytes' ? size({ min, max }) : count({ min, max })).exactOptional().describe(text);
}

type Optional<T> = z.ZodExactOptional<z.ZodType<T>>;
type LimitShape = { [K in TrafficKey]: Optional<WrittenLimit> } & {
  [K in AdmissionKey]: Optional<string>;
} & { [K in CountKey]: Optional<number> };

const TABLE = Object.fromEntries([
  ...RATES.map((key) => [key, rateKey(key)]),
  ...COUNTS.map((key) => [key, countKey(key)]),
]) as LimitShape;

/** The keys as text: `a`, `b` and `c`. */
function listed(keys: readonly string[]): string {
  const names = keys.map((key) => `\`${key}\``);
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** A block of limits. */
export const limits = section({
  scope: scope()
    .exactOptional()
    .meta({ default: '`principal`' })
    .describe(
      `Whose limits they are. \`principal\`: of each principal alone. \`group:NAME\`: of all principals together whose blocks name the group, on all listeners; each client is held to what its own blocks say of the group, beside its own limits, and waits for the longer. Over either it meets the harder \`onExceed\` of both. At most ${MAX_GROUPS} groups of one client; ${listed(UNSHARED)} cannot be shared.`,
    ),
  quota: choice(['kafka'])
    .exactOptional()
    .meta({ default: 'none: they are buckets' })
    .describe(
      `In the limits of a Kafka listener: ${listed(QUOTAS)} of the block are averaged as Kafka averages its quotas, over ${QUOTA_SAMPLES} samples of a second that all workers share, and \`burst\` does not apply to them: a client that has used nothing may use ten seconds at once, and waits as long as brings the average back. The throttle time that a client is sent is at most \`kafka.maxThrottle\`. Samples begin at full seconds of the gate’s clock, not with a request as Kafka’s do. Where several blocks limit the same, that of the strictest rate says whether it is a quota.`,
    ),
  ...TABLE,
  burst: policyDuration().exactOptional().meta({ default: '`1s`' }).describe(`${BURST} For limits that say no other.`),
  onExceed: choice(ON_EXCEED)
    .exactOptional()
    .meta({ default: '`throttle`' })
    .describe(
      `${ON_EXCEED_TEXT} For limits that say no other. Where several blocks limit the same, that of the strictest rate holds; of equal ones the hardest.`,
    ),
});
