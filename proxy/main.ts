import { exhaustMap } from 'rxjs';
import { createTier, selectTier } from './accept/tier.ts';
import type { AdminDeps, DenyDeps, Readiness, ReloadResult } from './admin/deps.ts';
import { type LoadResult, loadConfig } from './config/load.ts';
import type { GateConfig } from './config/model.ts';
import type { Problem } from './config/problem.ts';
import { Control } from './control.ts';
import { EventHub } from './events/hub.ts';
import { PqReport } from './events/pq-report.ts';
import { gauges, sharedCounters, Tallies } from './gauges.ts';
import { collectInventory } from './inventory/collect.ts';
import { Draining } from './main/draining.ts';
import { dryRun } from './main/dry-run.ts';
import { watchExpiry } from './main/expiry-watch.ts';
import { receiveReport } from './main/plane-reports.ts';
import { type ReloadDeps, reload as reloadConfig, reloadWhenWhole } from './main/reload.ts';
import { Revocations } from './main/revocations.ts';
import { rollback } from './main/rollback.ts';
import { watchRunOuts } from './main/run-out-watch.ts';
import { startServers } from './main/servers.ts';
import { Sinks } from './main/sinks.ts';
import { Stapling } from './main/stapling.ts';
import { UpstreamStates } from './main/upstream-states.ts';
import type { Bound } from './messages.ts';
import { Planes } from './planes.ts';
import { selectReader } from './reader/select.ts';
import { CounterReader, createShared, openLimits, type SharedState } from './shared/index.ts';
import { type Log, openLog } from './telemetry/log.ts';
import type { MetricSource } from './telemetry/metrics.ts';
import { hubSource, processSource } from './telemetry/sources.ts';
import { OcspSource } from './trust/ocsp-source.ts';
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
  readonly deny: DenyDeps;
  /** Takes the files of sinks anew, for log rotation. */
  reopen(): void;
  /** Readiness false, delay, no new connections, sessions ended over the deadline. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

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
  load: () => LoadResult,
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
  const upstreams = new UpstreamStates();
  const draining = new Draining(planesCount);
  const ocsp = new OcspSource({
    now: Date.now,
    onFailure: (url, words) => logger.error({ url, reason: words }, 'an OCSP responder gave no answer that holds'),
    objection: (signer, asked) => revocations.objectionToSigner(signer, asked),
  });

  const planes = new Planes({
    workers,
    shared,
    tier,
    reader: reader.tier,
    sessionModule: options.sessionModule ?? new URL(SESSION_MODULE, import.meta.url).href,
    testHooks: options.testHooks ?? false,
    onMessage: (index, message) =>
      receiveReport(
        { planes, hub, counters, tallies, upstreams, draining, logger, ocsp, revocations, pq, stapling },
        index,
        message,
      ),
    onReplaced(index, reason) {
      counters.retire(index);
      tallies.add('headgate_worker_replacements_total', { reason });
      logger.error({ worker: index, reason }, 'a worker ended and is replaced; its connections are lost');
      draining.planeLost(index);
    },
  });
  stack.defer(() => planes.close());

  const control = new Control(planes, tier);
  const pq = new PqReport(() => {
    const reporting = (control.config?.listeners ?? []).filter(({ tls }) => tls.pq === 'report');
    return new Set(reporting.map(({ name }) => name));
  });
  const stapling = new Stapling({ planes, logger });
  stack.defer(() => stapling.close());
  const watch = new ContentWatch(config.process.reloadInterval);
  const revocations = new Revocations(config, control, logger);
  stack.defer(() => revocations.close());

  const upstreamStates = () => upstreams.of(control.config?.listeners ?? []);
  const sinks = new Sinks(hub, logger);
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
    revocations.metrics,
    stapling.metrics,
    hubSource(hub),
    () => [{ name: 'headgate_key_agreements_unattributed_total', labels: {}, value: pq.unattributed }],
    processSource(VERSION),
    sinks.source,
  ];
  await sinks.start(config, metrics, stack);

  const adoption = control.results$.subscribe(() =>
    stapling.adopt((control.inForce?.plan.listeners ?? []).map(({ value }) => value)),
  );
  stack.defer(() => adoption.unsubscribe());
  const reloading: ReloadDeps = { control, watch, tallies, logger, revocations, running: config, load };
  const reload = () => reloadConfig(reloading);
  const inventory = () => collectInventory(control.inForce, Date.now(), revocations.lists, stapling);
  const readiness = (): Readiness => ({
    listeners: (control.config?.listeners ?? []).map(({ name }) => ({ name, bound: control.bound(name).length > 0 })),
    generation: control.info().id,
    workers: { expected: planesCount, beating: planes.alive },
    draining: draining.active,
    upstreams: upstreamStates(),
  });
  const deny: DenyDeps = {
    entries: () => revocations.denied,
    add: (written) => revocations.add(written),
    remove: (id) => revocations.remove(id),
  };
  const deps: AdminDeps = {
    hub,
    metrics,
    generation: () => control.info(),
    inventory,
    pq: (filter) => pq.query(filter),
    reload,
    dryRun: () => dryRun({ ...reloading, control, revocations, hub }),
    rollback: () => rollback({ control, revocations, tallies, logger }),
    readiness,
    deny,
  };
  const servers = await startServers(config, deps, logger, stack);

  await planes.start();
  const started = await reload();
  if (!started.ok) throw new Error(started.errors.join('; '));
  for (const { name, ...listener } of control.info().listeners) {
    logger.info({ listener: name, ...listener, workers, accept: tier.name, reader: reader.tier }, 'listening');
  }
  const changes = watch.changes$.pipe(exhaustMap(() => reloadWhenWhole(reloading))).subscribe();
  stack.defer(() => changes.unsubscribe());
  const expiry = watchExpiry({ inventory, changes$: control.results$, logger });
  stack.defer(() => expiry.unsubscribe());
  const runOuts = watchRunOuts({
    runOuts: () => revocations.runOuts,
    changes$: control.results$,
    onRunOut: () => planes.broadcast({ type: 'judge-again' }),
  });
  stack.defer(() => runOuts.unsubscribe());

  return {
    hub,
    shared,
    metrics,
    planes,
    log,
    addresses: (listener) => control.bound(listener),
    ...servers,
    reload,
    deny,
    reopen: () => sinks.reopen(),
    drain: () => draining.run((control.config ?? config).process.drain, { tier, planes, logger }),
    close: () => stack.disposeAsync(),
  };
}
