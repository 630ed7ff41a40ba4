/** From what the user wrote, checked, to what the proxy works with: paths absolute, texts read. */
import { availableParallelism } from 'node:os';
import { parseRate, perSecond } from '../../policies/limits/rate.ts';
import type { IdentitySource, PolicySource, RoleSource } from '../../policies/source.ts';
import type { FileReader } from './files.ts';
import type {
  AdminConfig,
  GateConfig,
  ListenerConfig,
  ProcessConfig,
  TrustConfig,
  UpstreamConfig,
  UpstreamTlsConfig,
} from './model.ts';
import { DEFAULT_ADMIN_SOCKET } from './references.ts';
import type { Listener, MqttListener, UpstreamTls } from './schema/listeners.ts';
import type { Configuration } from './schema.ts';

export const MAX_WORKERS = 64;

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
    trust: mapValues(config.trust, ({ ca }, name): TrustConfig => ({ name, ca: files.absolute(ca) })),
    policy: policySource(config),
    process: resolveProcess(config, cores),
    ...(config.audit && { audit: { ...config.audit, file: files.absolute(config.audit.file) } }),
    ...(config.telemetry && { telemetry: config.telemetry }),
    ...(config.probe && { probe: config.probe }),
    ...(config.admin && { admin: resolveAdmin(config.admin, files) }),
    ...(config.state && { state: { dir: files.absolute(config.state.dir) } }),
  };
}

/** The policy part, as `checkPolicy` and `compilePolicy` take it. */
export function policySource(config: Pick<Configuration, 'identities' | 'roles'>): PolicySource {
  const identities: readonly IdentitySource[] = config.identities;
  const roles: Readonly<Record<string, RoleSource>> = config.roles;
  return { identities, roles };
}

function resolveListener(listener: Listener, files: FileReader): ListenerConfig {
  const { name, protocol, listen, proxyProtocol, tls, admission, timeouts } = listener;
  const { perAddress, burst, ...rest } = admission;
  return {
    name,
    protocol,
    listen,
    proxyProtocol,
    tls: { ...tls, certificate: files.absolute(tls.certificate), key: files.absolute(tls.key) },
    upstream: resolveUpstream(listener, files),
    admission: { ...rest, perAddress: { perSecond: perSecond(parseRate(perAddress)), burst } },
    timeouts,
    mqtt: listener.protocol === 'mqtt' ? listener.mqtt : MQTT_UNUSED,
  };
}

function resolveUpstream({ protocol, upstream }: Listener, files: FileReader): UpstreamConfig {
  const common = {
    connectTimeout: upstream.connectTimeout,
    ...(upstream.tls && { tls: resolveUpstreamTls(upstream.tls, files) }),
  };
  if (protocol === 'kafka') return { addresses: upstream.bootstrap, passthrough: false, ...common };
  const { address, addresses, username, password, passthrough } = upstream;
  return {
    addresses: addresses ?? (address === undefined ? [] : [address]),
    passthrough,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...common,
  };
}

function resolveUpstreamTls({ ca, certificate, key, ...rest }: UpstreamTls, files: FileReader): UpstreamTlsConfig {
  return {
    ...rest,
    ca: files.absolute(ca),
    ...(certificate !== undefined && { certificate: files.absolute(certificate) }),
    ...(key !== undefined && { key: files.absolute(key) }),
  };
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

/** A listener of another protocol has no MQTT limits; the model has the field all the same. */
const MQTT_UNUSED: MqttListener['mqtt'] = {
  maxPacketSize: 0,
  maxConnectSize: 0,
  maxKeepAlive: 0,
  maxFiltersPerSubscribe: 0,
  maxSubscriptions: 0,
  maxTopicLevels: 0,
  receiveMaximum: 0,
  topicAliasMaximum: 0,
  maxSessionExpiry: 0,
  maxUserProperties: 0,
  tolerateLongLengths: false,
};
