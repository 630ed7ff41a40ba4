/**
 * The grammar of Kafka's messages as data, one file per API in schemas/. The words are those of
 * Kafka's own message definitions (KIP-35, tagged fields: KIP-482).
 */

/** First and last version, both inclusive. */
export type Range = readonly [first: number, last: number];

/** `bytes` and `records` are the same on the wire. */
export type Scalar =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records';

export interface Struct {
  readonly fields: readonly Field[];
}

export interface List {
  readonly element: Scalar | Struct;
}

/**
 * What a value names. Of Kafka's own marks these are the same; Kafka does not mark `topicId`,
 * `host` and `port` (of brokers), `coordinatorKey` (a group or a transactional id),
 * `resourceName` (a topic, a group or a broker) and `topicPattern` (a regular expression).
 */
export type Entity =
  | 'topicName'
  | 'topicId'
  | 'topicPattern'
  | 'groupId'
  | 'transactionalId'
  | 'coordinatorKey'
  | 'resourceName'
  | 'brokerId'
  | 'producerId'
  | 'host'
  | 'port';

export interface Field {
  /** As Kafka's JsonConverter prints it: in camel case. */
  readonly name: string;
  readonly type: Scalar | List | Struct;
  /** Versions of the message that have the field. */
  readonly versions: Range;
  /** Versions in which it may be null. */
  readonly nullable?: Range;
  /** It is a tagged field, in all its versions. */
  readonly tag?: number;
  /** Where it is not 0, false, '', the zero uuid, an empty array or a struct of such. */
  readonly default?: number | bigint | boolean | null;
  /** Of an array: what each element names. */
  readonly entity?: Entity;
}

export interface Api {
  readonly key: number;
  /** As Kafka writes it: `ListOffsets`. */
  readonly name: string;
  /** Versions that brokers of Kafka 4 accept. */
  readonly versions: Range;
  /** First flexible version; Infinity: none. */
  readonly flexible: number;
  readonly request: readonly Field[];
  readonly response: readonly Field[];
}
