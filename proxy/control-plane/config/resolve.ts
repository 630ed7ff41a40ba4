/** From what the user wrote, checked, to what the proxy works with: paths absolute, texts read. */
import { availableParallelism } from 'node:os';
import type { IdentitySource, PolicySource, RoleSource } from '../../../policies/source.ts';
import type { FileReader } from './files.ts';
import { CA_ENDINGS, CRL_ENDINGS, FROM_CERTIFICATES, isUrl } from './material.ts';
import type { AdminConfig, GateConfig, ProcessConfig, RevocationConfig, TrustConfig } from './model.ts';
import { DEFAULT_ADMIN_SOCKET } from './references.ts';
import { resolveListener } from './resolve-listener.ts';
import type { TrustStore } from './schema/policy.ts';
import type { Configuration } from './schema.ts';

export const MAX_WORKERS = 64;

const NO_REVOCATION: RevocationConfig = {
  mode: 'off',
  files: [],
  urls: [],
  ocspHosts: [],
  refresh: 0,
  maxStaleness: 0,
  onStale: 'deny',
};

/** `cores`: what `workers: auto` means. */
export function resolveConfig(
  config: Configuration,
  file: string,
  files: FileReader,
  cores: number = availableParallelism(),
): GateConfig {
  return {
    file,
    listeners: config.listeners.map((listener) => resolveListener(listener, files)),
    trust: mapValues(config.trust, (store, name) => resolveTrust(store, name, files)),
    policy: policySource(config),
    process: resolveProcess(config, cores),
    ...(config.deny && { denyFile: files.absolute(config.deny.file) }),
    ...(config.audit && { audit: { ...config.audit, file: files.absolute(config.audit.file) } }),
    ...(config.telemetry && { telemetry: config.telemetry }),
    ...(config.probe && { probe: config.probe }),
    ...(config.admin && { admin: resolveAdmin(config.admin, files) }),
    ...(config.state && { state: { dir: files.absolute(config.state.dir) } }),
  };
}

function resolveTrust(store: TrustStore, name: string, files: FileReader): TrustConfig {
  const { ca, anchors, pins, revocation } = store;
  return {
    name,
    ca: ca.flatMap((one) => files.expand(one, CA_ENDINGS)).map((one) => files.absolute(one)),
    anchors,
    pins,
    revocation: revocation === undefined ? NO_REVOCATION : resolveRevocation(revocation, files),
  };
}

function resolveRevocation(
  { crl = [], ...rest }: NonNullable<TrustStore['revocation']>,
  files: FileReader,
): RevocationConfig {
  const [urls, names] = [crl.filter(isUrl), crl.filter((one) => !isUrl(one) && one !== FROM_CERTIFICATES)];
  const lists = names.flatMap((one) => files.expand(one, CRL_ENDINGS)).map((one) => files.absolute(one));
  return { ...rest, files: lists, urls };
}

/** The policy part, as `checkPolicy` and `compilePolicy` take it. */
export function policySource(config: Pick<Configuration, 'identities' | 'roles' | 'limits'>): PolicySource {
  const identities: readonly IdentitySource[] = config.identities;
  const roles: Readonly<Record<string, RoleSource>> = config.roles;
  return { identities, roles, ...(config.limits && { limits: config.limits }) };
}

function resolveAdmin({ socket, tls, ...rest }: NonNullable<Configuration['admin']>, files: FileReader): AdminConfig {
  const where = rest.listen === undefined ? { socket: files.absolute(socket ?? DEFAULT_ADMIN_SOCKET) } : {};
  return { ...rest, ...where, ...(tls && { tls: mapValues(tls, (name) => files.absolute(name)) }) };
}

function resolveProcess(config: Configuration, cores: number): ProcessConfig {
  const { workers, reader, accept, drain, log, maxConnections, reloadInterval } = config;
  return {
    workers: workers === 'auto' ? Math.min(cores, MAX_WORKERS) : workers,
    reader,
    accept,
    drain,
    log,
    maxConnections,
    reloadInterval,
  };
}

function mapValues<K extends string, V, W>(record: Readonly<Record<K, V>>, map: (value: V, key: K) => W): Record<K, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value as V, key as K)])) as Record<
    K,
    W
  >;
}
