import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { COUNTERS } from '../adapters/seam.ts';
import type { Handover } from './accept/acceptor.ts';
import { ListenSet } from './accept/listen-set.ts';
import { Arena } from './arena.ts';
import { Connection } from './connection.ts';
import { Egress } from './egress.ts';
import { RejectionRecorder } from './events/recorder.ts';
import { buildGeneration, type CompilePolicy, type Generation } from './generation.ts';
import type { FromPlane, GenerationMessage, Port, ToPlane } from './messages.ts';
import type { Reader, ReaderTier } from './reader/reader.ts';
import { readerOf } from './reader/select.ts';
import { Sampler } from './sampler.ts';
import type { SessionFactory } from './session-factory.ts';
import { SessionRegistry } from './sessions.ts';
import {
  addressKey,
  GAUGE,
  openAddressBuckets,
  openClientIds,
  openClock,
  openCounters,
  openLimits,
  openWorkers,
  type SharedState,
} from './shared/index.ts';

/** Milliseconds between looks at deadlines. */
const TICK = 250;
const SWEEP = 100;
/** Sessions judged again in one turn of the event loop after a new generation. */
const SLICE = 64;
/** A superseded session that the broker has not ended by then is ended here. */
const TAKEOVER_GRACE = 2000;

export interface DataPlaneOptions {
  /** Column in the shared tables. */
  readonly index: number;
  readonly shared: SharedState;
  readonly reader: ReaderTier;
  /** `receive`: sockets come over a port; otherwise this plane binds the addresses. */
  readonly accept: 'receive' | 'bind' | 'bind-reuse-port';
  readonly sessionFactory: SessionFactory;
  readonly compile: CompilePolicy;
  readonly testHooks: boolean;
}

/**
 * One data plane: owns its connections end to end. Runs in a worker thread, or in the main
 * thread with `workers: 0`, through the same messages.
 */
export class DataPlane {
  readonly index: number;
  readonly clock;
  readonly limits;
  readonly clientIds;
  readonly workers;
  readonly counters;
  readonly recorder: RejectionRecorder;
  readonly arena = new Arena();
  readonly egress = new Egress();
  readonly sessions = new SessionRegistry<Connection>();
  /** Connections that are on their way to a session. */
  readonly opening = new Set<Connection>();
  /** Connections that are being told that they are refused. */
  readonly refusals = new Set<Connection>();
  readonly sampler = new Sampler();
  /** Where traffic before identity is counted to: nowhere. */
  readonly uncounted = new Float64Array(COUNTERS);
  readonly sessionFactory: SessionFactory;
  /** The connection whose entry point runs; a fault is laid at its door. */
  current: Connection | null = null;

