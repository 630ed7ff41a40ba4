import { MqttRoles } from '../../../policies/acl/mqtt-roles.ts';
import type { MqttRoleSource } from '../../../policies/source.ts';
import type { Identified, MqttAccess } from '../../../policies/types.ts';

export interface Client {
  readonly principal?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly maxTopicLevels?: number;
}

/** The access of a client with these roles. */
export function accessOf(roles: Readonly<Record<string, MqttRoleSource>>, client: Client = {}): MqttAccess {
  const sources = Object.fromEntries(Object.entries(roles).map(([name, mqtt]) => [name, { mqtt }]));
  const { maxTopicLevels } = client;
  const compiled = MqttRoles.of(sources, {
    cacheSlots: 64,
    ...(maxTopicLevels === undefined ? {} : { maxTopicLevels }),
  });
  return compiled.access(clientOf(Object.keys(roles), client));
}

export function clientOf(roles: readonly string[], client: Client = {}): Identified {
  return {
    ok: true,
    identity: 'devices',
    principal: client.principal ?? 'd1',
    roles,
    variables: client.variables ?? { plant: 'p1', device: 'd1' },
    limits: {},
  };
}

export function publish(access: MqttAccess, topic: string, qos = 0, retain = false, size = 0): number {
  const bytes = Buffer.from(topic);
  return access.publish(bytes, 0, bytes.length, qos, retain, size);
}

export function receive(access: MqttAccess, topic: string): number {
  const bytes = Buffer.from(topic);
  return access.receive(bytes, 0, bytes.length);
}
