import type { ListenerPlan } from '../../shared/listener-plan.ts';
import type { Readiness } from '../api/readiness.ts';
import { protocolOf } from '../protocols/table.ts';

/** Which brokers answer, by what the data planes tell of their dials. */
export class UpstreamStates {
  /** Listener -> data plane -> whether its last dial succeeded. */
  readonly #states = new Map<string, Map<number, boolean>>();

  note(plane: number, listener: string, up: boolean): void {
    const states = this.#states.get(listener) ?? new Map<number, boolean>();
    this.#states.set(listener, states.set(plane, up));
  }

  /** A broker counts as down while any data plane's last dial failed. */
  of(listeners: readonly ListenerPlan[]): Readiness['upstreams'] {
    return listeners.map((plan) => {
      const { name } = plan;
      const addresses = protocolOf(plan).upstreams(plan);
      const address = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
      const states = [...(this.#states.get(name)?.values() ?? [])];
      return { listener: name, address, up: !states.includes(false) };
    });
  }
}
