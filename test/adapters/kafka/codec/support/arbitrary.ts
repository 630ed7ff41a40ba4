import fc from 'fast-check';
import type { Field, List, Scalar, Struct } from '../../../../../adapters/kafka/codec/schema.ts';

type Type = Scalar | List | Struct;

/**
 * Values of a struct in one version, as the codec reads them: every plain field is there, tagged
 * ones may be, and then not with their default.
 */
export function arbitraryStruct(fields: readonly Field[], version: number): fc.Arbitrary<object> {
  const here = fields.filter(({ versions: [first, last] }) => version >= first && version <= last);
  const model = Object.fromEntries(here.map((field) => [field.name, fieldValue(field, version)]));
  const requiredKeys = here.filter(({ tag }) => tag === undefined).map(({ name }) => name);
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

function fieldValue(field: Field, version: number): fc.Arbitrary<unknown> {
  const { type, tag, nullable } = field;
  const value = typeValue(type, version);
  const isNullable = nullable !== undefined && version >= nullable[0] && version <= nullable[1];
  const all = isNullable ? fc.option(value, { nil: null, freq: 4 }) : value;
  return tag === undefined ? all : all.filter((candidate) => !isDefault(field, candidate));
}

function typeValue(type: Type, version: number): fc.Arbitrary<unknown> {
  if (typeof type === 'string') return SCALARS[type];
  if ('fields' in type) return arbitraryStruct(type.fields, version);
  return fc.array(typeValue(type.element, version), { maxLength: 3 });
}

function isDefault({ type, default: other }: Field, value: unknown): boolean {
  if (value === null || other !== undefined) return value === other;
  if (typeof type === 'string') return [0, 0n, false, '', ZERO_UUID].includes(value as never);
  if ('element' in type) return (value as readonly unknown[]).length === 0;
  return type.fields.every((field) => isDefault(field, (value as Record<string, unknown>)[field.name]));
}

const ZERO_UUID = 'A'.repeat(22);

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('\ufeffmark', 'a\0b', 'x'.repeat(200), 'ä'.repeat(100)),
);

const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

const SCALARS: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float64: fc.double({ noNaN: true }),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  string: text,
  bytes: octets,
  records: octets,
};
