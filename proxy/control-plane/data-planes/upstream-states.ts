import type { Readiness } from '../api/readiness.ts';
import type { ListenerConfig } from '../config/model.ts';
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
  of(listeners: readonly ListenerConfig[]): Readiness['upstreams'] {
    return listeners.map((listener) => {
      const { name } = listener;
      const addresses = protocolOf(listener).upstreams(listener);
      const address = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
      const states = [...(this.#states.get(name)?.values() ?? [])];
      return { listener: name, address, up: !states.includes(false) };
    });
  }
}
