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
export { openLimits } from './limit-table.ts';
export { SharedLockError } from './lock.ts';
export { releaseDead } from './release-dead.ts';
export { createShared, type SharedOptions, type SharedState } from './state.ts';
export {
  type AddressBuckets,
  type ClaimArgs,
  type ClaimResult,
  type ClientIdRegistry,
  type Clock,
  type Counter,
  type CounterSample,
  type DrivenClock,
  GAUGE,
  type Gauge,
  type LimitHandle,
  type LimitTable,
  type ReleaseArgs,
  type SeriesInfo,
  type WorkerCounters,
  type Workers,
} from './types.ts';
export { openWorkers } from './workers.ts';
