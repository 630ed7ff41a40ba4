import type { Policy } from '../../policies/types.ts';
import type { Bind, GenerationMessage } from '../messages.ts';
import type { ListenerPlan } from '../shared/listener-plan.ts';
import { ListenerTrust } from '../shared/trust/listener-trust.ts';
import { AddressSet, Admission, type AdmissionTables } from './accept/admission.ts';
import type { Listener } from './listener.ts';
import { Revocation } from './revocation/revocation.ts';
import { TlsFront } from './tls/handshake.ts';
import type { Staples } from './tls/staples.ts';

/** What is in force in a data plane: swapped whole, never half. */
export interface Generation {
  readonly id: number;
  readonly binds: readonly Bind[];
  readonly policy: Policy;
  readonly policyVersion: string;
  readonly revocation: Revocation;
  /** Address key -> listener. */
  readonly byKey: ReadonlyMap<string, Listener>;
  /** Address key -> id of the Kafka broker behind it, where it stands for one. */
  readonly nodeByKey: ReadonlyMap<string, number>;
  readonly listeners: readonly Listener[];
  readonly maxConnections: number;
  readonly sampling: number;
}

/** Opens what the sessions of a listener share; `port` is the listener's own. */
export type OpenResources = (plan: ListenerPlan, port: number) => Listener['resources'];

export type CompilePolicy = (bytes: SharedArrayBuffer, version: string) => Promise<Policy>;

/**
 * Builds a generation in this data plane: contexts made, trust stores read. The policy was compiled before.
 * Parts whose version is the same are taken over from `previous`, so that queues and caches
 * live on. Throws, having changed nothing, when any part is unusable.
 */
export function buildGeneration(
  message: GenerationMessage,
  previous: Generation | null,
  tables: AdmissionTables,
  policy: Policy,
  open: OpenResources,
  staples: Staples,
): Generation {
  const listeners = message.listeners.map(({ version, value }) => {
    const same = previous?.listeners.find((listener) => listener.version === version);
    if (same !== undefined) return same;
    if (value === undefined) throw new Error(`listener part ${version} is missing`);
    return buildListener(version, value, tables, open(value, portOf(message, value)), staples);
  });
  const byName = new Map(listeners.map((listener) => [listener.plan.name, listener]));
  return {
    id: message.id,
    binds: message.binds,
    policy,
    policyVersion: message.policy.version,
    revocation: revocationOf(message, previous),
    byKey: new Map(message.binds.map((bind) => [bind.key, byName.get(bind.listener) as Listener])),
    nodeByKey: new Map(message.binds.flatMap(({ key, node }) => (node === undefined ? [] : [[key, node]]))),
    listeners,
    maxConnections: message.maxConnections,
    sampling: message.sampling,
  };
}

/** The policy of a generation, or that of `previous` where it is the same. Rejects when it is unusable. */
export async function policyOf(
  message: GenerationMessage,
  previous: Generation | null,
  compile: CompilePolicy,
): Promise<Policy> {
  const { version, value } = message.policy;
  if (previous?.policyVersion === version) return previous.policy;
  if (value === undefined) throw new Error(`policy part ${version} is missing`);
  return compile(value, version);
}

function revocationOf(message: GenerationMessage, previous: Generation | null): Revocation {
  const { version, value } = message.revocation;
  if (previous?.revocation.version === version) return previous.revocation;
  if (value === undefined) throw new Error(`revocation part ${version} is missing`);
  return new Revocation(version, value);
}

/** Port of the listener's first address that stands for no broker: what clients are told where they know brokers by name. */
function portOf(message: GenerationMessage, { name }: ListenerPlan): number {
  return message.binds.find(({ listener, node }) => listener === name && node === undefined)?.address.port ?? 0;
}

function buildListener(
  version: string,
  plan: ListenerPlan,
  tables: AdmissionTables,
  resources: Listener['resources'],
  staples: Staples,
): Listener {
  return {
    version,
    plan,
    front: new TlsFront(plan.tls, staples),
    trust: new ListenerTrust(plan.stores, plan.tls),
    proxies: new AddressSet(plan.proxyProtocol),
    admission: new Admission(plan.admission, tables),
    resources,
  };
}
