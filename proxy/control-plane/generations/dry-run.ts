import { mergeEnds } from '../../shared/session-forecast.ts';
import type { DryRun, ReplayedRejections } from '../api/dry-run.ts';
import type { LoadResult } from '../config/load.ts';
import type { GateConfig } from '../config/model.ts';
import { configProtocolOf } from '../config/protocols/table.ts';
import type { EventHub } from '../events/hub.ts';
import type { Revocations } from '../revocation/revocations.ts';
import { contentChanges } from './content-changes.ts';
import type { GenerationControl } from './generation-control.ts';
import { reasonsAgainst } from './reload.ts';
import { replayRejections } from './replay-rejections.ts';
import type { Trial } from './trial.ts';

/** How far back rejections are asked again, in milliseconds. */
const REPLAYED = 3_600_000;
/** More than the hub keeps. */
const EVERY = 1_000_000;

export interface DryRunDeps {
  readonly control: Pick<GenerationControl, 'tryOut' | 'content' | 'inForce' | 'info'>;
  readonly revocations: Pick<Revocations, 'preview'>;
  readonly hub: Pick<EventHub, 'query'>;
  /** With which the process was started: its interval counts until the end. */
  readonly running: GateConfig;
  load(): LoadResult;
}

/** Reads, checks and prepares as a reload does, tells what would come of it, and changes nothing. */
export async function dryRun({ control, revocations, hub, running, load }: DryRunDeps): Promise<DryRun> {
  const trial = await control.tryOut(() => {
    const loaded = load();
    const errors = reasonsAgainst(loaded, control.content);
    if (!loaded.ok || errors.length > 0) return { ok: false, errors };
    const { config } = loaded;
    return { ok: true, config, revocation: revocations.preview(config), read: true };
  });
  const generation = control.info().id;
  if (!trial.ok) return { ok: false, generation, errors: trial.errors };
  const { content, inForce } = control;
  if (content === null || inForce === null) return { ok: false, generation, errors: ['no generation is in force yet'] };
  const { plan, forecasts } = trial;
  return {
    ok: true,
    generation,
    hash: plan.hash,
    changed: plan.hash !== inForce.plan.hash,
    changes: contentChanges({ content, plan: inForce.plan }, trial),
    sessions: {
      live: forecasts.reduce((sum, { sessions }) => sum + sessions, 0),
      ends: mergeEnds(forecasts.flatMap(({ ends }) => ends)),
    },
    rejections: replayed(trial, hub),
    reloadInterval: running.process.reloadInterval,
  };
}

function replayed({ content: { config } }: Extract<Trial, { ok: true }>, hub: DryRunDeps['hub']): ReplayedRejections {
  const levels = config.listeners.map(({ plan }) => configProtocolOf(plan).topicLevels(plan) ?? 1);
  const events = hub.query({ since: Date.now() - REPLAYED, limit: EVERY, shadow: false });
  return replayRejections(events, config.policy, Math.max(1, ...levels));
}
