import type { ClusterTopology } from '../../../adapters/kafka/topology.ts';
import type { Timing } from '../../shared/timing.ts';
import { Waiters } from './waiters.ts';

/** Topic ids in one request: the answer holds every partition of their topics. */
const MAX_IDS_PER_REQUEST = 100;
/** Topic ids that one call may wait for: what is beyond is left for another call. */
const MAX_IDS_PER_CALL = 5000;
/** Topic ids of one batch. */
const MAX_IDS = 50_000;

interface Batch {
  /** Not answered yet. */
  readonly ids: Set<string>;
  readonly askers: Waiters;
}

/**
 * Topic ids that are to be looked up. What is asked while a batch is under way gathers in the
 * next one; an id that the batch under way still waits for is not asked again.
 */
export class IdBatches {
  readonly #topology: ClusterTopology;
  readonly #timing: Timing;
  #current: Batch;
  #next: Batch;

  constructor(topology: ClusterTopology, timing: Timing) {
    this.#topology = topology;
    this.#timing = timing;
    this.#current = this.#newBatch();
    this.#next = this.#newBatch();
  }

  /** `done` as in Askers. */
  add(ids: readonly string[], done: () => void): void {
    const open = ids.filter((id) => this.#isOpen(id)).slice(0, MAX_IDS_PER_CALL);
    const current = this.#current;
    if (current.askers.waiting && open.length > 0 && open.every((id) => current.ids.has(id))) {
      current.askers.add(done);
      return;
    }
    // Those who waited for it have given up.
    if (!this.#next.askers.waiting) this.#next.ids.clear();
    if (open.length === 0 || this.#next.ids.size + open.length > MAX_IDS) {
      setImmediate(done);
      return;
    }
    for (const id of open) this.#next.ids.add(id);
    this.#next.askers.add(done);
  }

  /** The ids to ask for now; null: there are none. */
  take(): readonly string[] | null {
    if (!this.#current.askers.waiting) {
      this.#current = this.#next;
      this.#next = this.#newBatch();
    }
    if (!this.#current.askers.waiting) return null;
    return [...this.#current.ids].slice(0, MAX_IDS_PER_REQUEST);
  }

  /** The ids of the last `take` were answered. */
  answered(ids: readonly string[]): void {
    for (const id of ids) this.#current.ids.delete(id);
    if (this.#current.ids.size === 0) this.#current.askers.settle();
  }

  /** Nobody can be asked now. */
  settle(): void {
    this.#current.askers.settle();
    this.#next.askers.settle();
  }

  /** Is there anything to find out? */
  #isOpen(id: string): boolean {
    return this.#topology.nameOf(id) === undefined && !this.#topology.isUnknown(id, this.#timing.now());
  }

  #newBatch(): Batch {
    return { ids: new Set(), askers: new Waiters(this.#timing) };
  }
}
