import type { DenyDeps } from './control-plane/admin/deps.ts';
import { startServers } from './control-plane/admin/start-servers.ts';
import { adminDeps } from './control-plane/admin-deps.ts';
import type { ReloadResult } from './control-plane/api/generation.ts';
import { type LoadResult, loadConfig } from './control-plane/config/load.ts';
import type { GateConfig } from './control-plane/config/model.ts';
import type { Problem } from './control-plane/config/problem.ts';
import { type ControlPlane, type DataPlaneSide, openControlPlane } from './control-plane/control-plane.ts';
import { DataPlanes } from './control-plane/data-planes/data-planes.ts';
import { planeEvents } from './control-plane/data-planes/plane-reports.ts';
import type { EventHub } from './control-plane/events/hub.ts';
import { ContentWatch } from './control-plane/generations/content-watch.ts';
import type { ReloadDeps } from './control-plane/generations/reload.ts';
import { startTelemetry } from './control-plane/start-telemetry.ts';
import { startWatches } from './control-plane/start-watches.ts';
import { Tallies } from './control-plane/telemetry/gauges.ts';
import { type Log, openLog } from './control-plane/telemetry/log.ts';
import type { MetricSource } from './control-plane/telemetry/metrics.ts';
import { createTier, selectTier } from './data-plane/accept/accept-tier.ts';
import { selectReader } from './data-plane/reader/select.ts';
import { startPlane } from './data-plane/start-plane.ts';
import type { Bound } from './messages.ts';
import { createShared, type SharedState } from './shared/tables/index.ts';

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

/** Starts everything. Throws ConfigRefused, or an Error whose message says why (an address in use, an unreadable file); then nothing is left running. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const env = options.env ?? process.env;
  const load = () => loadConfig(options.file, { env });
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
  const tallies = new Tallies();
  const side = await openDataPlanes(options, config, log, tallies, stack);
  const plane = openControlPlane(side, config, log, tallies, stack);
  const { hub, shared, planes, tier, control, stapling, draining } = plane;
  const { logger } = log;
  const { sinks, metrics } = await startTelemetry(plane, stack);
  const adoption = control.results$.subscribe(() => stapling.adopt(control.listeners));
  stack.defer(() => adoption.unsubscribe());

  const watch = new ContentWatch(config.process.reloadInterval);
  const { revocations } = plane.revocation;
  const reloading: ReloadDeps = { control, watch, tallies, logger, revocations, running: config, load };
  const deps = adminDeps(plane, metrics, reloading);
  const servers = await startServers(config, deps, logger, stack);
  await planes.start(planeEvents(plane));
  const started = await deps.reload();
  if (!started.ok) throw new Error(started.errors.join('; '));
  logListeners(plane);
  startWatches(plane, watch, reloading, stack);

  return {
    hub,
    shared,
    metrics,
    planes,
    log,
    addresses: (listener) => control.bound(listener),
    ...servers,
    reload: deps.reload,
    deny: deps.deny,
    reopen: () => sinks.reopen(),
    drain: () => draining.run((control.config ?? config).process.drain, { tier, planes, logger }),
    close: () => stack.disposeAsync(),
  };
}

/** Selects what this machine can do, and makes the data planes; `stack` closes them. */
async function openDataPlanes(
  { sessionModule, testHooks = false }: GateOptions,
  { process: settings }: GateConfig,
  { logger }: Log,
  tallies: Tallies,
  stack: AsyncDisposableStack,
): Promise<DataPlaneSide> {
  const selected = await selectTier(settings.accept, settings.workers);
  for (const note of selected.notes) logger.warn({ accept: note }, 'accepting falls back');
  const { workers } = selected;
  const shared = createShared({ workers: Math.max(1, workers) });
  const reader = await selectReader(settings.reader);
  for (const note of reader.notes) logger.warn({ reader: note }, 'a faster reader is not used');
  const tier = createTier(selected.tier, shared, (count) => {
    tallies.add('headgate_connections_turned_away_total', {}, count);
    logger.warn({ count }, 'connections closed: no worker could take them');
  });
  stack.defer(() => tier.close());
  const planes = new DataPlanes({
    workers,
    shared,
    tier,
    reader: reader.tier,
    sessionModule: sessionModule ?? new URL(SESSION_MODULE, import.meta.url).href,
    testHooks,
    startPlane,
  });
  stack.defer(() => planes.close());
  return { planes, tier, workers, shared, reader: reader.tier };
}

function logListeners({ control, workers, tier, reader, log }: ControlPlane): void {
  for (const { name, ...listener } of control.info().listeners) {
    log.logger.info({ listener: name, ...listener, workers, accept: tier.name, reader }, 'listening');
  }
}
