/** From the schema of a file that users write to the JSON Schema that editors complete and check it with. */
import * as z from 'zod';
import type { FieldMeta } from '../../control-plane/config/schema/fields/meta.ts';
import { keyCombinations } from './key-rules.ts';
import { patternFor } from './patterns.ts';

/** A JSON Schema (draft 7), or a part of one. */
export type JsonSchema = Record<string, unknown>;

type Facts = FieldMeta & { readonly default?: unknown };

type Def = {
  readonly type: string;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
};

/**
 * What may be written, references such as `${env:NAME}` included.
 * @throws Error for a text that is read by a function and has no pattern in patterns.ts
 */
export function jsonSchemaOf(schema: z.ZodType, title: string): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => adjust(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema;
  return { ...made, title };
}

function adjust(schema: z.core.$ZodType, json: JsonSchema): void {
  const facts = factsOf(schema);
  const def = schema._zod.def as unknown as Def;
  // Textual defaults are for people; of a prefault the value itself is there.
  if (typeof facts.default === 'string') delete json['default'];
  describe(json, facts);
  for (const key of ['limits', 'substitutes', 'secret', 'path']) delete json[key];
  const type = isOneOrMany(schema) ? undefined : jsonType(schema);
  if (type === undefined) delete json['type'];
  else json['type'] = type;
  if (type === 'string' && json['pattern'] === undefined) setPattern(schema, json, facts.type);
  if (def.type === 'pipe' && isOneOrMany(schema)) oneOrMany(json);
  const combinations = def.type === 'object' ? keyCombinations(schema) : undefined;
  if (combinations !== undefined) json['anyOf'] = combinations;
}

/** What a schema says of itself; what wraps it does not overrule it. */
function factsOf(schema: z.core.$ZodType): Facts {
  const inner = defOf(schema)?.innerType;
  return { ...(inner === undefined ? {} : factsOf(inner)), ...((schema as z.ZodType).meta?.() as Facts | undefined) };
}

/** Kind and bounds are said behind the meaning: that is what an editor shows beside a key. */
function describe(json: JsonSchema, { type, limits }: FieldMeta): void {
  // The format of a choice only repeats it.
  if (json['enum'] !== undefined || json['const'] !== undefined) return;
  const kind = [type, limits].filter((part) => part !== undefined).join('; ');
  const meaning = json['description'];
  if (typeof meaning !== 'string' || kind === '' || meaning.endsWith(`(${kind})`)) return;
  json['description'] = `${meaning} (${kind})`;
}

/** What is written for it. The formats of the schema stand under `type` too, and must not be taken for it. */
function jsonType(schema: z.core.$ZodType | undefined): string | undefined {
  const def = defOf(schema);
  switch (def?.type) {
    case 'string':
    case 'boolean':
    case 'array':
    case 'object':
      return def.type;
    case 'record':
      return 'object';
    case 'number':
      return 'format' in def ? 'integer' : 'number';
    case 'enum':
      return 'string';
    case 'optional':
    case 'prefault':
    case 'default':
      return jsonType(def.innerType);
    case 'pipe':
      return jsonType(def.in);
    default:
      return undefined;
  }
}

/** A text that is read or checked by a function, of which JSON Schema knows nothing, gets its pattern by its described format. */
function setPattern(schema: z.core.$ZodType, json: JsonSchema, format: string | undefined): void {
  if (format === undefined || json['enum'] !== undefined) return;
  const pattern = patternFor(format);
  if (pattern !== undefined) json['pattern'] = pattern;
  else if (isTransformed(schema)) throw new Error(`no pattern in proxy/cli/schema/patterns.ts: ${format}`);
}

function isTransformed(schema: z.core.$ZodType): boolean {
  const def = defOf(schema);
  if (def?.innerType !== undefined) return isTransformed(def.innerType);
  return def?.type === 'pipe' && defOf(def.out)?.type === 'transform';
}

/** Is it a list that may be written as its only element? */
function isOneOrMany(schema: z.core.$ZodType): boolean {
  const def = defOf(schema);
  if (def?.innerType !== undefined) return isOneOrMany(def.innerType);
  return def?.type === 'pipe' && defOf(def.in)?.type === 'transform';
}

/** The element, or the list of such. */
function oneOrMany(json: JsonSchema): void {
  const { description, default: without, ...list } = json;
  for (const key of Object.keys(list)) delete json[key];
  json['anyOf'] = [list['items'], { ...list, type: 'array' }];
}

function defOf(schema: z.core.$ZodType | undefined): Def | undefined {
  return schema?._zod.def as unknown as Def | undefined;
}
