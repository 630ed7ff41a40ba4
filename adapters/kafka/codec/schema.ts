/**
 * The grammar of Kafka's messages as data, one file per API in schemas/. The terms are those of
 * Kafka's own message definitions (KIP-35, tagged fields: KIP-482).
 *
 * Above each API its grammar is drawn once for all versions, in the order of the wire; which version
 * has what, and what may be null, the fields below it say:
 *
 *     name               a scalar
 *     old|new            one of both, by version
 *     name[]             an array of scalars
 *     name[a b]          an array of structs
 *     name(a b)          a struct
 *     {a b}              tagged fields, behind the others of their struct
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

/** Carries the type of a value that a schema describes; there is no such property. */
declare const TYPE: unique symbol;

/**
 * Is a field there in every value of its struct? `sometimes`: where it belongs to some versions
 * only, or is tagged. The compiler does not know the version of a message, so it asks then.
 */
export type Presence = 'always' | 'sometimes';

export interface Field<Name extends string = string, Value = unknown, There extends Presence = Presence> {
  /** As Kafka's JsonConverter prints it: in camel case. */
  readonly name: Name;
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
  readonly [TYPE]?: readonly [Value, There];
}

/** The type of what the codec reads and writes for these fields: the schema is its one source. */
export type Infer<Fields extends readonly Field[]> = Flat<
  { -readonly [F in Fields[number] as NameIf<F, 'always'>]: ValueOf<F> } & {
    -readonly [F in Fields[number] as NameIf<F, 'sometimes'>]?: ValueOf<F>;
  }
>;

type Flat<T> = { [Key in keyof T]: T[Key] };
type NameIf<F, There extends Presence> = F extends Field<infer Name, unknown, There> ? Name : never;
type ValueOf<F> = F extends Field<string, infer Value> ? Value : never;

/** The fields of a message whose values are a `T`. */
export interface Message<T> extends ReadonlyArray<Field> {
  readonly [TYPE]?: T;
}

/** `Q` and `R` are what the codec reads and writes: requests and responses. */
export interface Api<Q extends object = object, R extends object = object> {
  readonly key: number;
  /** As Kafka writes it: `ListOffsets`. */
  readonly name: string;
  /** Versions that brokers of Kafka 4 accept. */
  readonly versions: Range;
  /** First flexible version; Infinity: none. */
  readonly flexible: number;
  readonly request: Message<Q>;
  readonly response: Message<R>;
}

/** The type of a decoded request of an API. */
export type RequestOf<A> = A extends Api<infer Q> ? Q : never;
/** The type of a decoded response of an API. */
export type ResponseOf<A> = A extends Api<object, infer R> ? R : never;