  readonly #options: DataPlaneOptions;
  readonly #port: Port<ToPlane, FromPlane>;
  readonly #listeners: ListenSet;
  readonly #addresses;
  readonly #upstreams = new Map<string, boolean>();
  #generation: Generation | null = null;
  #prepared: Generation | null = null;
  #drain: {
    readonly end: number;
    readonly suppressWills: boolean;
    readonly total: number;
    readonly start: number;
    /** The end was reported. */
    readonly told: boolean;
  } | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: DataPlaneOptions, port: Port<ToPlane, FromPlane>) {
    const { shared, index } = options;
    this.#options = options;
    this.#port = port;
    this.index = index;
    this.sessionFactory = options.sessionFactory;
    this.clock = openClock(shared);
    this.limits = openLimits(shared, index);
    this.clientIds = openClientIds(shared, index);
    this.workers = openWorkers(shared);
    this.counters = openCounters(shared, index, (series) => port.post({ type: 'series', series }));
    this.#addresses = openAddressBuckets(shared, index);
    this.recorder = new RejectionRecorder({
      worker: index,
      wallClock: Date.now,
      post: (batch) => port.post({ type: 'events', batch }),
    });
    this.#listeners = new ListenSet({ reusePort: options.accept === 'bind-reuse-port' }, (socket, key) =>
      this.#accept(socket, key),
    );
    port.onMessage((message) => void this.#receive(message));
    this.#beat();
    this.#timers.push(
      setInterval(() => this.#beat(), SWEEP),
      setInterval(() => this.#tick(), TICK),
    );
    port.post({ type: 'ready' });
  }

  /** The generation in force. Only asked where one is (connections exist only then). */
  get generation(): Generation {
    return this.#generation as Generation;
  }

  createReader(socket: TLSSocket): Reader {
    return readerOf(this.#options.reader)(socket);
  }

  /** An error that reached the event loop. */
  uncaught(error: unknown): void {
    const guilty = this.current;
    if (guilty === null) this.fault(error);
    else guilty.fault(error);
  }

  fault(error: unknown): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#port.post({ type: 'fault', words });
  }

  upstreamState(listener: string, up: boolean, words: string): void {
    if (!up) this.counters.count('headgate_upstream_dial_failures_total', { listener }).add(1);
    if (this.#upstreams.get(listener) === up) return;
    this.#upstreams.set(listener, up);
    this.#port.post({ type: 'upstream', listener, up, words });
  }

  /** A session elsewhere (or here) was superseded by one of ours. */
  takenOver(worker: number, session: number): void {
    if (worker === this.index) this.#supersede(session);
    else this.#port.post({ type: 'taken-over', worker, session });
  }

  /** Ends listening and timers; what is open is destroyed. For planes in the main thread. */
  close(): void {
    this.#listeners.close();
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of [...this.opening, ...this.refusals, ...this.sessions.all()]) connection.destroy();
    this.recorder.flush();
  }

  async #receive(message: ToPlane): Promise<void> {
    switch (message.type) {
      case 'prepare':
        return this.#prepare(message.generation);
      case 'commit':
        return this.#commit(message.id);
      case 'drop':
        if (this.#prepared?.id === message.id) this.#prepared = null;
        this.#listeners.drop();
        return;
      case 'accept':
        message.port.on('message', ({ socket, key }: Handover) => {
          this.workers.add(this.index, GAUGE.received, 1);
          socket.on('error', ignore);
          socket.once('close', () => this.workers.add(this.index, GAUGE.left, 1));
          this.#accept(socket, key);
        });
        return;
      case 'events-taken':
        this.recorder.acknowledged();
        return;
      case 'kill': {
        const selected = this.sessions.select(message.selector);
        if (message.reason === 'taken-over') for (const { number } of selected) this.#supersede(number);
        else for (const session of selected) session.stop(message.reason, message.suppressWill, message.words);
        return;
      }
      case 'drain':
        this.#startDrain(message.deadline, message.suppressWills);
        return;
      case 'test-hook':
        if (this.#options.testHooks) runHook(message.hook);
    }
  }

  async #prepare(message: GenerationMessage): Promise<void> {
    try {
      const tables = {
        takeAddress: (address: string, perSecond: number, burst: number) =>
          this.#addresses.take(addressKey(address), perSecond, burst, this.clock.now()),
        enterHandshake: (limit: number) => this.workers.tryEnterHandshake(this.index, limit),
        leaveHandshake: () => this.workers.leaveHandshake(this.index),
        queued: (delta: number) => this.workers.add(this.index, GAUGE.queued, delta),
      };
      this.#prepared = buildGeneration(message, this.#generation, tables, this.#options.compile);
      const binds = this.#options.accept === 'receive' ? [] : message.binds;
      const bound = await this.#listeners.prepare(binds);
      this.#port.post({ type: 'prepared', id: message.id, bound });
    } catch (error) {
      this.#prepared = null;
      const problem = error instanceof Error ? error.message : String(error);
      this.#port.post({ type: 'prepare-failed', id: message.id, problem });
    }
  }

  #commit(id: number): void {
    if (this.#prepared?.id !== id) return;
    const first = this.#generation === null;
    this.#generation = this.#prepared;
    this.#prepared = null;
    this.sampler.share = this.#generation.sampling;
    this.#listeners.commit();
    this.#port.post({ type: 'committed', id });
    if (!first) this.#rejudgeAll(id);
  }

  /** Judges all live sessions by the new generation, a slice per turn of the event loop. */
  #rejudgeAll(id: number): void {
    const start = performance.now();
    const queue = [...this.sessions.all()];
    let judged = 0;
    let ended = 0;
    const slice = (): void => {
      // A newer generation has its own round.
      if (this.#generation?.id !== id) return;
      for (const connection of queue.splice(0, SLICE)) {
        judged++;
        this.current = connection;
        try {
          if (!connection.rejudge()) ended++;
        } catch (error) {
          connection.fault(error);
        }
      }
      if (queue.length > 0) setImmediate(slice);
      else this.#port.post({ type: 'rejudged', id, judged, ended, ms: performance.now() - start });
    };
    slice();
  }

  #accept(socket: Socket, key: string): void {
    const generation = this.#generation;
    const listener = generation?.byKey.get(key);
    if (generation === null || listener === undefined || this.#drain !== null || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.counters.count('headgate_connections_accepted_total', { listener: listener.plan.name }).add(1);
    if (!this.workers.tryEnterConnection(this.index, generation.maxConnections)) {
      new Connection(this, listener, socket).turnAway();
      return;
    }
    const connection = new Connection(this, listener, socket);
    this.current = connection;
    this.opening.add(connection);
    void connection.serve().finally(() => this.opening.delete(connection));
  }

  #supersede(number: number): void {
    const old = this.sessions.get(number);
    if (old === undefined) return;
    setTimeout(() => {
      if (this.sessions.get(number) === old) old.stop('taken-over', false, 'the same client connected again');
    }, TAKEOVER_GRACE);
  }

  #beat(): void {
    this.workers.beat(this.index, this.clock.real());
    this.limits.sweep(this.clock.now());
  }

  #tick(): void {
    const now = this.clock.now();
    for (const connection of this.sessions.all()) connection.tick(now);
    for (const connection of this.refusals) connection.tick(now);
    this.current = null;
    this.recorder.flush();
    if (this.#drain !== null) this.#drainSome();
  }

  #startDrain(deadline: number, suppressWills: boolean): void {
    if (this.#drain !== null) return;
    this.#listeners.close();
    const start = this.clock.real();
    this.#drain = { start, end: start + deadline, suppressWills, total: this.sessions.size, told: false };
    this.#drainSome();
  }

  /** Ends sessions evenly over the time to the deadline, the last ones a little before it. */
  #drainSome(): void {
    const drain = this.#drain;
    if (drain === null) return;
    const now = this.clock.real();
    const spread = Math.max(1, (drain.end - drain.start) * 0.8);
    const keep = now >= drain.start + spread ? 0 : Math.floor(drain.total * (1 - (now - drain.start) / spread));
    const open = [...this.sessions.all()].filter((connection) => !connection.out.closing);
    for (const connection of open.slice(0, Math.max(0, open.length - keep))) {
      connection.stop('drain', drain.suppressWills, 'the gate is shutting down');
    }
    if (this.sessions.size > 0 && now < drain.end) return;
    for (const connection of this.sessions.all()) connection.destroy();
    this.recorder.flush();
    if (drain.told) return;
    this.#drain = { ...drain, told: true };
    this.#port.post({ type: 'drained' });
  }
}

function ignore(): void {}

function runHook(hook: 'loop' | 'throw' | 'exit'): void {
  if (hook === 'exit') process.exit(1);
  if (hook === 'throw') throw new Error('test hook: thrown in the event loop');
  for (;;);
}
