/**
 * Kafka's resource types and operations (org.apache.kafka.common.acl.AclOperation, KIP-11), and
 * which operation grants which. Delegation tokens and users are no resources of a rule: their
 * APIs are refused.
 */

/** The wire code of each operation; its bit in a mask is `1 << code`. */
export const KAFKA_OPERATION_CODE = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
  twoPhaseCommit: 15,
} as const;

/** An operation that requests ask for (org.apache.kafka.common.acl.AclOperation). */
export type KafkaOperation = keyof typeof KAFKA_OPERATION_CODE;
/** What a rule may name: `all` is every operation. */
export type KafkaRuleOperation = KafkaOperation | 'all';

/** The resource types that rules can name (org.apache.kafka.common.resource.ResourceType). */
export const KAFKA_RESOURCE_TYPES = ['topic', 'group', 'transactionalId', 'cluster'] as const;
/** A resource type that rules can name. */
export type KafkaResourceType = (typeof KAFKA_RESOURCE_TYPES)[number];

/** The only resource of its type. */
export const KAFKA_CLUSTER = 'kafka-cluster';

/** What can be asked of a resource (AclEntry.supportedOperations). */
export const SUPPORTED_OPERATIONS: Readonly<Record<KafkaResourceType, readonly KafkaOperation[]>> = {
  topic: ['read', 'write', 'create', 'delete', 'alter', 'describe', 'describeConfigs', 'alterConfigs'],
  group: ['read', 'delete', 'describe', 'describeConfigs', 'alterConfigs'],
  transactionalId: ['write', 'describe', 'twoPhaseCommit'],
  cluster: ['create', 'alter', 'describe', 'clusterAction', 'describeConfigs', 'alterConfigs', 'idempotentWrite'],
};

/** What an allow of an operation grants beside it, for every resource type. A deny denies just what it names. */
const IMPLIED: Partial<Readonly<Record<KafkaOperation, KafkaOperation>>> = {
  read: 'describe',
  write: 'describe',
  delete: 'describe',
  alter: 'describe',
  alterConfigs: 'describeConfigs',
};

/** `all` holds operations that the resource type does not know too, as it does in Kafka. */
const ALL = Object.values(KAFKA_OPERATION_CODE).reduce((mask, code) => mask | (1 << code), 0);

/** Is the text an operation that requests ask for? */
export function isKafkaOperation(name: string): name is KafkaOperation {
  return Object.hasOwn(KAFKA_OPERATION_CODE, name);
}

/** The mask of what a rule names. */
export function statedMask(operations: readonly KafkaRuleOperation[]): number {
  return operations.reduce((mask, name) => mask | (name === 'all' ? ALL : bitOf(name)), 0);
}

/** The mask of what an allow of these operations grants. */
export function grantedMask(operations: readonly KafkaRuleOperation[]): number {
  return operations.reduce((mask, name) => {
    const implied = name === 'all' ? undefined : IMPLIED[name];
    return implied === undefined ? mask : mask | bitOf(implied);
  }, statedMask(operations));
}

function bitOf(operation: KafkaOperation): number {
  return 1 << KAFKA_OPERATION_CODE[operation];
}
