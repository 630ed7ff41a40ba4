import type { FromPlane, Port, ToPlane } from '../../messages.ts';
import type { WorkerCounters } from '../../shared/tables/index.ts';

/** Counts failed dials, and reports to the control plane when the broker behind a listener goes down or comes back. */
export class UpstreamReports {
  readonly #counters: WorkerCounters;
  readonly #port: Pick<Port<ToPlane, FromPlane>, 'post'>;
  readonly #last = new Map<string, boolean>();

  constructor(counters: WorkerCounters, port: Pick<Port<ToPlane, FromPlane>, 'post'>) {
    this.#counters = counters;
    this.#port = port;
  }

  /** @param message why it is down */
  report(listener: string, up: boolean, message: string): void {
    if (!up) this.#counters.count('headgate_upstream_dial_failures_total', { listener }).add(1);
    if (this.#last.get(listener) === up) return;
    this.#last.set(listener, up);
    this.#port.post({ type: 'upstream', listener, up, message });
  }
}
