import type { Api, Entity, Field, Infer, List, Scalar, Struct } from './schema.ts';

/**
 * Functions to write schemas with. A field is in all versions, never null and untagged unless an
 * option says otherwise.
 */
type Option = Omit<Partial<Field>, 'name' | 'type'>;
type Versions = Required<Pick<Field, 'versions'>>;
type Tagged = Required<Pick<Field, 'tag'>>;
type Nullable = Required<Pick<Field, 'nullable'>>;

/** What each scalar is in JavaScript. */
interface Values {
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: bigint;
  float64: number;
  /** Base64url, 22 characters. */
  uuid: string;
  string: string;
  bytes: Uint8Array;
  records: Uint8Array;
}

/** A field whose values are a `Value`, with what its options make of that. */
type Made<Name extends string, Value, O extends Option> = Field<
  Name,
  Has<O, Nullable> extends true ? Value | null : Value,
  Has<O, Versions | Tagged> extends true ? 'sometimes' : 'always'
>;
type Has<O, Wanted> = [Extract<O, Wanted>] extends [never] ? false : true;

type Element = Scalar | readonly Field[];
type ElementOf<E extends Element> = E extends Scalar ? Values[E] : E extends readonly Field[] ? Infer<E> : never;

type Make<Value> = <Name extends string, O extends readonly Option[]>(
  name: Name,
  ...options: O
) => Made<Name, Value, O[number]>;

function scalar<S extends Scalar>(type: S): Make<Values[S]> {
  return (name, ...options) => field(name, type, options);
}

/** BOOLEAN: one byte, 0 or 1. */
export const bool = scalar('bool');
/** INT8. */
export const int8 = scalar('int8');
/** INT16, big-endian. */
export const int16 = scalar('int16');
/** INT32, big-endian. */
export const int32 = scalar('int32');
/** INT64, big-endian; a bigint. */
export const int64 = scalar('int64');
export const float64 = scalar('float64');
/** UUID: 16 bytes, as unpadded base64url. */
export const uuid = scalar('uuid');
/** STRING, COMPACT_STRING in flexible versions; UTF-8, read strictly. */
export const string = scalar('string');
/** BYTES, COMPACT_BYTES in flexible versions. */
export const bytes = scalar('bytes');
/** RECORDS: bytes of record batches, not decoded here. */
export const records = scalar('records');

/** An array of structs or of scalars. */
export function array<Name extends string, const E extends Element, O extends readonly Option[]>(
  name: Name,
  element: E,
  ...options: O
): Made<Name, readonly ElementOf<E>[], O[number]> {
  const type: List = { element: typeof element === 'string' ? element : { fields: element } };
  return field(name, type, options);
}

/** A structure of fields. */
export function struct<Name extends string, const F extends readonly Field[], O extends readonly Option[]>(
  name: Name,
  fields: F,
  ...options: O
): Made<Name, Infer<F>, O[number]> {
  return field(name, { fields }, options);
}

function field<Name extends string, Value, O extends Option>(
  name: Name,
  type: Scalar | List | Struct,
  options: readonly O[],
): Made<Name, Value, O> {
  return Object.assign({ name, type, versions: [0, Number.POSITIVE_INFINITY] as const }, ...options);
}

/**
 * Milliseconds that the client is asked to wait (KIP-219), from a version on. Optional in every
 * response: the session sets it, not the handler.
 */
export function throttleTimeMs(first = 0) {
  return int32('throttleTimeMs', since(first));
}

/** An API with the types of its messages, as their fields say. */
export function defineApi<const Q extends readonly Field[], const R extends readonly Field[]>(
  api: Omit<Api, 'request' | 'response'> & { readonly request: Q; readonly response: R },
): Api<Infer<Q>, Infer<R>> {
  return api;
}

/** The field exists from this version on. */
export function since(first: number): Versions {
  return { versions: [first, Number.POSITIVE_INFINITY] };
}

/** The field exists up to this version. */
export function until(last: number): Versions {
  return { versions: [0, last] };
}

/** The field exists in these versions, both included. */
export function between(first: number, last: number): Versions {
  return { versions: [first, last] };
}

/** May be null, from a version on. */
export function nullable(first = 0): Nullable {
  return { nullable: [first, Number.POSITIVE_INFINITY] };
}

/** A tagged field (KIP-482) with this number. */
export function tag(number: number): Tagged {
  return { tag: number };
}

/** Value of the field in versions that lack it. */
export function defaultsTo(value: number | bigint | boolean | null): Pick<Field, 'default'> {
  return { default: value };
}

/** What the field names: groups, topics, transactional ids; tests hold every such text against the rights. */
export function entity(what: Entity): Pick<Field, 'entity'> {
  return { entity: what };
}
