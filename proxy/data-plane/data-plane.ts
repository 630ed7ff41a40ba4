import type { Socket } from 'node:net';
import type { FromPlane, GenerationMessage, Port, ToPlane } from '../messages.ts';
import { ListenSet } from '../shared/listen-set.ts';
import type { PlaneOptions } from '../shared/plane-start.ts';
import { GAUGE, openWorkers } from '../shared/tables/index.ts';
import type { Handover } from './accept/acceptor.ts';
import { admissionTables } from './accept/admission-tables.ts';
import { HalfOpen } from './accept/half-open.ts';
import type { ClusterSet } from './cluster/cluster-set.ts';
import { KafkaGate } from './cluster/kafka-gate.ts';
import { openClusters } from './cluster/open-clusters.ts';
import { Connection } from './connection/connection.ts';
import { Drain, type DrainTerms } from './drain.ts';
import { forecast } from './forecast.ts';
import type { CompilePolicy, Generation } from './generation.ts';
import { Generations } from './generations.ts';
import { LiveConnections } from './live-connections.ts';
import { PlaneServices } from './plane-services.ts';
import { readerOf } from './reader/select.ts';
import { reauthorizeAll } from './reauthorize-all.ts';
import type { SessionFactory } from './session-factory.ts';
import { runHook } from './test-hooks.ts';
import { Staples } from './tls/staples.ts';

/** Milliseconds between looks at deadlines. */
const TICK = 250;
const SWEEP = 100;

export interface DataPlaneOptions extends Omit<PlaneOptions, 'sessionModule'> {
  readonly sessionFactory: SessionFactory;
  readonly compile: CompilePolicy;
}

/**
 * One data plane: owns its connections end to end. Runs in a worker thread, or in the main
 * thread with `workers: 0`, through the same messages.
 */
