import { FileSink } from '../adapters/sinks/file.ts';
import { createTier, selectTier } from './accept/tier.ts';
import type { AdminDeps, Readiness, ReloadResult } from './admin/deps.ts';
import { startProbe } from './admin/probe.ts';
import { startAdmin } from './admin/server.ts';
import { loadConfig } from './config/load.ts';
import type { GateConfig } from './config/model.ts';
import type { Problem } from './config/problem.ts';
import { Control, type Loaded } from './control.ts';
import { EventHub } from './events/hub.ts';
import { gauges, sharedCounters, Tallies } from './gauges.ts';
import type { Bound, FromPlane } from './messages.ts';
import { Planes } from './planes.ts';
import { selectReader } from './reader/select.ts';
import { CounterReader, createShared, openLimits, type SharedState } from './shared/index.ts';
import { type Log, logRejection, openLog } from './telemetry/log.ts';
import type { MetricSource } from './telemetry/metrics.ts';
import { type Otel, startOtel } from './telemetry/otel.ts';
import { hubSource, processSource } from './telemetry/sources.ts';
import { VERSION } from './version.ts';
import { ContentWatch } from './watch.ts';

export interface GateOptions {
  readonly file: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For tests and embedding; by default opened as the configuration says. */
  readonly log?: Log;
  /** Module that exports `sessions: SessionFactory`; the bench replaces it. */
  readonly sessionModule?: string;
  /** Lets tests cause faults inside workers. */
  readonly testHooks?: boolean;
}

/** The configuration cannot be run; nothing was started. */
export class ConfigRefused extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`the configuration has ${problems.length} problem(s)`);
    this.name = 'ConfigRefused';
    this.problems = problems;
  }
}

