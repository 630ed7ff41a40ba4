/**
 * The configuration after reading, validation and resolution: paths absolute, secrets fetched,
 * defaults filled in. What the rest of the proxy sees; proxy/control-plane/config/schema.ts is what users write.
 */
import type { Advertise } from '../../../adapters/kafka/advertise.ts';
import type { KafkaOptions } from '../../../adapters/kafka/options.ts';
import type { MqttLimits } from '../../../adapters/mqtt/options.ts';
import type { LimitsSource, Mode, PolicySource } from '../../../policies/source.ts';
import type {
  AdmissionConfig,
  ChainTerms,
  ClientAuth,
  HostPort,
  RevocationTerms,
  TimeoutsConfig,
} from '../../shared/listener-plan.ts';
import type { PostQuantumMode } from '../../shared/tls/profile-options.ts';
import type { TlsProfileName } from '../../shared/tls/profiles.ts';

export type { TlsProfileName };

export interface GateConfig {
  readonly file: string;
  readonly listeners: readonly ListenerConfig[];
  readonly trust: Readonly<Record<string, TrustConfig>>;
  readonly policy: PolicySource;
  readonly process: ProcessConfig;
  /** Absolute name of the operator's deny list. */
  readonly denyFile?: string;
  readonly audit?: AuditConfig;
  readonly telemetry?: TelemetryConfig;
  readonly probe?: { readonly listen: HostPort };
  readonly admin?: AdminConfig;
  readonly state?: { readonly dir: string };
}

export type ListenerConfig = MqttListenerConfig | KafkaListenerConfig;

export interface MqttListenerConfig extends CommonListenerConfig {
  readonly protocol: 'mqtt';
  readonly upstream: MqttUpstreamConfig;
  readonly mqtt: MqttLimits;
}

export interface KafkaListenerConfig extends CommonListenerConfig {
  readonly protocol: 'kafka';
  readonly upstream: KafkaUpstreamConfig;
  readonly advertise: Advertise;
  readonly kafka: KafkaOptions;
}

export interface CommonListenerConfig {
  readonly name: string;
  readonly listen: readonly HostPort[];
  /** Whether rights are enforced on it, or only tried. */
  readonly mode: Mode;
  /** CIDRs that must send a PROXY header (v1 or v2); empty: none may. */
  readonly proxyProtocol: readonly string[];
  readonly tls: ListenerTlsConfig;
  readonly admission: AdmissionConfig;
  readonly timeouts: TimeoutsConfig;
  /** Of each principal that comes in here. */
  readonly limits?: LimitsSource;
}

/** Names of PEM files. */
export interface KeyPairConfig {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}

export interface ListenerTlsConfig {
  readonly profile: TlsProfileName;
  /** What becomes of clients without a post-quantum key agreement. */
  readonly pq: PostQuantumMode;
  /** PEM file: the certificate and its intermediates. */
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
  /** For other server names. */
  readonly certificates: readonly KeyPairConfig[];
  /** Whom to ask for OCSP answers to show: `aia` or a URL. */
  readonly stapling?: string;
  readonly clientAuth: ClientAuth;
  /** What client certificates must say of their purpose. */
  readonly eku: 'strict' | 'any' | 'lenient';
  /** Milliseconds. */
  readonly clockSkew: number;
  /** Names of the trust stores whose clients may connect. */
  readonly clients: readonly string[];
}

export interface MqttUpstreamConfig extends CommonUpstreamConfig {
  /** Tried in order until one answers. */
  readonly addresses: readonly HostPort[];
  readonly username?: string;
  readonly password?: string;
  /** Forward the client's own user name and password. Default false. */
  readonly passthrough: boolean;
}

export interface KafkaUpstreamConfig extends CommonUpstreamConfig {
  /** Tried in order until one answers. */
  readonly bootstrap: readonly HostPort[];
  /** IP address to connect from. */
  readonly localAddress?: string;
  /** Milliseconds between looks at the brokers of the cluster. */
  readonly metadataInterval: number;
}

export interface CommonUpstreamConfig {
  readonly tls?: UpstreamTlsConfig;
  /** Milliseconds for one address. */
  readonly connectTimeout: number;
}

export interface UpstreamTlsConfig {
  readonly ca: string;
  /** As of trust stores. */
  readonly pins: readonly string[];
  readonly certificate?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly serverName?: string;
}

export interface ProcessConfig {
  /** 0: the data plane runs in the main thread. */
  readonly workers: number;
  readonly reader: 'auto' | 'user-buffer' | 'push' | 'data';
  readonly accept: 'auto' | 'transfer' | 'reuse-port' | 'single';
  readonly drain: { readonly delay: number; readonly deadline: number; readonly wills: 'suppress' | 'publish' };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly format: 'json' | 'text' };
  readonly maxConnections: number;
  /** Milliseconds between looks at the content hashes of configuration and material. 0: only SIGHUP. */
  readonly reloadInterval: number;
}

export interface TrustConfig extends ChainTerms {
  readonly name: string;
  /** Files, directories already listed. */
  readonly ca: readonly string[];
  readonly revocation: RevocationConfig;
}

export interface RevocationConfig extends RevocationTerms {
  /** Files, directories already listed. */
  readonly files: readonly string[];
  readonly urls: readonly string[];
  /** Milliseconds. */
  readonly refresh: number;
}

export interface AuditConfig {
  readonly file: string;
  readonly onOverflow: 'drop';
}

export interface TelemetryConfig {
  /** Share of forwards that get a span, 0 to 1. Rejections always do. */
  readonly sampling: number;
  /** OTLP/HTTP base, e.g. http://127.0.0.1:4318; absent: from the OTEL_* environment. */
  readonly endpoint?: string;
  readonly traces: boolean;
  readonly metrics: boolean;
}

export interface AdminConfig {
  readonly socket?: string;
  readonly listen?: HostPort;
  readonly token?: string;
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa: string };
  readonly hosts: readonly string[];
}
