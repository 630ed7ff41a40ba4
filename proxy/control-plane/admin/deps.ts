/** What the probe and the admin server ask the control plane; the only way they reach into the process. */
import type { Protocol } from '../../../policies/decision.ts';
import type { EventHub } from '../events/hub.ts';
import type { PqAnswer, PqFilter } from '../events/pq-report.ts';
import type { DryRun } from '../generations/dry-run.ts';
import type { Inventory } from '../inventory/model.ts';
import type { BookEntry } from '../revocation/deny-book.ts';
import type { DenyResult } from '../revocation/revocations.ts';
import type { MetricSource } from '../telemetry/metrics.ts';

export interface AdminDeps {
  readonly hub: EventHub;
  readonly metrics: readonly MetricSource[];
  generation(): GenerationInfo;
  /** What protects connections now: listeners, trust stores and upstreams with their certificates. */
  inventory(): Inventory;
  /** How clients of listeners with `pq: report` agreed on keys. */
  pq(filter: PqFilter): PqAnswer;
  /** Loads configuration and material anew; resolves with `ok: false` when the old generation stays. */
  reload(): Promise<ReloadResult>;
  /** What a reload would do; nothing changes. */
  dryRun(): Promise<DryRun>;
  /** Brings back the settings that were in force before; null: there are none. */
  rollback(): Promise<ReloadResult | null>;
  readonly deny: DenyDeps;
  readiness(): Readiness;
}

/** Entries of `headgate deny`. */
export interface DenyDeps {
  entries(): readonly BookEntry[];
  /** Resolves when every worker has ended what is denied. @throws DenyBookError when the entry makes no sense */
  add(written: unknown): Promise<DenyResult>;
  /** @throws DenyBookError when there is none with this id */
  remove(id: string): Promise<DenyResult>;
}

/** By what a generation is known. */
export interface GenerationName {
  /** Counts up from 1 in every process; 0 before the first was loaded. */
  readonly id: number;
  /** Content hash of everything that it was made of. */
  readonly hash: string;
  /** When it came into force: RFC 3339, UTC. */
  readonly loadedAt: string;
}

/** The generation in force. */
export interface GenerationInfo extends GenerationName {
  /** `rollback`: it came back by one, and the files on disk say something else. */
  readonly source: 'files' | 'rollback';
  /** What a rollback goes back to; absent: there is none. */
  readonly before?: GenerationName;
  /** Milliseconds from putting it in force to the last live session judged by it. */
  readonly enforcedMs: number;
  /** Milliseconds from the call that asked for it, reading the files included, to the last live session judged by it. */
  readonly activatedMs: number;
  readonly listeners: readonly ListenerInfo[];
  readonly identities: readonly string[];
  readonly lastReload?: ReloadResult;
}

export interface ListenerInfo {
  readonly name: string;
  readonly protocol: Protocol;
  /** `address:port` as bound. */
  readonly addresses: readonly string[];
  /** Ports that stand for single Kafka brokers, on all addresses; absent where there are none. */
  readonly brokerPorts?: number;
}

export interface ReloadResult {
  readonly ok: boolean;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The generation in force afterwards. */
  readonly generation: number;
  /** False when everything was as before and nothing was swapped. */
  readonly changed: boolean;
  /** Why the new one was not taken; one sentence each, no secrets. Empty when ok. */
  readonly errors: readonly string[];
}

/** Facts from which readiness follows; see `missing` in probe.ts. */
export interface Readiness {
  readonly listeners: readonly { readonly name: string; readonly bound: boolean }[];
  readonly generation: number;
  /** Workers that should run, and those whose heartbeat is fresh. With `workers: 0` both are 1. */
  readonly workers: { readonly expected: number; readonly beating: number };
  /** True from the first SIGTERM on. */
  readonly draining: boolean;
  /** Reported only: a broker that is down does not make the gate unready. */
  readonly upstreams: readonly { readonly listener: string; readonly address: string; readonly up: boolean }[];
}
