import { createHash } from 'node:crypto';
import type { Bind, GenerationMessage, RevocationPart, Versioned } from '../../messages.ts';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import { type PolicyPart, sharePolicy } from '../../shared/policy-part.ts';
import type { GateConfig } from '../config/model.ts';
import { bindsOf } from './binds.ts';

/** The revocation part of a generation, with its version. */
export type PlannedRevocation = Required<Versioned<RevocationPart>>;

/** A generation before it has a number: every part with its bytes and its version. */
export interface GenerationPlan {
  readonly binds: readonly Bind[];
  readonly policy: PolicyPart;
  readonly revocation: PlannedRevocation;
  readonly listeners: readonly Required<Versioned<ListenerPlan>>[];
  readonly maxConnections: number;
  readonly sampling: number;
  /** Over everything but what is revoked and denied. */
  readonly settings: string;
  /** Over everything that is in force: equal hash, nothing to swap. */
  readonly hash: string;
}

/** Gives every part its version. */
export function planGeneration(config: GateConfig, revocation: PlannedRevocation): GenerationPlan {
  const listeners = config.listeners.map(({ plan }) => ({ version: hashOf(plan), value: plan }));
  const policy = sharePolicy(config.policy);
  const binds = config.listeners.flatMap(bindsOf);
  const { maxConnections } = config.process;
  const sampling = config.telemetry?.sampling ?? 0;
  const versions = listeners.map(({ version }) => version);
  const settings = hashOf([binds, policy.version, versions, maxConnections, sampling]);
  return {
    binds,
    policy,
    revocation,
    listeners,
    maxConnections,
    sampling,
    settings,
    hash: hashOf([settings, revocation.version]),
  };
}

/** The message for a data plane that already has the parts in `known`. */
export function messageFor(plan: GenerationPlan, id: number, known: ReadonlySet<string>): GenerationMessage {
  const { binds, policy, revocation, listeners, maxConnections, sampling } = plan;
  const part = <T>({ version, value }: Required<Versioned<T>>): Versioned<T> =>
    known.has(version) ? { version } : { version, value };
  return {
    id,
    binds,
    policy: part({ version: policy.version, value: policy.bytes }),
    revocation: part(revocation),
    listeners: listeners.map(part),
    maxConnections,
    sampling,
  };
}

/** Versions of the parts of a plan. */
export function versionsOf(plan: GenerationPlan): Set<string> {
  return new Set([plan.policy.version, plan.revocation.version, ...plan.listeners.map(({ version }) => version)]);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