export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #port: Port<ToPlane, FromPlane>;
  readonly #workers;
  readonly #connections: LiveConnections;
  readonly #services: PlaneServices;
  readonly #halfOpen: HalfOpen;
  readonly #listeners: ListenSet;
  readonly #clusters: ClusterSet;
  readonly #generations: Generations;
  readonly #staples = new Staples();
  #drain: Drain | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: DataPlaneOptions, port: Port<ToPlane, FromPlane>) {
    const { shared, index } = options;
    this.#options = options;
    this.#port = port;
    this.#workers = openWorkers(shared);
    this.#connections = new LiveConnections(index, this.#workers);
    this.#services = new PlaneServices(
      {
        ...{ index, shared, sessionFactory: options.sessionFactory, registry: this.#connections },
        createReader: readerOf(options.reader),
        generation: () => this.#generation,
      },
      port,
    );
    this.#halfOpen = new HalfOpen(this.#workers.count, () => this.#services.now());
    this.#listeners = new ListenSet({ reusePort: options.accept === 'bind-reuse-port' }, (socket, key) =>
      this.#accept(socket, key),
    );
    this.#clusters = openClusters(this.#services);
    this.#generations = new Generations({
      tables: admissionTables({ index, shared, halfOpen: this.#halfOpen, now: () => this.#services.now() }),
      compile: options.compile,
      staples: this.#staples,
      openKafka: (plan, listenerPort) => new KafkaGate(plan, this.#clusters, listenerPort, shared.columns),
    });
    port.onMessage((message) => void this.#receive(message));
    this.#beat();
    this.#timers.push(
      setInterval(() => this.#beat(), SWEEP),
      setInterval(() => this.#tick(), TICK),
    );
    port.post({ type: 'ready' });
  }

  /** An error that reached the event loop. */
  uncaught(error: unknown): void {
    if (!this.#connections.attribute(error)) this.#services.fault(error);
  }

  /** Ends listening and timers; what is open is destroyed. For planes in the main thread. */
  close(): void {
    this.#listeners.close();
    this.#clusters.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#connections.destroyAll();
    this.#services.recorder.flush();
  }

  /** The one in force. Only asked where one is. */
  get #generation(): Generation {
    return this.#generations.inForce as Generation;
  }

  async #receive(message: ToPlane): Promise<void> {
    const services = this.#services;
    switch (message.type) {
      case 'prepare':
        return this.#prepare(message.generation);
      case 'commit':
        return this.#commit(message.id);
      case 'drop':
        this.#generations.drop(message.id);
        this.#listeners.drop();
        return;
      case 'forecast':
        return this.#forecast(message.id);
      case 'reauthorize':
        if (this.#generations.inForce !== null) this.#reauthorizeAll();
        return;
      case 'accept':
        message.port.on('message', (handover: Handover) => this.#receiveSocket(handover));
        return;
      case 'events-taken':
        return services.recorder.acknowledged();
      case 'kill':
        return this.#kill(message);
      case 'revocation-response':
        return services.revocationQueries.settle(message.id, message.response);
      case 'staples':
        return this.#staples.replace(message.staples);
      case 'drain':
        return this.#startDrain(message);
      case 'test-hook':
        if (this.#options.testHooks) runHook(message.hook);
    }
  }

  async #prepare(message: GenerationMessage): Promise<void> {
    try {
      await this.#generations.prepare(message);
      const binds = this.#options.accept === 'receive' ? [] : message.binds;
      const bound = await this.#listeners.prepare(binds);
      this.#port.post({ type: 'prepared', id: message.id, bound });
    } catch (error) {
      this.#generations.drop(message.id);
      const problem = error instanceof Error ? error.message : String(error);
      this.#port.post({ type: 'prepare-failed', id: message.id, problem });
    }
  }

  #commit(id: number): void {
    const first = this.#generations.inForce === null;
    if (!this.#generations.commit(id)) return;
    this.#services.sampler.share = this.#generation.sampling;
    this.#listeners.commit();
    this.#port.post({ type: 'committed', id, final: first });
    if (!first) this.#reauthorizeAll();
  }

  #reauthorizeAll(): void {
    const { id } = this.#generation;
    const isInForce = (): boolean => this.#generation.id === id;
    reauthorizeAll(this.#connections, isInForce, (round) => this.#port.post({ type: 'reauthorized', id, ...round }));
  }

  #forecast(id: number): void {
    const next = this.#generations.prepared(id);
    if (next === null) return;
    forecast(this.#connections.sessions, next, (found) => this.#port.post({ type: 'forecast', id, forecast: found }));
  }

  #receiveSocket({ socket, key }: Handover): void {
    this.#workers.add(this.#options.index, GAUGE.received, 1);
    socket.on('error', ignore);
    socket.once('close', () => this.#workers.add(this.#options.index, GAUGE.left, 1));
    this.#accept(socket, key);
  }

  #accept(socket: Socket, key: string): void {
    const generation = this.#generations.inForce;
    const listener = generation?.byKey.get(key);
    if (generation === null || listener === undefined || this.#drain !== null || socket.destroyed) {
      socket.destroy();
      return;
    }
    const { counters } = this.#services.records;
    counters.count('headgate_connections_accepted_total', { listener: listener.plan.name }).add(1);
    if (!this.#enter(generation.maxConnections)) {
      new Connection(this.#services, listener, socket).turnAway();
      return;
    }
    const connection = new Connection(this.#services, listener, socket, generation.nodeByKey.get(key));
    this.#connections.running(connection);
    this.#connections.opening(connection, connection.serve());
  }

  /** Where there is no room for a connection, a half-open one that is old makes it. */
  #enter(limit: number): boolean {
    const enter = (): boolean => this.#workers.tryEnterConnection(this.#options.index, limit);
    return enter() || (this.#halfOpen.dropAged() && enter());
  }

  #kill({ selector, reason, suppressWill, message }: Extract<ToPlane, { type: 'kill' }>): void {
    this.#connections.kill(selector, (session) => {
      if (reason === 'taken-over') this.#connections.supersede(session.number);
      else session.stop(reason, suppressWill, message);
    });
  }

  #beat(): void {
    const { clock, accounts } = this.#services;
    this.#workers.beat(this.#options.index, clock.real());
    accounts.limits.sweep(clock.now());
  }

  #tick(): void {
    const { clock, recorder } = this.#services;
    this.#connections.tick(clock.now(), Date.now());
    recorder.flush();
    this.#drain?.step(clock.real());
  }

  #startDrain(terms: DrainTerms): void {
    if (this.#drain !== null) return;
    this.#listeners.close();
    const { clock, recorder } = this.#services;
    const now = clock.real();
    this.#drain = new Drain(this.#connections.sessions, terms, now, () => {
      recorder.flush();
      this.#port.post({ type: 'drained' });
    });
    this.#drain.step(now);
  }
}

function ignore(): void {}
