/**
 * Everything that the main thread and the data-plane workers share in memory: limits, connection
 * counts, client ids, the gauges of the workers, counters, admission buckets and the clock.
 */
export { openAddressBuckets } from './address-buckets.ts';
export { AddressError, addressKey } from './address-key.ts';
export { openClientIds } from './client-ids.ts';
export { driveClock, openClock } from './clock.ts';
export { CounterReader } from './counter-reader.ts';
export { openCounters } from './counters.ts';
export { GroupHandles } from './group-handles.ts';
export { openLimits } from './limit-table.ts';
export { SharedLockError } from './lock.ts';
export { releaseDead } from './release-dead.ts';
export { createShared, type SharedState } from './state.ts';
export {
  type ClaimResult,
  type ClientIdRegistry,
  GAUGE,
  type LimitHandle,
  type LimitTable,
  type SeriesInfo,
  type WorkerCounters,
} from './types.ts';
export { openWorkers } from './workers.ts';
