import type { Bound, Forecast, FromPlane, ToPlane } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { ReaderTier, RunningPlane, StartPlane } from '../../shared/plane-start.ts';
import { openWorkers, releaseDead, type SharedState } from '../../shared/tables/index.ts';
import { type GenerationPlan, messageFor, versionsOf } from '../generations/generation-plan.ts';
import { Enforcements } from './enforcements.ts';
import { Forecasts } from './forecasts.ts';
import { Preparations } from './preparations.ts';

/** A worker without a sign of life for so long is replaced. */
const HEARTBEAT_TIMEOUT = 5000;
const HEARTBEAT_CHECK = 500;
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 30_000;
/** A worker that lived so long starts again with the first back-off. */
const HEALTHY = 60_000;

export interface DataPlanesOptions {
  /** 0: one data plane in this thread. */
  readonly workers: number;
  readonly shared: SharedState;
  readonly tier: AcceptTier;
  readonly reader: ReaderTier;
  readonly sessionModule: string;
  readonly testHooks: boolean;
  readonly startPlane: StartPlane;
  onMessage(index: number, message: FromPlane): void;
  /** A worker ended and will be replaced. */
  onReplaced(index: number, reason: 'exit' | 'heartbeat'): void;
}

interface Plane {
  readonly index: number;
  /** Null while it is down. */
  running: RunningPlane | null;
  known: Set<string>;
  /** Id of the generation that it last prepared. */
  prepared: number;
  /** A generation is in force in it and it gets connections. */
  serving: boolean;
  /** It is being brought to the generation in force, outside of a reload. */
  catchingUp: boolean;
  born: number;
  crashes: number;
  alive: boolean;
}

/**
 * The data planes as the control plane handles them: starts them, brings every generation to all
 * or none, and replaces a worker that ended or stands still.
 */
export class DataPlanes {
  readonly #options: DataPlanesOptions;
  readonly #planes: Plane[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly #preparations = new Preparations();
  readonly #enforcements = new Enforcements();
  readonly #forecasts = new Forecasts();
  #inForce: { readonly id: number; readonly plan: GenerationPlan } | null = null;
  #closing = false;

