import type { Inventory } from '../api/inventory.ts';
import type { ControlPlane } from '../control-plane.ts';
import { collectInventory } from './collect.ts';

/** The inventory of what is in force now. */
export function takeInventory({ control, revocation, stapling }: ControlPlane): Inventory {
  return collectInventory(control.inForce, Date.now(), revocation.revocations.lists, stapling);
}
