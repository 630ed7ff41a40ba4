import { addressKey, GAUGE, openAddressBuckets, type SharedState } from '../../shared/tables/index.ts';
import type { DataPlane } from '../data-plane.ts';
import type { AdmissionTables } from './admission.ts';

/** Admission by what all data planes share. */
export function admissionTables({ workers, index, clock, halfOpen }: DataPlane, shared: SharedState): AdmissionTables {
  const buckets = openAddressBuckets(shared, index);
  return {
    takeAddress: (address, perSecond, burst) => buckets.take(addressKey(address), perSecond, burst, clock.now()),
    enterHandshake: (limit) => workers.tryEnterHandshake(index, limit),
    leaveHandshake: () => workers.leaveHandshake(index),
    halfOpen,
    queued: (delta) => workers.add(index, GAUGE.queued, delta),
  };
}
