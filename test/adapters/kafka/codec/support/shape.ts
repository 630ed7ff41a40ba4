import type { Field, List, Scalar, Struct } from '../../../../../adapters/kafka/codec/schema.ts';
import type { DefinedField, Definition } from './kafka-definition.ts';

/** A field in one version, told alike for our schemas and for Kafka's definitions. */
export interface Shape {
  readonly name: string;
  /** Of a scalar, of an array of scalars (`[]int32`), or what stands in front of `fields`. */
  readonly type: string;
  readonly fields: readonly Shape[];
  readonly nullable: boolean;
  readonly tag: number | undefined;
  readonly default: string;
  readonly entity: string | undefined;
}

/** The marks that Kafka has too. */
const MARKS: readonly (string | undefined)[] = ['topicName', 'groupId', 'transactionalId', 'brokerId', 'producerId'];

export function shapeOfSchema(fields: readonly Field[], version: number): Shape[] {
  const here = fields.filter(({ versions: [first, last] }) => version >= first && version <= last);
  return here.map((field) => {
    const { name, nullable, tag, entity } = field;
    const { type, inner } = typeOf(field.type);
    return {
      name,
      type,
      fields: shapeOfSchema(inner, version),
      nullable: nullable !== undefined && version >= nullable[0] && version <= nullable[1],
      tag,
      default: String(field.default === undefined ? zeroOf(type) : field.default),
      entity: MARKS.includes(entity) ? entity : undefined,
    };
  });
}

function typeOf(type: Scalar | List | Struct): { type: string; inner: readonly Field[] } {
  if (typeof type === 'string') return { type, inner: [] };
  if ('fields' in type) return { type: 'struct', inner: type.fields };
  const element = typeOf(type.element);
  return { type: `[]${element.type}`, inner: element.inner };
}

export function shapeOfDefinition(definition: Definition, version: number): Shape[] {
  const structs = new Map((definition.commonStructs ?? []).map(({ name, fields }) => [name, fields]));
  return shapesIn(definition.fields, version, structs);
}

function shapesIn(
  fields: readonly DefinedField[],
  version: number,
  structs: Map<string, readonly DefinedField[]>,
): Shape[] {
  return fields.flatMap((field) => {
    const isList = field.type.startsWith('[]');
    const element = isList ? field.type.slice(2) : field.type;
    if (field.fields !== undefined) structs.set(element, field.fields);
    if (!inVersions(field.versions, version)) return [];
    const inner = structs.get(element);
    const type = (isList ? '[]' : '') + (inner === undefined ? element : 'struct');
    const isNullable = field.nullableVersions !== undefined && inVersions(field.nullableVersions, version);
    return {
      name: field.name.charAt(0).toLowerCase() + field.name.slice(1),
      type,
      fields: shapesIn(inner ?? [], version, structs),
      nullable: isNullable,
      tag: field.taggedVersions !== undefined && inVersions(field.taggedVersions, version) ? field.tag : undefined,
      default: defaultOf(field, type),
      entity: field.entityType,
    };
  });
}

function defaultOf({ default: value }: DefinedField, type: string): string {
  if (value === undefined || value === '') return zeroOf(type);
  return String(value).startsWith('0x') ? String(Number(value)) : String(value);
}

function zeroOf(type: string): string {
  if (type === 'bool') return 'false';
  return /^(int|float)/.test(type) ? '0' : '';
}

/** `3+`, `0-4`, `7` or `none`. */
export function inVersions(range: string, version: number): boolean {
  const match = /^(\d+)(\+|-(\d+))?$/.exec(range);
  if (match === null) return false;
  const first = Number(match[1]);
  if (match[2] === '+') return version >= first;
  return version >= first && version <= Number(match[3] ?? first);
}
