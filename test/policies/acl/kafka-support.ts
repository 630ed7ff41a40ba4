import { KafkaRoles } from '../../../policies/acl/kafka-roles.ts';
import type { KafkaRoleSource } from '../../../policies/source.ts';
import type { Identified, KafkaAccess, KafkaOperation } from '../../../policies/types.ts';
import { clientOf } from './support.ts';

export interface KafkaClient {
  readonly variables?: Readonly<Record<string, string>>;
  readonly host?: string;
}

/** The access of a client with these roles. */
export function kafkaAccessOf(roles: Readonly<Record<string, KafkaRoleSource>>, client: KafkaClient = {}): KafkaAccess {
  return kafkaRolesOf(roles).access(kafkaClientOf(Object.keys(roles), client), client.host ?? '192.0.2.1');
}

export function kafkaRolesOf(roles: Readonly<Record<string, KafkaRoleSource>>, accesses = 8): KafkaRoles {
  const sources = Object.fromEntries(Object.entries(roles).map(([name, kafka]) => [name, { kafka }]));
  return KafkaRoles.of(sources, { cacheSlots: 64, accesses });
}

export function kafkaClientOf(roles: readonly string[], { variables = {} }: KafkaClient = {}): Identified {
  return clientOf(roles, { variables });
}

export function askTopic(access: KafkaAccess, operation: KafkaOperation, name: string): number {
  const bytes = Buffer.from(`..${name}..`);
  return access.topic(operation, bytes, 2, bytes.length - 2);
}
