import type { KafkaOperation, KafkaResourceType } from '../../policies/acl/kafka-operations.ts';

/**
 * What docs/kafka.md says of one API: what it asks of the policy and what it answers without. Written beside the handler,
 * and held against what the handler does by test/proxy/kafka-reference/document.test.ts.
 */
export interface ApiReference {
  /** Operation, resource type, and the resource as a reader reads it. */
  readonly rights: readonly (readonly [KafkaOperation, KafkaResourceType, string])[];
  /** Error codes that the gate itself sends, each with what it is sent for. 89 follows from `overLimit`. */
  readonly refusals: readonly (readonly [number, string])[];
  /** What else becomes of a request or of its response. */
  readonly notes: string;
}
