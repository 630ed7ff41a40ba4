import { exhaustMap } from 'rxjs';
import type { ControlPlane } from './control-plane.ts';
import type { ContentWatch } from './generations/content-watch.ts';
import { type ReloadDeps, reloadWhenWhole } from './generations/reload.ts';
import { watchExpiry } from './inventory/certificate-expiry-watch.ts';
import { takeInventory } from './inventory/take-inventory.ts';
import { watchRevocationExpiry } from './revocation/revocation-expiry-watch.ts';

/** From now on reacts to what happens by itself: files that change, certificates and revocation lists that expire. */
export function startWatches(
  plane: ControlPlane,
  content: ContentWatch,
  reloading: ReloadDeps,
  stack: AsyncDisposableStack,
): void {
  const { control, planes, log } = plane;
  const { revocations } = plane.revocation;
  const changes$ = control.results$;
  const subscriptions = [
    content.changes$.pipe(exhaustMap(() => reloadWhenWhole(reloading))).subscribe(),
    watchExpiry({ inventory: () => takeInventory(plane), changes$, logger: log.logger }),
    watchRevocationExpiry({
      expiries: () => revocations.expiries,
      changes$,
      onExpiry: () => planes.broadcast({ type: 'reauthorize' }),
    }),
  ];
  for (const subscription of subscriptions) stack.defer(() => subscription.unsubscribe());
}
