import type { ReloadResult } from '../api/generation.ts';
import type { GateConfig } from '../config/model.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { Tallies } from '../telemetry/gauges.ts';
import type { Logger } from '../telemetry/log.ts';
import { expiredReplacements } from './expired-replacement.ts';
import type { GenerationControl } from './generation-control.ts';

export interface RollbackDeps {
  readonly control: Pick<GenerationControl, 'apply' | 'content' | 'contentBefore'>;
  readonly revocations: Pick<Revocations, 'plan'>;
  readonly tallies: Pick<Tallies, 'add'>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/**
 * Brings the settings that were in force before into force again, as a new generation; once more, and
 * the later ones are back. Null: there are none. What is revoked and denied now stays so.
 */
export async function rollback({ control, revocations, tallies, logger }: RollbackDeps): Promise<ReloadResult | null> {
  if (control.contentBefore === null) return null;
  const result = await control.apply(() => {
    // Another reload may have come first: what counts is what is in force when this one has its turn.
    const { content, contentBefore } = control;
    if (content === null || contentBefore === null) return { ok: false, errors: ['there is nothing to go back to'] };
    const config = settingsBefore(contentBefore.config, content.config);
    const errors = expiredReplacements(config, content.config, Date.now());
    if (errors.length > 0) return { ok: false, errors };
    return { ok: true, config, revocation: revocations.plan(config), read: false };
  });
  const { generation, changed, errors } = result;
  tallies.add('headgate_rollbacks_total', { result: !result.ok ? 'failed' : changed ? 'ok' : 'unchanged' });
  if (result.ok) logger.warn({ generation, changed }, 'an operator went back to the settings before');
  else logger.error({ generation, errors }, 'a rollback was refused; the generation in force goes on');
  return result;
}

/**
 * Settings of before with the revocation of now: deny file, and for every trust store that is still
 * there its lists and how it asks for them. A store that only the settings of before have keeps its own.
 */
export function settingsBefore(before: GateConfig, now: GateConfig): GateConfig {
  const trust = mapValues(before.trust, (store, name) => {
    const { plan, lists } = now.trust[name] ?? store;
    return { ...store, plan: { ...store.plan, revocation: plan.revocation }, lists };
  });
  const { denyFile = before.denyFile } = now;
  const listeners = before.listeners.map(({ listen, plan }) => {
    const stores = mapValues(plan.stores, (store, name) => trust[name]?.plan ?? store);
    return { listen, plan: { ...plan, stores } };
  });
  return { ...before, listeners, trust, ...(denyFile !== undefined && { denyFile }) };
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
