import type { ReloadResult } from '../admin/deps.ts';
import type { LoadResult } from '../config/load.ts';
import type { GateConfig } from '../config/model.ts';
import type { Control, Loaded } from '../control.ts';
import type { Tallies } from '../gauges.ts';
import type { Logger } from '../telemetry/log.ts';
import type { ContentWatch } from '../watch.ts';
import type { Revocations } from './revocations.ts';

export interface ReloadDeps {
  readonly control: Control;
  readonly watch: ContentWatch;
  readonly tallies: Tallies;
  readonly logger: Logger;
  readonly revocations: Revocations;
  /** With which the process was started. */
  readonly running: GateConfig;
  load(): LoadResult;
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

function adopt(loaded: LoadResult, { watch, running, logger, revocations }: ReloadDeps): Loaded {
  watch.watch(loaded.files, loaded.hash);
  if (!loaded.ok) {
    return { ok: false, errors: loaded.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`) };
  }
  noteFixedSettings(running, loaded.config, logger);
  const { config, material } = loaded;
  return { ok: true, config, material, revocation: revocations.plan(config, material) };
}

/** What a reload cannot change is said, not silently ignored. */
function noteFixedSettings(running: GateConfig, next: GateConfig, logger: Logger): void {
  for (const key of ['workers', 'reader', 'accept'] as const) {
    if (running.process[key] !== next.process[key]) logger.warn({ key }, 'this setting changes only with a restart');
  }
  for (const key of ['probe', 'admin', 'audit', 'telemetry'] as const) {
    if (JSON.stringify(running[key]) !== JSON.stringify(next[key])) {
      logger.warn({ key }, 'this section changes only with a restart');
    }
  }
}
