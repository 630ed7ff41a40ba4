import type { SessionSelector } from '../messages.ts';
import { GAUGE, type openWorkers } from '../shared/tables/index.ts';
import type { LiveConnection } from './connection/live-connection.ts';
import type { ConnectionRegistry } from './connection/services.ts';
import { SessionRegistry } from './session-registry.ts';

/** Milliseconds after which a superseded session that the broker has not ended is ended here. */
const TAKEOVER_GRACE = 2000;

/** The connections of one data plane: on their way to a session, with one, being refused. */
export class LiveConnections implements ConnectionRegistry {
  readonly sessions = new SessionRegistry<LiveConnection>();
  readonly #index: number;
  readonly #workers: ReturnType<typeof openWorkers>;
  readonly #opening = new Set<LiveConnection>();
  readonly #refusals = new Set<LiveConnection>();
  /** The connection whose entry point runs: a fault is attributed to it. */
  #running: LiveConnection | null = null;

  /** @param index column of the data plane in the shared tables */
  constructor(index: number, workers: ReturnType<typeof openWorkers>) {
    this.#index = index;
    this.#workers = workers;
  }

  /** On its way to a session until `serving` is settled. */
  opening(connection: LiveConnection, serving: Promise<void>): void {
    this.#opening.add(connection);
    void serving.finally(() => this.#opening.delete(connection));
  }

  /** An error that reached the event loop; false: no connection was running. */
  attribute(error: unknown): boolean {
    if (this.#running === null) return false;
    this.#running.fault(error);
    return true;
  }

  /** About every 250 ms: `now` of the shared clock, `wall` in milliseconds since the epoch. */
  tick(now: number, wall: number): void {
    for (const connection of this.sessions.all()) {
      connection.tick(now);
      connection.checkCertificate(wall);
    }
    for (const connection of this.#refusals) connection.tick(now);
    this.#running = null;
  }

  /** Ends the sessions that are selected; a superseded one gets some time to be ended by its broker. */
  kill(selector: SessionSelector, end: (session: LiveConnection) => void): void {
    for (const session of this.sessions.select(selector)) end(session);
  }

  /** The same client connected again, here or on another worker. */
  supersede(number: number): void {
    const old = this.sessions.get(number);
    if (old === undefined) return;
    setTimeout(() => {
      if (this.sessions.get(number) === old) old.stop('taken-over', false, 'the same client connected again');
    }, TAKEOVER_GRACE);
  }

  destroyAll(): void {
    for (const connection of [...this.#opening, ...this.#refusals, ...this.sessions.all()]) connection.destroy();
  }

  // === ConnectionRegistry ===

  nextNumber(): number {
    return this.sessions.nextNumber();
  }

  running(connection: LiveConnection): void {
    this.#running = connection;
  }

  opened(connection: LiveConnection): void {
    this.sessions.add(connection);
    this.#workers.add(this.#index, GAUGE.sessions, 1);
  }

  refusing(connection: LiveConnection): void {
    this.#refusals.add(connection);
  }

  ended(connection: LiveConnection): void {
    this.#refusals.delete(connection);
    if (this.sessions.get(connection.number) !== connection) return;
    this.sessions.remove(connection);
    this.#workers.add(this.#index, GAUGE.sessions, -1);
  }

  left(connection: LiveConnection): void {
    this.#workers.leaveConnection(this.#index);
    if (this.#running === connection) this.#running = null;
  }
}
