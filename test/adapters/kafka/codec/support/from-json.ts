import type { Field, List, Scalar, Struct } from '../../../../../adapters/kafka/codec/schema.ts';

/**
 * What Kafka's JsonConverter prints, as the codec has it: int64 as bigint, base64 as bytes. Only
 * names and types are taken from the schema; which fields there are is the JSON's affair.
 */
export function fromJson(fields: readonly Field[], json: object): object {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = fields.find((candidate) => candidate.name === name);
      if (field === undefined) throw new Error(`the schema has no field ${name}`);
      return [name, valueFromJson(field.type, value)];
    }),
  );
}

function valueFromJson(type: Scalar | List | Struct, value: unknown): unknown {
  if (value === null) return null;
  if (typeof type === 'string') return scalarFromJson(type, value);
  if ('fields' in type) return fromJson(type.fields, value as object);
  return (value as readonly unknown[]).map((element) => valueFromJson(type.element, element));
}

function scalarFromJson(type: Scalar, value: unknown): unknown {
  if (type === 'int64') return BigInt(value as number | string);
  if (type === 'bytes' || type === 'records') return Buffer.from(value as string, 'base64');
  return value;
}
