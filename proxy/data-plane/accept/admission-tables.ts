import { addressKey, GAUGE, openAddressBuckets, openWorkers, type SharedState } from '../../shared/tables/index.ts';
import type { AdmissionTables } from './admission.ts';
import type { HalfOpen } from './half-open.ts';

export interface AdmissionTablesOptions {
  /** Column of the data plane. */
  readonly index: number;
  readonly shared: SharedState;
  readonly halfOpen: HalfOpen;
  /** Milliseconds of the shared clock. */
  now(): number;
}

/** Admission by what all data planes share. */
export function admissionTables({ index, shared, halfOpen, now }: AdmissionTablesOptions): AdmissionTables {
  const workers = openWorkers(shared);
  const buckets = openAddressBuckets(shared, index);
  return {
    takeAddress: (address, perSecond, burst) => buckets.take(addressKey(address), perSecond, burst, now()),
    enterHandshake: (limit) => workers.tryEnterHandshake(index, limit),
    leaveHandshake: () => workers.leaveHandshake(index),
    halfOpen,
    queued: (delta) => workers.add(index, GAUGE.queued, delta),
  };
}
