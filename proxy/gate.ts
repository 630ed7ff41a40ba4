import { exhaustMap } from 'rxjs';
import type { AdminDeps, DenyDeps } from './control-plane/admin/deps.ts';
import { startServers } from './control-plane/admin/start-servers.ts';
import type { ReloadResult } from './control-plane/api/generation.ts';
import type { Readiness } from './control-plane/api/readiness.ts';
import { type LoadResult, loadConfig } from './control-plane/config/load.ts';
import type { GateConfig } from './control-plane/config/model.ts';
import type { Problem } from './control-plane/config/problem.ts';
import { DataPlanes } from './control-plane/data-planes/data-planes.ts';
import { Draining } from './control-plane/data-planes/draining.ts';
import { receiveReport } from './control-plane/data-planes/plane-reports.ts';
import { UpstreamStates } from './control-plane/data-planes/upstream-states.ts';
import { EventHub } from './control-plane/events/hub.ts';
import { PqReport } from './control-plane/events/pq-report.ts';
import { Sinks } from './control-plane/events/sinks.ts';
import { ContentWatch } from './control-plane/generations/content-watch.ts';
import { dryRun } from './control-plane/generations/dry-run.ts';
import { GenerationControl } from './control-plane/generations/generation-control.ts';
import { type ReloadDeps, reload as reloadConfig, reloadWhenWhole } from './control-plane/generations/reload.ts';
import { rollback } from './control-plane/generations/rollback.ts';
import { watchExpiry } from './control-plane/inventory/certificate-expiry-watch.ts';
import { collectInventory } from './control-plane/inventory/collect.ts';
import { OcspSource } from './control-plane/revocation/ocsp-source.ts';
import { watchRunOuts } from './control-plane/revocation/revocation-expiry-watch.ts';
import { Revocations } from './control-plane/revocation/revocations.ts';
import { Stapling } from './control-plane/stapling/stapling.ts';
import { gauges, sharedCounters, Tallies } from './control-plane/telemetry/gauges.ts';
import { type Log, openLog } from './control-plane/telemetry/log.ts';
import type { MetricSource } from './control-plane/telemetry/metrics.ts';
import { hubSource, processSource } from './control-plane/telemetry/sources.ts';
import { createTier, selectTier } from './data-plane/accept/accept-tier.ts';
import { selectReader } from './data-plane/reader/select.ts';
import { startPlane } from './data-plane/start-plane.ts';
import type { Bound } from './messages.ts';
import { CounterReader, createShared, openLimits, type SharedState } from './shared/tables/index.ts';
import { VERSION } from './shared/version.ts';

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
  readonly planes: DataPlanes;
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

const SESSION_MODULE = `./data-plane/session-factory.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;

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

  const planes = new DataPlanes({
    workers,
    shared,
    tier,
    reader: reader.tier,
    sessionModule: options.sessionModule ?? new URL(SESSION_MODULE, import.meta.url).href,
    testHooks: options.testHooks ?? false,
    startPlane,
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

  const control = new GenerationControl(planes, tier);
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
