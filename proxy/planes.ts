import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { AcceptTier } from './accept/tier.ts';
import { DataPlane, type DataPlaneOptions } from './data-plane.ts';
import type { Bound, FromPlane, ToPlane } from './messages.ts';
import { type GenerationPlan, messageFor, versionsOf } from './plan.ts';
import { compileShared } from './policy-part.ts';
import type { SessionFactory } from './session-factory.ts';
import { openWorkers, releaseDead, type SharedState } from './shared/index.ts';
import { portOf, type WorkerOptions } from './worker.ts';

/** A worker without a sign of life for so long is replaced. */
const HEARTBEAT_TIMEOUT = 5000;
const HEARTBEAT_CHECK = 500;
/** For one data plane to build a generation. */
const PREPARE_TIMEOUT = 30_000;
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 30_000;
/** A worker that lived so long starts again with the first back-off. */
const HEALTHY = 60_000;

export interface PlanesOptions {
  /** 0: one data plane in this thread. */
  readonly workers: number;
  readonly shared: SharedState;
  readonly tier: AcceptTier;
  readonly reader: DataPlaneOptions['reader'];
  readonly sessionModule: string;
  readonly testHooks: boolean;
  onMessage(index: number, message: FromPlane): void;
  /** A worker ended and will be replaced. */
  onReplaced(index: number, reason: 'exit' | 'heartbeat'): void;
}

interface Plane {
  readonly index: number;
  post: (message: ToPlane, transfer: MessagePort[]) => void;
  thread: Worker | null;
  inline: DataPlane | null;
  /** Of a plane in this thread; an open port would keep the process alive. */
  port: MessagePort | null;
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
export class Planes {
  readonly #options: PlanesOptions;
  readonly #planes: Plane[] = [];
  readonly #watch: NodeJS.Timeout;
  readonly #waiting = new Map<string, { resolve(bound: readonly Bound[]): void; reject(error: Error): void }>();
  #inForce: { readonly id: number; readonly plan: GenerationPlan } | null = null;
  #closing = false;