  constructor(options: DataPlanesOptions) {
    this.#options = options;
    const beats = openWorkers(options.shared);
    this.#watch = setInterval(() => {
      for (const plane of this.#planes) {
        const last = beats.lastBeat(plane.index);
        if (!plane.running?.replaceable || !plane.alive || last === undefined) continue;
        if (performance.now() - last > HEARTBEAT_TIMEOUT) this.#end(plane);
      }
    }, HEARTBEAT_CHECK);
  }

  get alive(): number {
    return this.#planes.filter((plane) => plane.serving).length;
  }

  async start(): Promise<void> {
    for (let index = 0; index < Math.max(1, this.#options.workers); index++) {
      const plane: Plane = {
        index,
        running: null,
        known: new Set(),
        prepared: 0,
        serving: false,
        catchingUp: false,
        born: 0,
        crashes: 0,
        alive: false,
      };
      this.#planes.push(plane);
      await this.#spawn(plane);
    }
  }

  /** Prepares a generation everywhere. Rejects with the first problem, having dropped it everywhere. */
  async prepare(plan: GenerationPlan, id: number): Promise<readonly Bound[]> {
    try {
      const [first = []] = await Promise.all(
        this.#planes.filter((p) => p.alive && !p.catchingUp).map((p) => this.#prepareOne(p, plan, id)),
      );
      return first;
    } catch (error) {
      for (const plane of this.#planes) this.#post(plane, { type: 'drop', id });
      throw error;
    }
  }

  /** What every data plane that prepared the generation says of its live sessions. Rejects when one does not answer. */
  forecast(id: number): Promise<readonly Forecast[]> {
    const asked = this.#preparedTo(id);
    const answers = Promise.all(asked.map(({ index }) => this.#forecasts.expect(index, id)));
    for (const plane of asked) this.#post(plane, { type: 'judge-by', id });
    return answers;
  }

  /** Gives a prepared generation up. */
  drop(id: number): void {
    for (const plane of this.#preparedTo(id)) this.#post(plane, { type: 'drop', id });
  }

  #preparedTo(id: number): Plane[] {
    return this.#planes.filter((plane) => plane.alive && plane.prepared === id);
  }

  /** Puts a prepared generation in force. Resolves when all live sessions were judged by it. */
  commit(plan: GenerationPlan, id: number): Promise<void> {
    this.#inForce = { plan, id };
    const enforced = this.#enforcements.expect(
      this.#preparedTo(id).map(({ index }) => index),
      id,
    );
    for (const plane of this.#planes) {
      if (plane.alive && plane.prepared === id) this.#commitOne(plane, plan, id);
      // It was replaced while this generation was prepared.
      else if (plane.serving && !plane.catchingUp) void this.#catchUp(plane);
    }
    return enforced;
  }

  #commitOne(plane: Plane, plan: GenerationPlan, id: number): void {
    this.#post(plane, { type: 'commit', id });
    plane.known = versionsOf(plan);
    if (plane.serving) return;
    plane.serving = true;
    // Not before there is a generation: until then it would close what it is given.
    const port = this.#options.tier.connect(plane.index);
    if (port !== null) plane.running?.post({ type: 'accept', port }, [port]);
  }

  broadcast(message: ToPlane): void {
    for (const plane of this.#planes) this.#post(plane, message);
  }

  send(index: number, message: ToPlane): void {
    const plane = this.#planes[index];
    if (plane !== undefined) this.#post(plane, message);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    for (const plane of this.#planes) await plane.running?.close();
  }

  #post(plane: Plane, message: ToPlane): void {
    if (plane.alive) plane.running?.post(message, []);
  }

  async #spawn(plane: Plane): Promise<void> {
    const { shared, tier, reader, testHooks, sessionModule, workers, startPlane } = this.#options;
    const accept = tier.planesBind ? (tier.name === 'reuse-port' ? 'bind-reuse-port' : 'bind') : 'receive';
    const options = { index: plane.index, shared, reader, accept, testHooks, sessionModule } as const;
    plane.known = new Set();
    plane.prepared = 0;
    plane.born = performance.now();
    const running = startPlane(options, workers > 0, {
      message: (message) => this.#receive(plane, message),
      exit: () => {
        if (plane.running === running) this.#lost(plane, 'exit');
      },
    });
    plane.running = running;
    await running.ready;
    plane.alive = true;
  }

  #receive(plane: Plane, message: FromPlane): void {
    if (message.type === 'prepared' || message.type === 'prepare-failed') {
      if (message.type === 'prepared') plane.prepared = message.id;
      this.#preparations.answered(plane.index, message);
      return;
    }
    if (message.type === 'judged-by') {
      this.#forecasts.answered(plane.index, message.id, message.forecast);
      return;
    }
    if (message.type === 'rejudged' || (message.type === 'committed' && message.final)) {
      this.#enforcements.reported(plane.index, message.id);
    }
    this.#options.onMessage(plane.index, message);
  }

  #prepareOne(plane: Plane, plan: GenerationPlan, id: number): Promise<readonly Bound[]> {
    const bound = this.#preparations.expect(plane.index, id);
    plane.running?.post({ type: 'prepare', generation: messageFor(plan, id, plane.known) }, []);
    return bound;
  }

  /** Ends a worker that stands still. */
  #end(plane: Plane): void {
    const { running } = plane;
    plane.running = null;
    plane.alive = false;
    plane.serving = false;
    void running?.close().then(() => this.#lost(plane, 'heartbeat'));
  }

  #lost(plane: Plane, reason: 'exit' | 'heartbeat'): void {
    plane.alive = false;
    plane.serving = false;
    plane.running = null;
    this.#options.tier.disconnect(plane.index);
    if (this.#closing) return;
    this.#preparations.lost(plane.index);
    this.#enforcements.lost(plane.index);
    this.#forecasts.lost(plane.index);
    releaseDead(this.#options.shared, plane.index);
    this.#options.onReplaced(plane.index, reason);
    plane.crashes = performance.now() - plane.born > HEALTHY ? 0 : plane.crashes + 1;
    const backoff = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.max(0, plane.crashes - 1));
    setTimeout(() => void this.#replace(plane), backoff);
  }

  async #replace(plane: Plane): Promise<void> {
    if (this.#closing) return;
    plane.catchingUp = true;
    try {
      await this.#spawn(plane);
    } catch (error) {
      this.#unusable(plane, error);
      return;
    }
    await this.#catchUp(plane);
  }

  /** Brings one plane to the generation in force, however many reloads go by meanwhile. */
  async #catchUp(plane: Plane): Promise<void> {
    const { running } = plane;
    plane.catchingUp = true;
    try {
      for (let aim = this.#inForce; aim !== null; aim = this.#inForce) {
        if (plane.prepared === aim.id) {
          this.#commitOne(plane, aim.plan, aim.id);
          break;
        }
        await this.#prepareOne(plane, aim.plan, aim.id);
      }
    } catch (error) {
      this.#unusable(plane, error);
    } finally {
      // If it ended meanwhile, its successor has a turn of its own.
      if (plane.running === running) plane.catchingUp = false;
    }
  }

  /** `exit` schedules the next attempt; a plane that runs but cannot serve is ended. */
  #unusable(plane: Plane, error: unknown): void {
    if (this.#closing) return;
    this.#options.onMessage(plane.index, { type: 'fault', words: String(error) });
    if (plane.running?.replaceable) void plane.running.close();
  }
}
