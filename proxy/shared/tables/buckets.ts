import type { LimitKind } from '../../../adapters/seam.ts';
import { QUOTA_SAMPLES } from '../../../policies/limits/kafka-quota.ts';
import { isQuotaKey } from '../../../policies/limits/keys.ts';
import { LIMIT_TABLE } from '../../../policies/limits/table.ts';
import { LeasedBucket, type Leases } from './leased-bucket.ts';
import { QuotaBucket } from './quota-bucket.ts';
import { BUCKET, BUCKETS, QUOTA, QUOTA_CELLS } from './state.ts';
import type { SharedRate } from './types.ts';

/** What one worker draws from for one kind of limit. */
export type AnyBucket = LeasedBucket | QuotaBucket;

/** The cells of all slots, and what one worker has on lease of them. */
export interface BucketCells {
  readonly arrivals: BigInt64Array;
  readonly quotas: BigInt64Array;
  readonly leases: Leases;
}

export function openBucket(
  { arrivals, quotas, leases }: BucketCells,
  slot: number,
  kind: LimitKind,
  rate: SharedRate,
): AnyBucket {
  const first = slot * BUCKETS;
  if (rate.quota === undefined || !isQuotaKey(kind)) {
    return new LeasedBucket(arrivals, first + BUCKET[kind], rate, LIMIT_TABLE[kind].maxLease, leases);
  }
  const samples = slot * QUOTA_CELLS + QUOTA[kind] * QUOTA_SAMPLES;
  return new QuotaBucket(quotas, samples, arrivals, first + BUCKET.quotas, rate);
}

export function sameRate(a: SharedRate, b: SharedRate): boolean {
  return a.perSecond === b.perSecond && a.burst === b.burst && a.quota === b.quota;
}
