import assert from 'node:assert/strict';
import type { AdminDeps } from '../../../../proxy/control-plane/admin/deps.ts';
import type { DryRun } from '../../../../proxy/control-plane/api/dry-run.ts';
import type { GenerationInfo, ReloadResult } from '../../../../proxy/control-plane/api/generation.ts';
import type { Inventory } from '../../../../proxy/control-plane/api/inventory.ts';
import type { Readiness } from '../../../../proxy/control-plane/api/readiness.ts';
import { EventHub } from '../../../../proxy/control-plane/events/hub.ts';
import { PqReport } from '../../../../proxy/control-plane/events/pq-report.ts';
import { RejectionRecorder } from '../../../../proxy/data-plane/rejection-recorder.ts';

export const GENERATION: GenerationInfo = {
  id: 3,
  hash: 'c0ffee',
  source: 'files',
  enforcedMs: 3,
  activatedMs: 40,
  loadedAt: '2026-11-24T07:00:00.000Z',
  listeners: [{ name: 'plant-mqtt', protocol: 'mqtt', addresses: ['127.0.0.1:8883'] }],
  identities: ['devices'],
};

const INVENTORY: Inventory = {
  time: '2026-11-24T07:00:00.000Z',
  hash: 'c0ffee',
  listeners: [],
  stores: [],
  upstreams: [],
};

export const READY: Readiness = {
  listeners: [{ name: 'plant-mqtt', bound: true }],
  generation: 3,
  workers: { expected: 2, beating: 2 },
  draining: false,
  upstreams: [{ listener: 'plant-mqtt', address: 'mosquitto:1883', up: true }],
};

/** A control plane of paper: what the servers ask is answered from fields that a test may change. */
export function paperDeps() {
  const hub = new EventHub();
  const recorder = new RejectionRecorder({ worker: 0, wallClock: Date.now, post: (batch) => hub.receive(0, batch) });
  const state = {
    readiness: READY,
    reload: { ok: true, time: '2026-11-24T08:00:00.000Z', generation: 4, changed: true, errors: [] } as ReloadResult,
    reloads: 0,
    dryRun: { ok: false, generation: 3, errors: ['gate.yaml:3:1: no such key'] } as DryRun,
    reporting: new Set(['mqtt']) as ReadonlySet<string>,
    rollback: null as ReloadResult | null,
  };
  const report = new PqReport(() => state.reporting);
  const deps: AdminDeps = {
    hub,
    metrics: [() => [{ name: 'headgate_generation', labels: {}, value: 3 }]],
    generation: () => GENERATION,
    inventory: () => INVENTORY,
    pq: (filter) => report.query(filter),
    readiness: () => state.readiness,
    deny: {
      entries: () => [],
      add: async () => assert.fail('not asked for'),
      remove: async () => assert.fail('not asked for'),
    },
    dryRun: async () => state.dryRun,
    rollback: async () => state.rollback,
    async reload() {
      state.reloads++;
      return state.reload;
    },
  };
  const reject = (draft: Parameters<RejectionRecorder['record']>[0]): string => {
    const id = recorder.record(draft);
    recorder.flush();
    recorder.acknowledged();
    return id;
  };
  return { deps, hub, report, state, reject };
}
