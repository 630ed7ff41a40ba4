import type { Bound } from '../../messages.ts';
import type { GenerationInfo, GenerationName, ReloadResult } from '../api/generation.ts';
import type { Content } from './content.ts';
import type { GenerationPlan } from './generation-plan.ts';

/** A generation that is or was in force. */
export interface InForce {
  readonly id: number;
  readonly plan: GenerationPlan;
  readonly content: Content;
  readonly loadedAt: Date;
  readonly bound: readonly Bound[];
  /** See GenerationInfo. */
  readonly enforcedMs: number;
  readonly activatedMs: number;
}

/** Addresses of a listener as bound. */
export function boundOf({ plan, bound }: Pick<InForce, 'plan' | 'bound'>, listener: string): readonly Bound[] {
  const keys = new Set(plan.binds.filter((bind) => bind.listener === listener).map(({ key }) => key));
  return bound.filter(({ key }) => keys.has(key));
}

/**
 * The generation in force for people; null: there is none yet.
 * @param before what a rollback goes back to
 * @param read settings (see GenerationPlan) of what the files said when they were last taken
 */
export function describeGeneration(
  current: InForce | null,
  before: InForce | null,
  read: string,
  last: ReloadResult | null,
): GenerationInfo {
  const config = current?.content.config;
  return {
    ...named(current),
    source: current === null || current.plan.settings === read ? 'files' : 'rollback',
    ...(before !== null && { before: named(before) }),
    enforcedMs: Math.round(current?.enforcedMs ?? 0),
    activatedMs: Math.round(current?.activatedMs ?? 0),
    listeners: (config?.listeners ?? []).map(({ plan: { name, protocol } }) => ({
      name,
      protocol,
      ...addresses(current as InForce, name),
    })),
    identities: (config?.policy.identities ?? []).map(({ name }) => name),
    ...(last === null ? {} : { lastReload: last }),
  };
}

/** A Kafka listener may have hundreds of ports for brokers: they are counted. */
function addresses(
  inForce: InForce,
  listener: string,
): { readonly addresses: readonly string[]; readonly brokerPorts?: number } {
  const nodes = new Set(inForce.plan.binds.filter(({ node }) => node !== undefined).map(({ key }) => key));
  const bound = boundOf(inForce, listener);
  const own = bound.filter(({ key }) => !nodes.has(key));
  return {
    addresses: own.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)),
    ...(own.length === bound.length ? {} : { brokerPorts: bound.length - own.length }),
  };
}

/** By what people and files call a generation. */
function named(one: InForce | null): GenerationName {
  return { id: one?.id ?? 0, hash: one?.plan.hash ?? '', loadedAt: one?.loadedAt.toISOString() ?? '' };
}
