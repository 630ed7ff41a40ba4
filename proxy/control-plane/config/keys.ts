/**
 * The schema as a tree of keys: what documentation, the text of a
 * problem and the search for secrets all walk.
 */
import type * as z from 'zod';
import type { PathStep } from './problem.ts';
import type { FieldMeta } from './schema/fields/meta.ts';

/** A key of the configuration, with its documentation and the keys below it. */
export interface KeyNode {
  /** `listeners[].tls.key`; `*` stands for a name that the user chooses. '' is the file itself. */
  readonly path: string;
  readonly facts: KeyFacts;
  readonly required: boolean;
  /** Keys of a section. */
  readonly children: ReadonlyMap<string, KeyNode>;
  /** Value under a name that the user chooses. */
  readonly named?: KeyNode;
  /** Element of a list of sections; a list of plain values is described by its own node. */
  readonly element?: KeyNode;
  readonly list: boolean;
  /** The protocol whose listeners have this key; absent: all. */
  readonly only?: string;
}

export interface KeyFacts extends FieldMeta {
  readonly description?: string;
  /** The default in words. */
  readonly default?: string;
}

type Def = {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly defaultValue?: unknown;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
};

interface Draft {
  path: string;
  facts: { -readonly [K in keyof KeyFacts]: KeyFacts[K] };
  required: boolean;
  children: Map<string, Draft>;
  named?: Draft;
  element?: Draft;
  list: boolean;
  only?: string;
}

/** The tree of a schema. */
export function keyTree(schema: z.core.$ZodType): KeyNode {
  return describe(schema, '');
}

/** Every key below `node`, parents first, in the order of the schema. */
export function* everyKey(node: KeyNode): Generator<KeyNode> {
  for (const child of node.children.values()) {
    yield child;
    yield* everyKey(child);
  }
  if (node.element !== undefined) yield* everyKey(node.element);
  if (node.named !== undefined) yield* everyKey(node.named);
}

/** One step down; undefined where the schema knows no such key. */
export function stepInto(node: KeyNode | undefined, step: PathStep): KeyNode | undefined {
  if (node === undefined) return undefined;
  if (typeof step === 'number') return node.element ?? (node.list ? node : undefined);
  return node.children.get(step) ?? node.named;
}

export function keyAt(root: KeyNode, path: readonly PathStep[]): KeyNode | undefined {
  let node: KeyNode | undefined = root;
  for (const step of path) node = stepInto(node, step);
  return node;
}

function describe(schema: z.core.$ZodType, path: string): Draft {
  const draft: Draft = { path, facts: {}, required: true, children: new Map(), list: false };
  peel(schema, draft);
  return draft;
}

/** Walks through wrappers, outermost first: what the outer says about the key is not overruled by the inner. */
function peel(schema: z.core.$ZodType, draft: Draft): void {
  const def = schema._zod.def as unknown as Def;
  draft.facts = { ...factsOf(schema), ...draft.facts };
  switch (def.type) {
    case 'optional':
      draft.required = false;
      inner(def.innerType, draft);
      return;
    case 'prefault':
    case 'default':
      draft.required = false;
      if (!isEmptySection(def.defaultValue)) draft.facts.default ??= `\`${defaultText(def.defaultValue)}\``;
      inner(def.innerType, draft);
      return;
    case 'pipe': {
      // A list that may be written as its only element keeps its shape on the output side.
      const input = def.in?._zod.def as unknown as Def | undefined;
      inner(input?.type === 'transform' ? def.out : def.in, draft);
      return;
    }
    case 'object':
      for (const [key, value] of Object.entries(def.shape ?? {})) {
        draft.children.set(key, describe(value, draft.path === '' ? key : `${draft.path}.${key}`));
      }
      return;
    case 'record':
      if (def.valueType !== undefined) draft.named = describe(def.valueType, `${draft.path}.*`);
      return;
    case 'array':
      describeList(def, draft);
      return;
    case 'union':
      if (def.discriminator !== undefined) describeUnion(def, draft);
      else describeFull(def, draft);
      return;
  }
}

function inner(schema: z.core.$ZodType | undefined, draft: Draft): void {
  if (schema !== undefined) peel(schema, draft);
}

function describeList(def: Def, draft: Draft): void {
  draft.list = true;
  if (def.element === undefined) return;
  const element = describe(def.element, `${draft.path}[]`);
  if (element.children.size > 0) draft.element = element;
  else draft.facts = { ...element.facts, ...draft.facts };
}

/** The keys of all alternatives in one section; those that only one protocol has are marked. */
function describeUnion(def: Def, draft: Draft): void {
  const key = def.discriminator ?? '';
  const alternatives = (def.options ?? []).map((option) => ({
    node: describe(option, draft.path),
    word: literalOf(option, key),
  }));
  draft.children = merge(alternatives);
  const choice = draft.children.get(key);
  if (choice === undefined) return;
  const message = alternatives.map(({ word }) => word).join(', ');
  choice.facts = { type: `one of ${message}`, description: 'Protocol that clients speak.' };
}

/** A value that may be written as a section: the keys are that section's. */
function describeFull(def: Def, draft: Draft): void {
  const full = (def.options ?? []).find((option) => (option._zod.def as unknown as Def).type === 'object');
  if (full !== undefined) draft.children = describe(full, draft.path).children;
}

interface Alternative {
  readonly node: Draft;
  readonly word: string;
}

function merge(alternatives: readonly Alternative[]): Map<string, Draft> {
  const merged = new Map<string, Draft>();
  for (const key of new Set(alternatives.flatMap(({ node }) => [...node.children.keys()]))) {
    const having = alternatives.flatMap(({ node, word }): Alternative[] => {
      const child = node.children.get(key);
      return child === undefined ? [] : [{ node: child, word }];
    });
    const [first, second] = having;
    if (first === undefined) continue;
    const children = second === undefined ? first.node.children : merge(having);
    const only = having.length < alternatives.length ? { only: first.word } : {};
    merged.set(key, { ...first.node, children, ...only });
  }
  return merged;
}

function literalOf(option: z.core.$ZodType, key: string): string {
  const shape = (option._zod.def as unknown as Def).shape?.[key];
  return String((shape?._zod.def as unknown as Def | undefined)?.values?.[0] ?? '');
}

function factsOf(schema: z.core.$ZodType): KeyFacts {
  const meta = (schema as z.ZodType).meta?.() ?? {};
  const { type, limits, substitutes, secret, path, description } = meta as KeyFacts;
  const written = (meta as { default?: unknown }).default;
  return {
    ...(type === undefined ? {} : { type }),
    ...(limits === undefined ? {} : { limits }),
    ...(substitutes === undefined ? {} : { substitutes }),
    ...(secret === undefined ? {} : { secret }),
    ...(path === undefined ? {} : { path }),
    ...(description === undefined ? {} : { description }),
    ...(typeof written === 'string' ? { default: written } : {}),
  };
}

function isEmptySection(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
