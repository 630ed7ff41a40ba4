import type { Entity, Field, List, Scalar, Struct } from './schema.ts';

/**
 * Functions to write schemas with. A field is in all versions, never null and untagged unless an
 * option says otherwise.
 */
type Option = Omit<Partial<Field>, 'name' | 'type'>;
type Make = (name: string, ...options: readonly Option[]) => Field;

function scalar(type: Scalar): Make {
  return (name, ...options) => field(name, type, options);
}

export const bool: Make = scalar('bool');
export const int8: Make = scalar('int8');
export const int16: Make = scalar('int16');
export const int32: Make = scalar('int32');
export const int64: Make = scalar('int64');
export const float64: Make = scalar('float64');
export const uuid: Make = scalar('uuid');
export const string: Make = scalar('string');
export const bytes: Make = scalar('bytes');
export const records: Make = scalar('records');

/** An array of structs or of scalars. */
export function array(name: string, element: Scalar | readonly Field[], ...options: readonly Option[]): Field {
  const type: List = { element: typeof element === 'string' ? element : { fields: element } };
  return field(name, type, options);
}

export function struct(name: string, fields: readonly Field[], ...options: readonly Option[]): Field {
  return field(name, { fields }, options);
}

function field(name: string, type: Scalar | List | Struct, options: readonly Option[]): Field {
  return Object.assign({ name, type, versions: [0, Number.POSITIVE_INFINITY] as const }, ...options);
}

export function since(first: number): Option {
  return { versions: [first, Number.POSITIVE_INFINITY] };
}

export function until(last: number): Option {
  return { versions: [0, last] };
}

export function between(first: number, last: number): Option {
  return { versions: [first, last] };
}

/** May be null, from a version on. */
export function nullable(first = 0): Option {
  return { nullable: [first, Number.POSITIVE_INFINITY] };
}

export function tag(number: number): Option {
  return { tag: number };
}

export function defaultsTo(value: number | bigint | boolean | null): Option {
  return { default: value };
}

export function entity(what: Entity): Option {
  return { entity: what };
}
