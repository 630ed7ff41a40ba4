import { layoutOf, minSize, type Slot } from './layout.ts';
import type { Reader } from './reader.ts';
import type { Field, List, Scalar } from './schema.ts';

/** Reads one value. What it returns means nothing when the reader does not build. */
export type Decode = (r: Reader) => unknown;
type Target = Record<string, unknown>;

const NOTHING: Target = Object.freeze({});

/** Compiles the reading of a struct in one version. */
export function decodeStruct(fields: readonly Field[], version: number, flexible: boolean): Decode {
  const { plain, tagged } = layoutOf(fields, version);
  const names = plain.map(({ name }) => name);
  const decoders = plain.map((slot) => decodeSlot(slot, version, flexible));
  const known = tagged.length === 0 ? null : decodeTags(tagged, version, flexible);
  return (r) => {
    const into: Target = r.build ? {} : NOTHING;
    let i = 0;
    try {
      for (; i < decoders.length; i++) {
        const value = (decoders[i] as Decode)(r);
        if (r.build) into[names[i] as string] = value;
      }
    } catch (error) {
      r.within(names[i] as string);
      throw error;
    }
    if (flexible) r.tags(known, into);
    return into;
  };
}

/** Reads the content of one tagged field into a struct; false: nobody knows the tag. */
function decodeTags(tagged: readonly Slot[], version: number, flexible: boolean) {
  const decoders = new Map(tagged.map((slot) => [slot.tag, decodeSlot(slot, version, flexible)]));
  const names = new Map(tagged.map((slot) => [slot.tag, slot.name]));
  return (r: Reader, tag: number, into: Target): boolean => {
    const decode = decoders.get(tag);
    if (decode === undefined) return false;
    const name = names.get(tag) as string;
    try {
      const value = decode(r);
      if (r.build) into[name] = value;
    } catch (error) {
      r.within(name);
      throw error;
    }
    return true;
  };
}

function decodeSlot({ type, nullable }: Slot, version: number, flexible: boolean): Decode {
  if (typeof type === 'string') return decodeScalar(type, flexible, nullable);
  if ('element' in type) return decodeList(type, version, flexible, nullable);
  const decode = decodeStruct(type.fields, version, flexible);
  return nullable ? (r) => (r.isPresent() ? decode(r) : null) : decode;
}

function decodeList({ element }: List, version: number, flexible: boolean, nullable: boolean): Decode {
  const min = minSize(element, version, flexible);
  if (element === 'int32') {
    return (r) => {
      const n = r.count(flexible, nullable, min);
      return n < 0 ? null : r.int32s(n);
    };
  }
  const decode =
    typeof element === 'string'
      ? decodeScalar(element, flexible, false)
      : decodeStruct(element.fields, version, flexible);
  return (r) => {
    const n = r.count(flexible, nullable, min);
    if (n < 0) return null;
    const list: unknown[] = r.build ? new Array(n) : NONE;
    let i = 0;
    try {
      for (; i < n; i++) {
        const value = decode(r);
        if (r.build) list[i] = value;
      }
    } catch (error) {
      r.within(`[${i}]`);
      throw error;
    }
    return list;
  };
}

const NONE: unknown[] = [];

function decodeScalar(type: Scalar, flexible: boolean, nullable: boolean): Decode {
  switch (type) {
    case 'bool':
      return (r) => r.bool();
    case 'int8':
      return (r) => r.int8();
    case 'int16':
      return (r) => r.int16();
    case 'int32':
      return (r) => r.int32();
    case 'int64':
      return (r) => r.int64();
    case 'float64':
      return (r) => r.float64();
    case 'uuid':
      return (r) => r.uuid();
    case 'string':
      return (r) => r.string(flexible, nullable);
    case 'bytes':
    case 'records':
      return (r) => r.bytes(flexible, nullable);
  }
}
