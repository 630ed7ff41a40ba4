import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { COUNTERS } from '../../adapters/seam.ts';
import { SignatureCache } from '../../policies/x509/chain/signature-cache.ts';
import type { FromPlane, GenerationMessage, Port, ToPlane } from '../messages.ts';
import { ListenSet } from '../shared/listen-set.ts';
import type { PlaneOptions } from '../shared/plane-start.ts';
import { GAUGE, openClientIds, openClock, openCounters, openLimits, openWorkers } from '../shared/tables/index.ts';
import type { Handover } from './accept/acceptor.ts';
import { admissionTables } from './accept/admission-tables.ts';
import { HalfOpen } from './accept/half-open.ts';
import type { ClusterSet } from './cluster/cluster-set.ts';
import { KafkaGate } from './cluster/kafka-gate.ts';
import { openClusters } from './cluster/open-clusters.ts';
import { Connection } from './connection/connection.ts';
import { Drain, type DrainTerms } from './drain.ts';
import { forecast } from './forecast.ts';
import { ForwardSampler } from './forward-sampler.ts';
import type { CompilePolicy, Generation } from './generation.ts';
import { Generations } from './generations.ts';
import type { Reader } from './reader/reader.ts';
import { readerOf } from './reader/select.ts';
import { rejudgeAll } from './reauthorize-all.ts';
import { RejectionRecorder } from './rejection-recorder.ts';
import { Arena } from './relay/arena.ts';
import { BrokerReadBuffer } from './relay/broker-read-buffer.ts';
import { CrlClient } from './revocation/crl-client.ts';
import { OcspClient } from './revocation/ocsp-client.ts';
import { RevocationQueries } from './revocation/revocation-queries.ts';
import type { SessionFactory } from './session-factory.ts';
import { SessionRegistry } from './session-registry.ts';
import { runHook } from './test-hooks.ts';
import { Staples } from './tls/staples.ts';

/** Milliseconds between looks at deadlines. */
const TICK = 250;
const SWEEP = 100;
/** A superseded session that the broker has not ended by then is ended here. */
const TAKEOVER_GRACE = 2000;

export interface DataPlaneOptions extends Omit<PlaneOptions, 'sessionModule'> {
  readonly sessionFactory: SessionFactory;
  readonly compile: CompilePolicy;
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
  readonly halfOpen: HalfOpen;
  readonly counters;
  readonly recorder: RejectionRecorder;
  readonly arena = new Arena();
  readonly egress = new BrokerReadBuffer();
  readonly sessions = new SessionRegistry<Connection>();
  /** Connections that are on their way to a session. */
  readonly opening = new Set<Connection>();
  /** Connections that are being told that they are refused. */
  readonly refusals = new Set<Connection>();
  readonly sampler = new ForwardSampler();
  /** Signatures of certificates that were found good. */
  readonly signatures = new SignatureCache();
  readonly ocsp: OcspClient;
  readonly lists: CrlClient;
  /** Where traffic before identity is counted to: nowhere. */
  readonly uncounted = new Float64Array(COUNTERS);
  readonly sessionFactory: SessionFactory;
  /** The connection whose entry point runs; a fault is laid at its door. */
  current: Connection | null = null;

