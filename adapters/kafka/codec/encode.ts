import { layoutOf, type Slot } from './layout.ts';
import type { Field, List, Scalar } from './schema.ts';
import type { Writer } from './writer.ts';

/** Writes one value that is not undefined. */
export type Encode = (w: Writer, value: unknown) => void;
type Source = Readonly<Record<string, unknown>>;

interface Part {
  readonly name: string;
  readonly encode: Encode;
  /** Written for a value that is absent. */
  readonly absent: unknown;
}

interface Tag extends Part {
  readonly tag: number;
  readonly isDefault: (value: unknown) => boolean;
}

/** Compiles the writing of a struct in one version. */
export function encodeStruct(fields: readonly Field[], version: number, flexible: boolean): Encode {
  const { plain, tagged } = layoutOf(fields, version);
  const part = (slot: Slot): Part => ({
    name: slot.name,
    encode: encodeSlot(slot, version, flexible),
    absent: absentOf(slot),
  });
  const parts = plain.map(part);
  const tags = tagged.map((slot) => ({ ...part(slot), tag: slot.tag, isDefault: defaultTest(slot) }));
  return (w, value) => {
    const source = value as Source;
    for (let i = 0; i < parts.length; i++) encodePart(w, parts[i] as Part, source);
    if (flexible) encodeTags(w, tags, source);
  };
}

function encodePart(w: Writer, { name, encode, absent }: Part, source: Source): void {
  const value = source[name];
  try {
    encode(w, value === undefined ? absent : value);
  } catch (error) {
    if (error instanceof RangeError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** Tagged fields with their default value are left out. */
function encodeTags(w: Writer, tags: readonly Tag[], source: Source): void {
  let n = 0;
  for (const { name, isDefault } of tags) if (!isDefault(source[name])) n++;
  w.uvarint(n);
  if (n === 0) return;
  for (const part of tags) {
    if (part.isDefault(source[part.name])) continue;
    w.uvarint(part.tag);
    const start = w.at;
    encodePart(w, part, source);
    w.sizeFrom(start);
  }
}

function encodeSlot({ type, nullable }: Slot, version: number, flexible: boolean): Encode {
  if (typeof type === 'string') return encodeScalar(type, flexible, nullable);
  if ('element' in type) return encodeList(type, version, flexible, nullable);
  const encode = encodeStruct(type.fields, version, flexible);
  if (!nullable) return encode;
  return (w, value) => {
    w.presence(value !== null);
    if (value !== null) encode(w, value);
  };
}

function encodeList({ element }: List, version: number, flexible: boolean, nullable: boolean): Encode {
  const encode = encodeElements(element, version, flexible);
  return (w, value) => {
    const list = value as readonly unknown[] | null;
    w.count(list === null ? -1 : list.length, flexible, nullable);
    if (list !== null) encode(w, list);
  };
}

function encodeElements(element: List['element'], version: number, flexible: boolean): Encode {
  if (element === 'int32') return (w, list) => w.int32s(list as readonly number[]);
  const encode =
    typeof element === 'string'
      ? encodeScalar(element, flexible, false)
      : encodeStruct(element.fields, version, flexible);
  return (w, list) => {
    for (const item of list as readonly unknown[]) encode(w, item);
  };
}

function encodeScalar(type: Scalar, flexible: boolean, nullable: boolean): Encode {
  switch (type) {
    case 'bool':
      return (w, value) => w.bool(value as boolean);
    case 'int8':
      return (w, value) => w.int8(value as number);
    case 'int16':
      return (w, value) => w.int16(value as number);
    case 'int32':
      return (w, value) => w.int32(value as number);
    case 'int64':
      return (w, value) => w.int64(value as bigint);
    case 'float64':
      return (w, value) => w.float64(value as number);
    case 'uuid':
      return (w, value) => w.uuid(value as string);
    case 'string':
      return (w, value) => w.string(value as string | null, flexible, nullable);
    case 'bytes':
    case 'records':
      return (w, value) => w.bytes(value as Uint8Array | null, flexible, nullable);
  }
}

type Defaulted = Pick<Slot, 'type'> & Partial<Pick<Slot, 'default'>>;

function absentOf({ type, default: value }: Defaulted): unknown {
  if (value !== undefined) return value;
  if (typeof type === 'string') return ZERO[type];
  return 'element' in type ? [] : {};
}

/** Is a tagged field to be left out? */
function defaultTest(slot: Defaulted): (value: unknown) => boolean {
  const { type } = slot;
  const absent = absentOf(slot);
  if (typeof type === 'string' || absent === null) return (value) => value === undefined || value === absent;
  if ('element' in type) return (value) => value === undefined || (value as readonly unknown[] | null)?.length === 0;
  const tests = type.fields.map((field) => [field.name, defaultTest(field)] as const);
  return (value) => value === undefined || tests.every(([name, test]) => test((value as Source)[name]));
}

const EMPTY = new Uint8Array(0);

const ZERO: Readonly<Record<Scalar, unknown>> = {
  bool: false,
  int8: 0,
  int16: 0,
  int32: 0,
  int64: 0n,
  float64: 0,
  uuid: 'A'.repeat(22),
  string: '',
  bytes: EMPTY,
  records: EMPTY,
};
