import type { FromPlane } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { PlaneOptions, ReaderTier, StartPlane } from '../../shared/plane-start.ts';
import { openWorkers, releaseDead, type SharedState } from '../../shared/tables/index.ts';
import { Plane } from './plane.ts';
import { ReplacementBackoff } from './replacement-backoff.ts';

/** Milliseconds without a heartbeat after which a worker is replaced, and between checks of the heartbeats. */
const HEARTBEAT_TIMEOUT = 5000;
const HEARTBEAT_CHECK = 500;

/** Why a worker is replaced: its thread ended, or it stands still. */
export type LossReason = 'exit' | 'heartbeat';

export interface SupervisorOptions {
  /** 0: one data plane in this thread. */
  readonly workers: number;
  readonly shared: SharedState;
  readonly tier: AcceptTier;
  readonly reader: ReaderTier;
  /** Module whose export `sessions` is the session factory. */
  readonly sessionModule: string;
  readonly testHooks: boolean;
  readonly startPlane: StartPlane;
}

export interface SupervisorEvents {
  message(plane: Plane, message: FromPlane): void;
  /** It ended and will be replaced; nothing more comes from it. */
  lost(plane: Plane, reason: LossReason): void;
  /** Its replacement runs. Rejects when that cannot serve. */
  replaced(plane: Plane): Promise<void>;
}

/** Starts the data planes and replaces a worker that ended or stands still, after a back-off. */
export class PlaneSupervisor {
  readonly planes: readonly Plane[];
  readonly #options: SupervisorOptions;
  readonly #backoffs: readonly ReplacementBackoff[];
  #events: SupervisorEvents | null = null;
  #watch: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.planes = Array.from({ length: Math.max(1, options.workers) }, (_, index) => new Plane(index));
    this.#backoffs = this.planes.map(() => new ReplacementBackoff());
  }

  /** Rejects when one does not start. To be called once. */
  async start(events: SupervisorEvents): Promise<void> {
    this.#events = events;
    const beats = openWorkers(this.#options.shared);
    this.#watch = setInterval(() => {
      for (const plane of this.planes) {
        const last = beats.lastBeat(plane.index);
        if (!plane.running?.replaceable || !plane.alive || last === undefined) continue;
        if (performance.now() - last > HEARTBEAT_TIMEOUT) this.#end(plane);
      }
    }, HEARTBEAT_CHECK);
    for (const plane of this.planes) await this.#spawn(plane);
  }

  /** A plane that runs but cannot serve is ended; where it is a thread, its end schedules the next attempt. */
  unusable(plane: Plane, error: unknown): void {
    if (this.#closing) return;
    this.#events?.message(plane, { type: 'fault', message: String(error) });
    if (plane.running?.replaceable) void plane.running.close();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    for (const plane of this.planes) await plane.running?.close();
  }

  async #spawn(plane: Plane): Promise<void> {
    const { workers, startPlane } = this.#options;
    this.#backoffs[plane.index]?.started(performance.now());
    const running = startPlane(this.#planeOptions(plane.index), workers > 0, {
      message: (message) => this.#events?.message(plane, message),
      exit: () => {
        if (plane.running === running) this.#lost(plane, 'exit');
      },
    });
    plane.began(running);
    await running.ready;
    plane.alive = true;
  }

  #planeOptions(index: number): PlaneOptions {
    const { shared, tier, reader, testHooks, sessionModule } = this.#options;
    const accept = tier.planesBind ? (tier.name === 'reuse-port' ? 'bind-reuse-port' : 'bind') : 'receive';
    return { index, shared, reader, accept, testHooks, sessionModule };
  }

  /** Ends a worker that stands still. */
  #end(plane: Plane): void {
    const { running } = plane;
    plane.ended();
    void running?.close().then(() => this.#lost(plane, 'heartbeat'));
  }

  #lost(plane: Plane, reason: LossReason): void {
    const { tier, shared } = this.#options;
    plane.ended();
    tier.disconnect(plane.index);
    if (this.#closing) return;
    releaseDead(shared, plane.index);
    this.#events?.lost(plane, reason);
    const backoff = this.#backoffs[plane.index]?.ended(performance.now());
    setTimeout(() => void this.#replace(plane), backoff);
  }

  async #replace(plane: Plane): Promise<void> {
    if (this.#closing) return;
    plane.catchingUp = true;
    try {
      await this.#spawn(plane);
    } catch (error) {
      this.unusable(plane, error);
      return;
    }
    await this.#events?.replaced(plane);
  }
}
