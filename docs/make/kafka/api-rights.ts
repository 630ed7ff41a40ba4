import type { KafkaOperation, KafkaResourceType } from '../../../policies/acl/kafka-operations.ts';

/** What one API asks of the policy and the errors without it, in words. */
export interface ApiRights {
  /** Operation, resource type, and the resource in words. */
  readonly rights: readonly (readonly [KafkaOperation, KafkaResourceType, string])[];
  /** Error codes that the gate itself sends, each with what it is sent for. */
  readonly refusals: readonly (readonly [number, string])[];
  /** What else happens to a request or its response. */
  readonly notes: string;
}
