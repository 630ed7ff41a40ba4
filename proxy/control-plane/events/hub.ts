import { config, type Observable, Subject } from 'rxjs';
import type { Cause } from '../../../policies/causes.ts';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { DroppedByCause, EventBatch, ForwardSample } from '../../shared/events/batch.ts';
import { kindOf, type RecordKind } from '../../shared/events/record-kind.ts';
import { Ring } from './ring.ts';

const DEFAULT_RING = 10_000;
const DEFAULT_LIMIT = 100;

export interface HubOptions {
  /** Records kept of each kind (before identity, after it, in shadow). Default 10,000. */
  readonly ring?: number;
  /** Told what a subscriber threw; it must not throw itself. */
  readonly onSubscriberError?: (error: unknown) => void;
}

/** All given conditions must hold. */
export interface RejectionFilter {
  readonly principal?: string;
  readonly identity?: string;
  readonly cause?: Cause;
  readonly listener?: string;
  readonly id?: string;
  /** true: only what was let through in shadow; false: only what was refused. */
  readonly shadow?: boolean;
  /** Milliseconds since the epoch, inclusive. */
  readonly since?: number;
  /** Default 100. */
  readonly limit?: number;
}

interface Entry {
  readonly sequence: number;
  readonly time: number;
  readonly event: RejectionEvent;
}

/**
 * The main thread's end of the event path: keeps the newest rejections for questions and hands
 * every one to the sinks. Rejections before identity, those after it, and what was let through in shadow have a ring
 * each.
 *
 * What a subscriber throws would reach `uncaughtException` through rxjs; the hub takes rxjs's
 * hook for unhandled errors instead (the hook is global to the thread: one hub per process).
 */
export class EventHub {
  readonly #rejections = new Subject<RejectionEvent>();
  readonly #forwards = new Subject<ForwardSample>();
  readonly #rings: Readonly<Record<RecordKind, Ring<Entry>>>;
  readonly #dropped: DroppedByCause = {};
  #droppedSamples = 0;
  #sequence = 0;
  #subscriberErrors = 0;

  readonly events$: Observable<RejectionEvent> = this.#rejections.asObservable();
  readonly samples$: Observable<ForwardSample> = this.#forwards.asObservable();

  constructor(options: HubOptions = {}) {
    const ring = () => new Ring<Entry>(options.ring ?? DEFAULT_RING);
    this.#rings = { anonymous: ring(), identified: ring(), shadow: ring() };
    config.onUnhandledError = (error) => {
      this.#subscriberErrors++;
      options.onSubscriberError?.(error);
    };
  }

  /** Takes a batch of a worker; the caller acknowledges it afterwards. */
  receive(_worker: number, batch: EventBatch): void {
    for (const [cause, count] of Object.entries(batch.dropped) as [Cause, number][]) {
      this.#dropped[cause] = (this.#dropped[cause] ?? 0) + count;
    }
    this.#droppedSamples += batch.droppedSamples;
    for (const event of batch.events) {
      this.#rings[kindOf(event)].push({ sequence: this.#sequence++, time: Date.parse(event.time), event });
      this.#rejections.next(event);
    }
    for (const sample of batch.samples) this.#forwards.next(sample);
  }

  /** Newest first. A folded rejection answers to the id that its client was given. */
  query(filter: RejectionFilter = {}): RejectionEvent[] {
    const found: Entry[] = [];
    const limit = filter.limit ?? DEFAULT_LIMIT;
    for (const entry of this.#newestFirst()) {
      if (found.length >= limit) break;
      if (matches(entry, filter)) found.push(entry);
    }
    // Workers' batches interleave: arrival is only nearly the order of time.
    found.sort((a, b) => b.time - a.time || b.sequence - a.sequence);
    return found.map((entry) => entry.event);
  }

  /** Rejections that were counted but not kept, since the start. */
  get dropped(): Readonly<DroppedByCause> {
    return this.#dropped;
  }

  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  /** How often a subscriber threw. */
  get subscriberErrors(): number {
    return this.#subscriberErrors;
  }

  *#newestFirst(): Generator<Entry> {
    const rings = Object.values(this.#rings).map((ring) => ({ ring, age: 0 }));
    for (;;) {
      let newest: { readonly place: { age: number }; readonly entry: Entry } | undefined;
      for (const place of rings) {
        const entry = place.ring.at(place.age);
        if (entry !== undefined && entry.sequence > (newest?.entry.sequence ?? -1)) newest = { place, entry };
      }
      if (newest === undefined) return;
      yield newest.entry;
      newest.place.age++;
    }
  }
}

/** Does the event meet the filter's conditions (the limit aside)? */
export function meets(event: RejectionEvent, filter: RejectionFilter): boolean {
  return matches({ time: Date.parse(event.time), event, sequence: 0 }, filter);
}

function matches({ event, time }: Entry, filter: RejectionFilter): boolean {
  return (
    (filter.principal === undefined || event.principal === filter.principal) &&
    (filter.identity === undefined || event.identity === filter.identity) &&
    (filter.cause === undefined || event.cause === filter.cause) &&
    (filter.listener === undefined || event.listener === filter.listener) &&
    (filter.id === undefined || event.id === filter.id) &&
    (filter.shadow === undefined || (event.shadow ?? false) === filter.shadow) &&
    (filter.since === undefined || time >= filter.since)
  );
}
