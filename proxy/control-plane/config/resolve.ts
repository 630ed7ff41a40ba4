/** From what the user wrote, checked, to what the proxy works with: files read, defaults filled in. */
import { availableParallelism } from 'node:os';
import type { IdentitySource, PolicySource, RoleSource } from '../../../policies/source.ts';
import type { WrittenDenyList } from '../../messages.ts';
import type { RevocationTerms } from '../../shared/listener-plan.ts';
import { readDenyFile } from '../revocation/deny-file.ts';
import { CRL_ENDINGS, type CrlEntryKind, crlEntryKind } from './crl-entry.ts';
import type { FileReader } from './files.ts';
import { CA_ENDINGS } from './material.ts';
import type { AdminConfig, CrlLocations, GateConfig, ProcessConfig, ResolvedStore } from './model.ts';
import { DEFAULT_ADMIN_SOCKET } from './references.ts';
import { resolveListener } from './resolve-listener.ts';
import type { TrustStore } from './schema/policy.ts';
import type { Configuration } from './schema.ts';

export const MAX_WORKERS = 64;

type WrittenRevocation = NonNullable<TrustStore['revocation']>;

const NO_REVOCATION: RevocationTerms = { mode: 'off', ocspHosts: [], maxStaleness: 0, onStale: 'deny' };
const NO_LISTS: CrlLocations = { files: [], urls: [], refresh: 0 };

/** `cores`: what `workers: auto` means. */
export function resolveConfig(
  config: Configuration,
  file: string,
  files: FileReader,
  cores: number = availableParallelism(),
): GateConfig {
  const trust = mapValues(config.trust, (store, name) => resolveStore(store, name, files));
  return {
    file,
    listeners: config.listeners.map((listener) => resolveListener(listener, trust, files)),
    trust,
    policy: policySource(config),
    process: resolveProcess(config, cores),
    ...(config.deny && { denyFile: resolveDenyFile(config.deny, files) }),
    ...(config.audit && { audit: { ...config.audit, file: files.absolute(config.audit.file) } }),
    ...(config.telemetry && { telemetry: config.telemetry }),
    ...(config.probe && { probe: config.probe }),
    ...(config.admin && { admin: resolveAdmin(config.admin, files) }),
    ...(config.state && { state: { dir: files.absolute(config.state.dir) } }),
  };
}

function resolveStore({ ca, anchors, pins, revocation }: TrustStore, name: string, files: FileReader): ResolvedStore {
  const names = ca.flatMap((one) => files.expand(one, CA_ENDINGS));
  const certificates = names.map((one) => files.content(one).toString('utf8')).join('\n');
  const terms = revocation === undefined ? NO_REVOCATION : revocationTerms(revocation);
  const lists = revocation === undefined ? NO_LISTS : crlLocations(revocation, files);
  return { name, plan: { certificates, anchors, pins, revocation: terms }, lists };
}

function revocationTerms({
  mode,
  crlHosts,
  ocsp,
  ocspHosts,
  maxStaleness,
  onStale,
}: WrittenRevocation): RevocationTerms {
  return {
    ...{ mode, ocspHosts, maxStaleness, onStale },
    ...(crlHosts !== undefined && { crlHosts }),
    ...(ocsp !== undefined && { ocsp }),
  };
}

function crlLocations({ crl = [], refresh }: WrittenRevocation, files: FileReader): CrlLocations {
  const ofKind = (kind: CrlEntryKind) => crl.filter((one) => crlEntryKind(one) === kind);
  const lists = ofKind('file').flatMap((one) => files.expand(one, CRL_ENDINGS));
  return {
    files: lists.map((one) => ({ name: files.absolute(one), bytes: files.content(one) })),
    urls: ofKind('url'),
    refresh,
  };
}

function resolveDenyFile({ file }: NonNullable<Configuration['deny']>, files: FileReader): WrittenDenyList {
  return { name: files.absolute(file), entries: readDenyFile(files.content(file).toString('utf8'), 'deny') };
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
