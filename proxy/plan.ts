import { createHash } from 'node:crypto';
import type { GateConfig, ListenerConfig, TrustConfig } from './config/model.ts';
import type { Bind, GenerationMessage, ListenerPlan, Versioned } from './messages.ts';
import { type PolicyPart, sharePolicy } from './policy-part.ts';

/** A generation before it has a number: every part with its bytes and its version. */
export interface GenerationPlan {
  readonly binds: readonly Bind[];
  readonly policy: PolicyPart;
  readonly listeners: readonly Required<Versioned<ListenerPlan>>[];
  readonly maxConnections: number;
  readonly sampling: number;
  /** Over everything that is in force: equal hash, nothing to swap. */
  readonly hash: string;
}

/** Content of the files that the configuration names, by absolute path: the very bytes that were checked. */
export type Material = ReadonlyMap<string, Buffer>;

/** Puts the bytes where the configuration has names of files. */
export function planGeneration(config: GateConfig, material: Material): GenerationPlan {
  const listeners = config.listeners.map((listener) => {
    const value = planListener(listener, config.trust, material);
    return { version: hashOf(value), value };
  });
  const policy = sharePolicy(config.policy);
  const binds = config.listeners.flatMap(bindsOf);
  const { maxConnections } = config.process;
  const sampling = config.telemetry?.sampling ?? 0;
  const versions = listeners.map(({ version }) => version);
  return {
    binds,
    policy,
    listeners,
    maxConnections,
    sampling,
    hash: hashOf([binds, policy.version, versions, maxConnections, sampling]),
  };
}

/** The message for a data plane that already has the parts in `known`. */
export function messageFor(plan: GenerationPlan, id: number, known: ReadonlySet<string>): GenerationMessage {
  const { binds, policy, listeners, maxConnections, sampling } = plan;
  return {
    id,
    binds,
    policy: known.has(policy.version) ? { version: policy.version } : { version: policy.version, value: policy.bytes },
    listeners: listeners.map(({ version, value }) => (known.has(version) ? { version } : { version, value })),
    maxConnections,
    sampling,
  };
}

export function versionsOf(plan: GenerationPlan): Set<string> {
  return new Set([plan.policy.version, ...plan.listeners.map(({ version }) => version)]);
}

/** The same address keeps its key over all generations; port 0 asks for a new one per listener. */
function bindsOf(listener: ListenerConfig): Bind[] {
  return listener.listen.map((address, i) => ({
    key: address.port === 0 ? `${listener.name}#${i}` : `${address.host}:${address.port}`,
    listener: listener.name,
    address,
  }));
}

function planListener(
  listener: ListenerConfig,
  trust: Readonly<Record<string, TrustConfig>>,
  material: Material,
): ListenerPlan {
  const read = (file: string): string => {
    const bytes = material.get(file);
    if (bytes === undefined) throw new Error(`${file} was not read with the configuration`);
    return bytes.toString('utf8');
  };
  const { tls, upstream } = listener;
  const stores = Object.fromEntries(tls.clients.map((name) => [name, read((trust[name] as TrustConfig).ca)]));
  const secure = upstream.tls;
  const { tls: _files, ...target } = upstream;
  return {
    name: listener.name,
    protocol: listener.protocol,
    proxyProtocol: listener.proxyProtocol,
    tls: {
      profile: tls.profile,
      certificate: read(tls.certificate),
      key: read(tls.key),
      ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
      ca: Object.values(stores),
    },
    stores,
    upstream: {
      ...target,
      ...(secure === undefined
        ? {}
        : {
            tls: {
              ca: read(secure.ca),
              ...(secure.certificate === undefined ? {} : { certificate: read(secure.certificate) }),
              ...(secure.key === undefined ? {} : { key: read(secure.key) }),
              ...(secure.passphrase === undefined ? {} : { passphrase: secure.passphrase }),
              ...(secure.serverName === undefined ? {} : { serverName: secure.serverName }),
            },
          }),
    },
    admission: listener.admission,
    timeouts: listener.timeouts,
    mqtt: listener.mqtt,
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
