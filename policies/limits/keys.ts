/** The limits by kind, in the order of the table. */
import {
  type AdmissionKey,
  type CountKey,
  descriptorOf,
  LIMIT_TABLE,
  type LimitDescriptor,
  type LimitKey,
  type QuotaKey,
  type RateKey,
  type TrafficKey,
  type UnsharedKey,
} from './table.ts';

/** Every limit. */
export const LIMITS = Object.keys(LIMIT_TABLE) as readonly LimitKey[];

function select<K extends LimitKey>(takes: (descriptor: LimitDescriptor) => boolean): readonly K[] {
  return LIMITS.filter((key): key is K => takes(descriptorOf(key)));
}

/** Rates of what goes through a session. */
export const TRAFFIC = select<TrafficKey>(({ kind }) => kind === 'traffic');

/** Rates of connections: refused over them, whatever `burst` and `onExceed` say. */
export const ADMISSION = select<AdmissionKey>(({ kind }) => kind === 'admission');

/** Rates whose bucket is measured by `burst`. */
export const BURSTING = select<TrafficKey>((limit) => limit.kind === 'traffic' && limit.bucket === 'burst');

/** Rates that may be quotas of Kafka. */
export const QUOTAS = select<QuotaKey>((limit) => limit.kind === 'traffic' && limit.quota);

/** All rates. */
export const RATES = select<RateKey>(({ kind }) => kind !== 'count');

/** Numbers that do not flow back with time; sizes in bytes. */
export const COUNTS = select<CountKey>(({ kind }) => kind === 'count');

/** What cannot be shared by a group. */
export const UNSHARED = select<UnsharedKey>(({ countsFor }) => countsFor !== undefined);

/** Is the rate one that may be a quota of Kafka? */
export function isQuotaKey(key: RateKey): key is QuotaKey {
  return (QUOTAS as readonly RateKey[]).includes(key);
}
