import {
  asyncScheduler,
  catchError,
  last,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  take,
  takeWhile,
  timer,
} from 'rxjs';
import type { ReloadResult } from '../api/generation.ts';
import { contentHash } from '../config/files.ts';
import type { LoadResult } from '../config/load.ts';
import type { GateConfig } from '../config/model.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { Tallies } from '../telemetry/gauges.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Content, Loaded } from './content.ts';
import type { ContentWatch } from './content-watch.ts';
import { expiredReplacements } from './expired-replacement.ts';
import type { GenerationControl } from './generation-control.ts';

/** Milliseconds between attempts to read files that do not fit together yet, and their number. */
const PAUSE = 500;
const ATTEMPTS = 11;

/** What a reload needs of the control plane. */
export interface ReloadDeps {
  readonly control: Pick<GenerationControl, 'apply' | 'content'>;
  readonly watch: Pick<ContentWatch, 'watch'>;
  readonly tallies: Pick<Tallies, 'add' | 'set'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly revocations: Pick<Revocations, 'plan'>;
  /** With which the process was started. */
  readonly running: GateConfig;
  load(): LoadResult;
}

/**
 * As `reload`, for changes that were seen on disk: a certificate without its key, or half a file, is
 * looked at again for 5 s before it counts as broken. Nothing is reported meanwhile; unsubscribing ends it.
 */
export function reloadWhenWhole(deps: ReloadDeps, scheduler: SchedulerLike = asyncScheduler): Observable<ReloadResult> {
  return timer(0, PAUSE, scheduler).pipe(
    take(ATTEMPTS),
    map(() => deps.load()),
    takeWhile(mayBecomeWhole, true),
    last(),
    // Other reloads may come first: what is older than theirs must not replace it.
    map((seen) => () => (contentHash(seen.files) === seen.hash ? seen : deps.load())),
    // A fault of reading is reported like every other.
    catchError(() => of(() => deps.load())),
    mergeMap((load) => reload({ ...deps, load })),
  );
}

function mayBecomeWhole(loaded: LoadResult): boolean {
  if (loaded.ok) return false;
  return loaded.problems.every(({ severity, transient }) => severity === 'warning' || transient === true);
}

/** Reads the configuration anew and brings it into force, or says why not and goes on with the last good one. */
export async function reload(deps: ReloadDeps): Promise<ReloadResult> {
  const { control, tallies, logger } = deps;
  const result = await control.apply(() => adopt(deps.load(), deps));
  const { generation, changed, errors } = result;
  tallies.add('headgate_reloads_total', { result: !result.ok ? 'failed' : changed ? 'ok' : 'unchanged' });
  if (result.ok) {
    tallies.set('headgate_reload_last_success_timestamp_seconds', Date.parse(result.time) / 1000);
    logger.info({ generation, changed }, 'configuration loaded');
  } else {
    logger.error({ generation, errors }, 'reload refused; the last good generation goes on');
  }
  return result;
}

function adopt(loaded: LoadResult, { control, watch, running, logger, revocations }: ReloadDeps): Loaded {
  watch.watch(loaded.files, loaded.hash);
  const errors = reasonsAgainst(loaded, control.content);
  if (!loaded.ok || errors.length > 0) return { ok: false, errors };
  const { config } = loaded;
  noteFixedSettings(running, config, logger);
  return { ok: true, config, revocation: revocations.plan(config), read: true };
}

/** Why what was loaded must not come into force, a sentence each; none where it may. */
export function reasonsAgainst(loaded: LoadResult, inForce: Content | null): readonly string[] {
  if (!loaded.ok) return loaded.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`);
  return inForce === null ? [] : expiredReplacements(loaded.config, inForce.config, Date.now());
}

/** What a reload cannot change is said, not silently ignored. */
function noteFixedSettings(running: GateConfig, next: GateConfig, logger: ReloadDeps['logger']): void {
  for (const key of ['workers', 'reader', 'accept'] as const) {
    if (running.process[key] !== next.process[key]) logger.warn({ key }, 'this setting changes only with a restart');
  }
  for (const key of ['probe', 'admin', 'audit', 'telemetry'] as const) {
    if (JSON.stringify(running[key]) !== JSON.stringify(next[key])) {
      logger.warn({ key }, 'this section changes only with a restart');
    }
  }
}
