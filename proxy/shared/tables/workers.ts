import { EPOCH, GAUGE_WORDS, type SharedState } from './state.ts';
import { GAUGE, type Gauge, type Workers } from './types.ts';

/** Opens the gauges and signs of life of all workers. */
export function openWorkers(state: SharedState): Workers {
  return new WorkerCells(state);
}

class WorkerCells implements Workers {
  readonly count: number;
  readonly #gauges: Int32Array;
  readonly #beats: BigInt64Array;

  constructor(state: SharedState) {
    this.count = state.columns;
    this.#gauges = new Int32Array(state.gauges);
    this.#beats = new BigInt64Array(state.beats);
  }

  add(worker: number, gauge: Gauge, delta: number): number {
    return (Atomics.add(this.#gauges, this.#at(worker, gauge), delta) + delta) | 0;
  }

  get(worker: number, gauge: Gauge): number {
    return Atomics.load(this.#gauges, this.#at(worker, gauge));
  }

  total(gauge: Gauge): number {
    let sum = 0;
    for (let worker = 0; worker < this.count; worker++) sum += this.get(worker, gauge);
    return sum;
  }

  load(worker: number): number {
    // Both count for ever; only their difference, which survives a wrap, means something.
    return (this.get(worker, GAUGE.sent) - this.get(worker, GAUGE.left)) | 0;
  }

  tryEnterHandshake(worker: number, limit: number): boolean {
    return this.#tryEnter(worker, GAUGE.handshakes, limit);
  }

  leaveHandshake(worker: number): void {
    this.#leave(worker, GAUGE.handshakes);
  }

  tryEnterConnection(worker: number, limit: number): boolean {
    return this.#tryEnter(worker, GAUGE.live, limit);
  }

  leaveConnection(worker: number): void {
    this.#leave(worker, GAUGE.live);
  }

  beat(worker: number, realMs: number): void {
    Atomics.store(this.#beats, this.#column(worker), BigInt(Math.ceil(realMs * 1000)));
  }

  lastBeat(worker: number): number | undefined {
    const beat = Atomics.load(this.#beats, this.#column(worker));
    return beat === 0n ? undefined : Number(beat) / 1000;
  }

  /** Enters first and counts then: whoever sees room has counted everybody before it, and itself. */
  #tryEnter(worker: number, gauge: Gauge, limit: number): boolean {
    Atomics.add(this.#gauges, this.#at(worker, gauge), 1);
    if (this.total(gauge) <= limit) return true;
    Atomics.sub(this.#gauges, this.#at(worker, gauge), 1);
    return false;
  }

  #leave(worker: number, gauge: Gauge): void {
    Atomics.sub(this.#gauges, this.#at(worker, gauge), 1);
  }

  #at(worker: number, gauge: Gauge): number {
    return this.#column(worker) * GAUGE_WORDS + gauge;
  }

  #column(worker: number): number {
    if (worker >= 0 && worker < this.count) return worker;
    throw new RangeError(`there is no worker ${worker}`);
  }
}

/** Forgets the gauges and the signs of life of a worker that ended. */
export function clearWorker(state: SharedState, worker: number): void {
  const gauges = new Int32Array(state.gauges);
  for (let gauge = 0; gauge < EPOCH; gauge++) Atomics.store(gauges, worker * GAUGE_WORDS + gauge, 0);
  Atomics.store(new BigInt64Array(state.beats), worker, 0n);
}
