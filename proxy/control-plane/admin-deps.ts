import type { AdminDeps } from './admin/deps.ts';
import type { Readiness } from './api/readiness.ts';
import type { ControlPlane } from './control-plane.ts';
import { dryRun } from './generations/dry-run.ts';
import { type ReloadDeps, reload } from './generations/reload.ts';
import { rollback } from './generations/rollback.ts';
import { takeInventory } from './inventory/take-inventory.ts';
import type { MetricSource } from './telemetry/metrics.ts';

/** What the probe and the admin server ask of the control plane. */
export function adminDeps(plane: ControlPlane, metrics: readonly MetricSource[], reloading: ReloadDeps): AdminDeps {
  const { hub, pq, control, tallies, log } = plane;
  const { revocations } = plane.revocation;
  return {
    hub,
    metrics,
    generation: () => control.info(),
    inventory: () => takeInventory(plane),
    pq: (filter) => pq.query(filter),
    reload: () => reload(reloading),
    dryRun: () => dryRun({ ...reloading, control, revocations, hub }),
    rollback: () => rollback({ control, revocations, tallies, logger: log.logger }),
    readiness: () => readiness(plane),
    deny: {
      entries: () => revocations.denied,
      add: (written) => revocations.add(written),
      remove: (id) => revocations.remove(id),
    },
  };
}

function readiness({ control, planes, draining, upstreams }: ControlPlane): Readiness {
  const { listeners } = control;
  return {
    listeners: listeners.map(({ name }) => ({ name, bound: control.bound(name).length > 0 })),
    generation: control.info().id,
    workers: { expected: planes.expected, beating: planes.alive },
    draining: draining.active,
    upstreams: upstreams.of(listeners),
  };
}