  readonly #options: DataPlaneOptions;
  readonly #port: Port<ToPlane, FromPlane>;
  readonly #listeners: ListenSet;
  readonly #clusters: ClusterSet;
  readonly #generations: Generations;
  readonly #revocationQueries: RevocationQueries;
  readonly #staples = new Staples();
  readonly #upstreams = new Map<string, boolean>();
  #drain: Drain | null = null;
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
    this.halfOpen = new HalfOpen(this.workers.count, () => this.clock.now());
    this.counters = openCounters(shared, index, (series) => port.post({ type: 'series', series }));
    this.#revocationQueries = new RevocationQueries((id, query) => port.post({ type: 'revocation-query', id, query }));
    this.ocsp = new OcspClient(this.#revocationQueries);
    this.lists = new CrlClient(this.#revocationQueries);
    this.recorder = new RejectionRecorder({
      worker: index,
      wallClock: Date.now,
      post: (batch) => port.post({ type: 'events', batch }),
    });
    this.#listeners = new ListenSet({ reusePort: options.accept === 'bind-reuse-port' }, (socket, key) =>
      this.#accept(socket, key),
    );
    this.#clusters = openClusters(this);
    this.#generations = new Generations({
      tables: admissionTables(this, shared),
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

  /** The generation in force. Only asked where one is (connections exist only then). */
  get generation(): Generation {
    return this.#generations.inForce as Generation;
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
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#port.post({ type: 'fault', message });
  }

  upstreamState(listener: string, up: boolean, message: string): void {
    if (!up) this.counters.count('headgate_upstream_dial_failures_total', { listener }).add(1);
    if (this.#upstreams.get(listener) === up) return;
    this.#upstreams.set(listener, up);
    this.#port.post({ type: 'upstream', listener, up, message });
  }

  /** A session elsewhere (or here) was superseded by one of ours. */
  takenOver(worker: number, session: number): void {
    if (worker === this.index) this.#supersede(session);
    else this.#port.post({ type: 'taken-over', worker, session });
  }

  /** Ends listening and timers; what is open is destroyed. For planes in the main thread. */
  close(): void {
    this.#listeners.close();
    this.#clusters.close();
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
        this.#generations.drop(message.id);
        this.#listeners.drop();
        return;
      case 'forecast': {
        const next = this.#generations.prepared(message.id);
        if (next === null) return;
        forecast(this, next, (found) => this.#port.post({ type: 'forecast', id: next.id, forecast: found }));
        return;
      }
      case 'reauthorize':
        if (this.#generations.inForce !== null) this.#judgeAll();
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
        else for (const session of selected) session.stop(message.reason, message.suppressWill, message.message);
        return;
      }
      case 'revocation-response':
        this.#revocationQueries.settle(message.id, message.response);
        return;
      case 'staples':
        this.#staples.replace(message.staples);
        return;
      case 'drain':
        this.#startDrain(message);
        return;
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
    this.sampler.share = this.generation.sampling;
    this.#listeners.commit();
    this.#port.post({ type: 'committed', id, final: first });
    if (!first) this.#judgeAll();
  }

  #judgeAll(): void {
    const { id } = this.generation;
    rejudgeAll(this, (round) => this.#port.post({ type: 'reauthorized', id, ...round }));
  }

  #accept(socket: Socket, key: string): void {
    const generation = this.#generations.inForce;
    const listener = generation?.byKey.get(key);
    if (generation === null || listener === undefined || this.#drain !== null || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.counters.count('headgate_connections_accepted_total', { listener: listener.plan.name }).add(1);
    if (!this.#enter(generation.maxConnections)) {
      new Connection(this, listener, socket).turnAway();
      return;
    }
    const connection = new Connection(this, listener, socket, generation.nodeByKey.get(key));
    this.current = connection;
    this.opening.add(connection);
    void connection.serve().finally(() => this.opening.delete(connection));
  }

  /** Where there is no room for a connection, a half-open one that is old makes it. */
  #enter(limit: number): boolean {
    const enter = (): boolean => this.workers.tryEnterConnection(this.index, limit);
    return enter() || (this.halfOpen.dropAged() && enter());
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
    const wall = Date.now();
    for (const connection of this.sessions.all()) {
      connection.tick(now);
      connection.checkCertificate(wall);
    }
    for (const connection of this.refusals) connection.tick(now);
    this.current = null;
    this.recorder.flush();
    this.#drain?.step(this.clock.real());
  }

  #startDrain(terms: DrainTerms): void {
    if (this.#drain !== null) return;
    this.#listeners.close();
    const now = this.clock.real();
    this.#drain = new Drain(this.sessions, terms, now, () => {
      this.recorder.flush();
      this.#port.post({ type: 'drained' });
    });
    this.#drain.step(now);
  }
}

function ignore(): void {}
