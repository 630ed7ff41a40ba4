import type { Field, List, Range, Scalar, Struct } from './schema.ts';

/** A field as one version of a message has it. */
export interface Slot {
  readonly name: string;
  readonly type: Scalar | List | Struct;
  readonly nullable: boolean;
  readonly default: Field['default'];
  /** -1: it stands among the others. */
  readonly tag: number;
}

/** A struct as one version of a message has it. */
export interface Layout {
  /** In their order on the wire. */
  readonly plain: readonly Slot[];
  /** By ascending tag. */
  readonly tagged: readonly Slot[];
}

export function layoutOf(fields: readonly Field[], version: number): Layout {
  const slots = fields.filter(({ versions }) => holds(versions, version)).map((field) => slotOf(field, version));
  const tagged = slots.filter(({ tag }) => tag >= 0).sort((a, b) => a.tag - b.tag);
  return { plain: slots.filter(({ tag }) => tag < 0), tagged };
}

function slotOf(field: Field, version: number): Slot {
  return {
    name: field.name,
    type: field.type,
    nullable: field.nullable !== undefined && holds(field.nullable, version),
    default: field.default,
    tag: field.tag ?? -1,
  };
}

/** Asked with every request: taking the pair apart by its iterator would cost more than the comparison. */
export function holds(range: Range, version: number): boolean {
  return version >= range[0] && version <= range[1];
}

/** Bytes that a value takes at least: a count that cannot be true is refused before anything is made for it. */
export function minSize(type: Slot['type'], version: number, flexible: boolean): number {
  if (typeof type === 'string') return MIN_SIZES[type][flexible ? 1 : 0];
  if ('element' in type) return flexible ? 1 : 4;
  const { plain } = layoutOf(type.fields, version);
  const end = flexible ? 1 : 0;
  return plain.reduce((sum, slot) => sum + (isMarked(slot) ? 1 : minSize(slot.type, version, flexible)), end);
}

/** Is it a struct behind a marker? */
function isMarked({ type, nullable }: Slot): boolean {
  return nullable && typeof type !== 'string' && 'fields' in type;
}

/** In the old and in the flexible encoding. */
const MIN_SIZES: Readonly<Record<Scalar, readonly [number, number]>> = {
  bool: [1, 1],
  int8: [1, 1],
  int16: [2, 2],
  int32: [4, 4],
  int64: [8, 8],
  float64: [8, 8],
  uuid: [16, 16],
  string: [2, 1],
  bytes: [4, 1],
  records: [4, 1],
};