  constructor(options: PlanesOptions) {
    this.#options = options;
    const beats = openWorkers(options.shared);
    this.#watch = setInterval(() => {
      for (const plane of this.#planes) {
        const last = beats.lastBeat(plane.index);
        if (plane.thread === null || !plane.alive || last === undefined) continue;
        if (performance.now() - last > HEARTBEAT_TIMEOUT) this.#end(plane, 'heartbeat');
      }
    }, HEARTBEAT_CHECK);
  }

  get count(): number {
    return this.#planes.length;
  }

  get alive(): number {
    return this.#planes.filter((plane) => plane.serving).length;
  }

  async start(): Promise<void> {
    for (let index = 0; index < Math.max(1, this.#options.workers); index++) {
      const plane: Plane = {
        index,
        post: () => {},
        thread: null,
        inline: null,
        port: null,
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

  /** Puts a prepared generation in force. */
  commit(plan: GenerationPlan, id: number): void {
    this.#inForce = { plan, id };
    for (const plane of this.#planes) {
      if (plane.alive && plane.prepared === id) this.#commitOne(plane, plan, id);
      // It was replaced while this generation was prepared.
      else if (plane.serving && !plane.catchingUp) void this.#catchUp(plane);
    }
  }

  #commitOne(plane: Plane, plan: GenerationPlan, id: number): void {
    this.#post(plane, { type: 'commit', id });
    plane.known = versionsOf(plan);
    if (plane.serving) return;
    plane.serving = true;
    // Not before there is a generation: until then it would close what it is given.
    const port = this.#options.tier.connect(plane.index);
    if (port !== null) plane.post({ type: 'accept', port }, [port]);
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
    for (const plane of this.#planes) {
      plane.inline?.close();
      plane.port?.close();
      await plane.thread?.terminate();
    }
  }

  #post(plane: Plane, message: ToPlane): void {
    if (plane.alive) plane.post(message, []);
  }

  async #spawn(plane: Plane): Promise<void> {
    const { shared, tier, reader, testHooks, sessionModule, workers } = this.#options;
    const accept = tier.planesBind ? (tier.name === 'reuse-port' ? 'bind-reuse-port' : 'bind') : 'receive';
    const options = { index: plane.index, shared, reader, accept, testHooks } as const;
    plane.known = new Set();
    plane.prepared = 0;
    plane.born = performance.now();
    const ready = Promise.withResolvers<void>();
    const onMessage = (message: FromPlane): void => {
      if (message.type === 'ready') ready.resolve();
      else this.#receive(plane, message);
    };
    if (workers === 0) {
      const { port1, port2 } = new MessageChannel();
      plane.post = (message, transfer) => port1.postMessage(message, transfer);
      port1.on('message', onMessage);
      plane.port = port1;
      const { sessions } = (await import(sessionModule)) as { sessions: SessionFactory };
      plane.inline = new DataPlane({ ...options, sessionFactory: sessions, compile: compileShared }, portOf(port2));
    } else {
      const workerData: WorkerOptions = { ...options, sessionModule };
      const file = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
      const thread = new Worker(file, {
        name: `worker-${plane.index}`,
        workerData,
        resourceLimits: { maxOldGenerationSizeMb: 2048 },
      });
      plane.thread = thread;
      plane.post = (message, transfer) => thread.postMessage(message, transfer);
      thread.on('message', onMessage);
      thread.on('error', (error) => this.#options.onMessage(plane.index, { type: 'fault', words: String(error) }));
      thread.on('exit', () => {
        if (plane.thread !== thread) return;
        ready.reject(new Error(`worker ${plane.index} ended while it started`));
        this.#lost(plane, 'exit');
      });
    }
    await ready.promise;
    plane.alive = true;
  }

  #receive(plane: Plane, message: FromPlane): void {
    if (message.type === 'prepared' || message.type === 'prepare-failed') {
      const key = `${plane.index}/${message.id}`;
      const waiting = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (message.type === 'prepared') {
        plane.prepared = message.id;
        waiting?.resolve(message.bound);
      } else waiting?.reject(new Error(message.problem));
      return;
    }
    this.#options.onMessage(plane.index, message);
  }

  #prepareOne(plane: Plane, plan: GenerationPlan, id: number): Promise<readonly Bound[]> {
    return new Promise((resolve, reject) => {
      const key = `${plane.index}/${id}`;
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        reject(new Error(`worker ${plane.index} did not prepare the generation within ${PREPARE_TIMEOUT} ms`));
      }, PREPARE_TIMEOUT);
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          done(value);
        };
      this.#waiting.set(key, { resolve: settle(resolve), reject: settle(reject) });
      plane.post({ type: 'prepare', generation: messageFor(plan, id, plane.known) }, []);
    });
  }

  /** Ends a worker that stands still. */
  #end(plane: Plane, reason: 'heartbeat'): void {
    const { thread } = plane;
    plane.thread = null;
    plane.alive = false;
    plane.serving = false;
    void thread?.terminate().then(() => this.#lost(plane, reason));
  }

  #lost(plane: Plane, reason: 'exit' | 'heartbeat'): void {
    plane.alive = false;
    plane.serving = false;
    plane.thread = null;
    this.#options.tier.disconnect(plane.index);
    if (this.#closing) return;
    // A generation that waits for this worker must not wait for ever.
    for (const [key, waiting] of this.#waiting) {
      if (key.startsWith(`${plane.index}/`)) waiting.reject(new Error(`worker ${plane.index} ended`));
    }
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
    const { thread } = plane;
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
      if (plane.thread === thread) plane.catchingUp = false;
    }
  }

  /** `exit` schedules the next attempt; a plane that runs but cannot serve is ended. */
  #unusable(plane: Plane, error: unknown): void {
    if (this.#closing) return;
    this.#options.onMessage(plane.index, { type: 'fault', words: String(error) });
    void plane.thread?.terminate();
  }
}