/** A running headgate. */
export interface Gate {
  readonly hub: EventHub;
  readonly shared: SharedState;
  readonly metrics: readonly MetricSource[];
  readonly planes: Planes;
  readonly log: Log;
  /** Addresses of a listener as bound. */
  addresses(listener: string): readonly Bound[];
  readonly probeAddress: string | null;
  readonly adminAddress: string | null;
  reload(): Promise<ReloadResult>;
  /** Takes the files of sinks anew, for log rotation. */
  reopen(): void;
  /** Readiness false, delay, no new connections, sessions ended over the deadline. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds for telemetry and audit to get rid of what waits. */
const SINK_DEADLINE = 3000;
/** Milliseconds beyond the drain deadline after which workers are no longer waited for. */
const DRAIN_GRACE = 2000;
const SESSION_MODULE = `./session-factory.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;

/** Starts everything. Throws ConfigRefused, or an Error in words (an address in use, an unreadable file); then nothing is left running. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const env = options.env ?? process.env;
  const load = () => loadConfig(options.file, { env, forRun: true });
  const first = load();
  if (!first.ok) throw new ConfigRefused(first.problems);
  const { config } = first;
  const log = options.log ?? openLog(config.process.log);
  for (const warning of first.warnings) log.logger.warn({ at: `${warning.line}:${warning.column}` }, warning.message);

  const stack = new AsyncDisposableStack();
  try {
    return await assemble(options, config, load, log, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function assemble(
  options: GateOptions,
  config: GateConfig,
  load: () => ReturnType<typeof loadConfig>,
  log: Log,
  stack: AsyncDisposableStack,
): Promise<Gate> {
  const { logger } = log;
  const selected = await selectTier(config.process.accept, config.process.workers);
  for (const note of selected.notes) logger.warn({ accept: note }, 'accepting falls back');
  const { workers } = selected;
  const planesCount = Math.max(1, workers);
  const shared = createShared({ workers: planesCount });
  const counters = new CounterReader(shared);
  const tallies = new Tallies();
  const hub = new EventHub({ onSubscriberError: (error) => logger.error({ err: String(error) }, 'a sink failed') });
  const reader = await selectReader(config.process.reader);
  for (const note of reader.notes) logger.warn({ reader: note }, 'a faster reader is not used');

  const tier = createTier(selected.tier, shared, (count) => {
    tallies.add('headgate_connections_turned_away_total', {}, count);
    logger.warn({ count }, 'connections closed: no worker could take them');
  });
  stack.defer(() => tier.close());
  const upstreams = new Map<string, { readonly up: boolean; readonly words: string }>();
  let draining = false;
  const drained = new Set<number>();
  const allDrained = Promise.withResolvers<void>();

  const planes = new Planes({
    workers,
    shared,
    tier,
    reader: reader.tier,
    sessionModule: options.sessionModule ?? new URL(SESSION_MODULE, import.meta.url).href,
    testHooks: options.testHooks ?? false,
    onMessage: onPlaneMessage,
    onReplaced(index, reason) {
      counters.retire(index);
      tallies.add('headgate_worker_replacements_total', { reason });
      logger.error({ worker: index, reason }, 'a worker ended and is replaced; its connections are lost');
      // It has no sessions left to wait for, and its replacement gets none.
      if (draining) planeDrained(index);
    },
  });
  stack.defer(() => planes.close());

  function planeDrained(index: number): void {
    drained.add(index);
    if (drained.size >= planesCount) allDrained.resolve();
  }

  function onPlaneMessage(index: number, message: FromPlane): void {
    switch (message.type) {
      case 'events':
        hub.receive(index, message.batch);
        planes.send(index, { type: 'events-taken' });
        return;
      case 'series':
        counters.define(message.series);
        return;
      case 'upstream':
        upstreams.set(`${message.listener}/${index}`, message);
        if (message.up) logger.info({ listener: message.listener, worker: index }, 'the broker answers');
        else logger.error({ listener: message.listener, worker: index, reason: message.words }, 'the broker is down');
        return;
      case 'taken-over':
        planes.send(message.worker, {
          type: 'kill',
          selector: { session: message.session },
          reason: 'taken-over',
          suppressWill: false,
          words: 'the same client connected again',
        });
        return;
      case 'fault':
        tallies.add('headgate_worker_errors_total', { worker: String(index) });
        logger.error({ worker: index, fault: message.words }, 'a fault cost one connection');
        return;
      case 'rejudged':
        logger.info({ worker: index, ...message }, 'live sessions were judged by the new generation');
        return;
      case 'drained':
        planeDrained(index);
        return;
      default:
    }
  }

  const control = new Control(planes, tier);
  const watch = new ContentWatch(config.process.reloadInterval);

  /** A broker counts as down while any data plane's last dial failed. */
  const upstreamStates = (): Readiness['upstreams'] =>
    (control.config?.listeners ?? []).map(({ name, upstream }) => {
      const states = [...upstreams].filter(([key]) => key.startsWith(`${name}/`)).map(([, state]) => state.up);
      const addresses = 'bootstrap' in upstream ? upstream.bootstrap : upstream.addresses;
      const address = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
      return { listener: name, address, up: !states.includes(false) };
    });

  const sinks: MetricSource[] = [];
  const metrics: MetricSource[] = [
    sharedCounters(counters),
    gauges({
      control,
      planes,
      shared,
      limits: openLimits(shared, 0),
      log,
      upstreams: upstreamStates,
      readerTier: reader.tier,
      acceptTier: tier.name,
      expectedWorkers: planesCount,
      tallies,
    }),
    hubSource(hub),
    processSource(VERSION),
    () => sinks.flatMap((source) => [...source()]),
  ];

  hub.events$.subscribe((event) => logRejection(logger, event));
  const audit =
    config.audit === undefined ? null : new FileSink({ path: config.audit.file, onError: complain('audit') });
  if (audit !== null) {
    hub.events$.subscribe((event) => audit.write(event));
    sinks.push(() => [
      { name: 'headgate_audit_records_total', labels: {}, value: audit.stats.written },
      { name: 'headgate_audit_dropped_total', labels: {}, value: audit.stats.dropped },
      { name: 'headgate_audit_errors_total', labels: {}, value: audit.stats.errors },
      { name: 'headgate_audit_queue', labels: {}, value: audit.stats.queued },
    ]);
    stack.defer(() => audit.close(SINK_DEADLINE));
  }
  let otel: Otel | null = null;
  if (config.telemetry !== undefined) {
    const { events$, samples$ } = hub;
    otel = await startOtel(config.telemetry, {
      version: VERSION,
      events$,
      samples$,
      metrics,
      onComplaint: complain('telemetry'),
    });
    sinks.push(otel.source);
    stack.defer(() => otel?.shutdown(SINK_DEADLINE));
  }

  function complain(sink: string): (reason: unknown) => void {
    return (reason) => logger.warn({ sink, reason: String(reason) }, 'a sink complains');
  }

  const adopt = (loaded: ReturnType<typeof loadConfig>): Loaded => {
    watch.watch(loaded.files, loaded.hash);
    if (loaded.ok) {
      noteFixedSettings(config, loaded.config, log);
      return { ok: true, config: loaded.config, material: loaded.material };
    }
    return { ok: false, errors: loaded.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`) };
  };
  const reload = async (): Promise<ReloadResult> => {
    const result = await control.apply(() => adopt(load()));
    const outcome = !result.ok ? 'failed' : result.changed ? 'ok' : 'unchanged';
    tallies.add('headgate_reloads_total', { result: outcome });
    if (result.ok) tallies.set('headgate_reload_last_success_timestamp_seconds', Date.parse(result.time) / 1000);
    if (result.ok) logger.info({ generation: result.generation, changed: result.changed }, 'configuration loaded');
    else
      logger.error(
        { generation: result.generation, errors: result.errors },
        'reload refused; the last good generation goes on',
      );
    return result;
  };

  const readiness = (): Readiness => ({
    listeners: (control.config?.listeners ?? []).map(({ name }) => ({ name, bound: control.bound(name).length > 0 })),
    generation: control.info().id,
    workers: { expected: planesCount, beating: planes.alive },
    draining,
    upstreams: upstreamStates(),
  });
  const onFault = (error: unknown): void => logger.error({ fault: String(error) }, 'a fault while answering a request');
  const deps: AdminDeps = { hub, metrics, generation: () => control.info(), reload, readiness };
  const probe = config.probe === undefined ? null : await startProbe(config.probe.listen, deps, onFault);
  if (probe !== null) stack.defer(() => probe.close());
  const admin = config.admin === undefined ? null : await startAdmin(config.admin, deps, { onFault });
  if (admin !== null) stack.defer(() => admin.close());

  await planes.start();
  const started = await reload();
  if (!started.ok) throw new Error(started.errors.join('; '));
  for (const { name, protocol, addresses } of control.info().listeners) {
    logger.info({ listener: name, protocol, addresses, workers, accept: tier.name, reader: reader.tier }, 'listening');
  }
  const subscription = watch.changes$.subscribe(() => void reload());
  stack.defer(() => subscription.unsubscribe());

  return {
    hub,
    shared,
    metrics,
    planes,
    log,
    addresses: (listener) => control.bound(listener),
    probeAddress: probe?.address ?? null,
    adminAddress: admin?.address ?? null,
    reload,
    reopen: () => audit?.reopen(),
    async drain() {
      if (draining) return allDrained.promise;
      draining = true;
      const { delay, deadline, wills } = control.config?.process.drain ?? config.process.drain;
      logger.info({ delay, deadline }, 'draining');
      await new Promise((resolve) => setTimeout(resolve, delay));
      await tier.close();
      planes.broadcast({ type: 'drain', deadline, suppressWills: wills === 'suppress' });
      // A worker that is lost meanwhile cannot answer.
      const late = setTimeout(() => allDrained.resolve(), deadline + DRAIN_GRACE);
      await allDrained.promise;
      clearTimeout(late);
    },
    close: () => stack.disposeAsync(),
  };
}

/** What a reload cannot change is said, not silently ignored. */
function noteFixedSettings(running: GateConfig, next: GateConfig, log: Log): void {
  const fixed = ['workers', 'reader', 'accept'] as const;
  for (const key of fixed) {
    if (running.process[key] !== next.process[key])
      log.logger.warn({ key }, 'this setting changes only with a restart');
  }
  for (const key of ['probe', 'admin', 'audit', 'telemetry'] as const) {
    if (JSON.stringify(running[key]) !== JSON.stringify(next[key])) {
      log.logger.warn({ key }, 'this section changes only with a restart');
    }
  }
}
