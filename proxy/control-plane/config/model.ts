/**
 * The configuration after reading, validation and resolution: content of files in place of their names, secrets
 * fetched, defaults filled in. What the rest of the proxy sees; proxy/control-plane/config/schema.ts is what users write.
 */
import type { PolicySource } from '../../../policies/source.ts';
import type { WrittenDenyList } from '../../messages.ts';
import type { HostPort, ListenerPlan, StorePlan } from '../../shared/listener-plan.ts';
import type { ListSource } from '../revocation/crl-store.ts';

/** The whole configuration, resolved. */
export interface GateConfig {
  readonly file: string;
  readonly listeners: readonly ResolvedListener[];
  readonly trust: Readonly<Record<string, ResolvedStore>>;
  readonly policy: PolicySource;
  readonly process: ProcessConfig;
  /** The operator's deny list, by the absolute name of its file. */
  readonly denyFile?: WrittenDenyList;
  readonly audit?: AuditConfig;
  readonly telemetry?: TelemetryConfig;
  readonly probe?: { readonly listen: HostPort };
  readonly admin?: AdminConfig;
  readonly state?: { readonly dir: string };
}

/** A listener: what travels to data planes, and where it listens. */
export interface ResolvedListener {
  readonly plan: ListenerPlan;
  readonly listen: readonly HostPort[];
}

/** Settings of the process as a whole. */
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

/** A trust store: what travels with the listeners that use it, and where its revocation lists come from. */
export interface ResolvedStore {
  readonly name: string;
  readonly plan: StorePlan;
  readonly lists: CrlLocations;
}

export interface CrlLocations {
  /** Directories already listed. */
  readonly files: readonly ListSource[];
  readonly urls: readonly string[];
  /** Milliseconds after which URLs are asked again. */
  readonly refresh: number;
}

export interface AuditConfig {
  readonly file: string;
  readonly onOverflow: 'drop';
}

/** What is exported by OpenTelemetry, and how much of it. */
export interface TelemetryConfig {
  /** Share of forwards that get a span, 0 to 1. Rejections always do. */
  readonly sampling: number;
  /** OTLP/HTTP base, e.g. http://127.0.0.1:4318; absent: from the OTEL_* environment. */
  readonly endpoint?: string;
  readonly traces: boolean;
  readonly metrics: boolean;
}

/** Where the admin API listens, and who is let in. */
export interface AdminConfig {
  readonly socket?: string;
  readonly listen?: HostPort;
  readonly token?: string;
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa: string };
  readonly hosts: readonly string[];
}
