import { MqttRoles } from '../../../policies/acl/mqtt-roles.ts';
import { PERMIT_SHADOW } from '../../../policies/decision.ts';
import type { Mode, RoleSource } from '../../../policies/source.ts';
import type { MqttAccess } from '../../../policies/types.ts';
import { clientOf } from './support.ts';

export type Roles = Readonly<Record<string, RoleSource>>;
export type Outcome = 'allow' | 'shadow' | 'deny';

export function outcomeOf(permit: number): Outcome {
  if (permit <= 0) return 'deny';
  return permit >= PERMIT_SHADOW ? 'shadow' : 'allow';
}

/** The access of a client with all of the roles, on a listener in that mode. */
export function mqttOf(roles: Roles, mode?: Mode): MqttAccess {
  return MqttRoles.of(roles, { cacheSlots: 64 }).access(clientOf(Object.keys(roles)), mode);
}
