import type { DenyEntryRecord, DenyResult } from '../api/deny.ts';
import type { DryRun } from '../api/dry-run.ts';
import type { GenerationInfo, ReloadResult } from '../api/generation.ts';
import type { Inventory } from '../api/inventory.ts';
import type { PqFilter, PqReportResponse } from '../api/pq.ts';
import type { Readiness } from '../api/readiness.ts';
import type { EventHub } from '../events/hub.ts';
import type { MetricSource } from '../telemetry/metrics.ts';

/** What the probe and the admin server read and trigger; gate.ts supplies it. */
export interface AdminDeps {
  readonly hub: EventHub;
  readonly metrics: readonly MetricSource[];
  generation(): GenerationInfo;
  /** What protects connections now: listeners, trust stores and upstreams with their certificates. */
  inventory(): Inventory;
  /** How clients of listeners with `pq: report` agreed on keys. */
  pq(filter: PqFilter): PqReportResponse;
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
  entries(): readonly DenyEntryRecord[];
  /** Resolves when every worker has ended what is denied. @throws DenyBookError when the entry is invalid */
  add(written: unknown): Promise<DenyResult>;
  /** @throws DenyBookError when there is none with this id */
  remove(id: string): Promise<DenyResult>;
}
