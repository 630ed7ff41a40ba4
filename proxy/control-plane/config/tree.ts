/**
 * YAML text to plain values, with the place of each. Everything that YAML can blow up with is
 * bounded here: depth, aliases, the number of errors, repeated keys.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  type YAMLError,
} from 'yaml';
import { type KeyNode, stepInto } from './keys.ts';
import type { Locator, Part, Path, PathStep, Report } from './problem.ts';
import { quote } from './problem.ts';
import type { Source } from './source.ts';
import { isReference } from './substitute.ts';
import { yamlWords } from './yaml-errors.ts';

const MAX_DEPTH = 64;
/** Values that may be written by repeating an anchor. */
const MAX_ALIASED = 10_000;
/** The parser recovers and goes on; after so many errors the rest is noise. */
const MAX_YAML_ERRORS = 20;

/** Keys that mean something else to JavaScript than to a user. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** What a misspelt key still looks like. */
const WORD = /^[A-Za-z0-9_-]{1,64}$/;

export interface Tree extends Locator {
  readonly value: unknown;
  /** The first secret that stands in the file itself. */
  readonly plainSecret: Path | undefined;
}

/** Undefined after problems of the YAML itself were reported. */
export function readTree(source: Source, keys: KeyNode, report: Report): Tree | undefined {
  const document = compose(source, report);
  if (document === undefined) return undefined;
  const converter = new Converter(source, report);
  if (document.contents === null) {
    report.errorAt(0, [], 'the file is empty', 'see the reference example, compose/headgate.example.yaml');
    return undefined;
  }
  const value = converter.convert(document.contents, keys, [], 0);
  const root = document.contents;
  return { value, plainSecret: converter.plainSecret, locate: (path, part) => converter.locate(root, path, part) };
}

function compose(source: Source, report: Report): Document.Parsed | undefined {
  const parser = new Parser();
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: Document.Parsed[] = [];
  const fail = (offset: number, message: string, fix?: string): undefined => {
    source.unparsed = true;
    report.errorAt(offset, [], message, fix);
  };
  // Lexer and parser use no recursion, the composer does: the depth is checked between them.
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > MAX_DEPTH * 2)
      return fail(parser.offset, `the file is nested deeper than ${MAX_DEPTH} levels`);
    if (documents.length > 1) break;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, source.text.length));
  const [document, second] = documents;
  if (document === undefined) return fail(0, 'the file is empty');
  if (second !== undefined) {
    const { message, fix } = yamlWords('MULTIPLE_DOCS');
    return fail(second.range[0], message, fix);
  }
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  for (const error of errors.slice(0, MAX_YAML_ERRORS)) {
    const { message, fix } = yamlWords(error.code);
    fail(error.pos[0], message, fix);
  }
  return errors.length > 0 ? undefined : document;
}

class Converter {
  readonly #source: Source;
  readonly #report: Report;
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Node, Node>();
  plainSecret: Path | undefined;
  #aliased = 0;
  #insideAlias = 0;

  constructor(source: Source, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** `key` says what the schema knows about the place; undefined: nothing, then the value may be a misplaced secret. */
  convert(node: unknown, key: KeyNode | undefined, path: Path, depth: number): unknown {
    if (this.#insideAlias > 0 && ++this.#aliased > MAX_ALIASED) {
      if (this.#aliased === MAX_ALIASED + 1) {
        this.#report.errorAt(
          offsetOf(node),
          path,
          `aliases (*name) stand for more than ${MAX_ALIASED} values`,
          'write the values out',
        );
      }
      return null;
    }
    if (depth > MAX_DEPTH) {
      this.#report.errorAt(offsetOf(node), path, `the file is nested deeper than ${MAX_DEPTH} levels`);
      return null;
    }
    if (isAlias(node)) return this.#alias(node, key, path, depth);
    let value: unknown;
    if (isMap(node)) value = this.#map(node.items as Pair<unknown, unknown>[], key, path, depth);
    else if (isSeq(node))
      value = node.items.map((item, i) => this.convert(item, stepInto(key, i), [...path, i], depth + 1));
    else if (isScalar(node)) value = this.#scalar(node, key, path);
    else value = null;
    // Known only when complete: a value cannot hold itself.
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, node);
    return value;
  }

  /** Offset of the deepest part of `path` that is there. */
  locate(root: Node, path: Path, part: Part): number {
    let node: unknown = root;
    let at = offsetOf(root);
    for (const [i, step] of path.entries()) {
      const pair = this.#find(node, step);
      if (pair === undefined) break;
      const last = i === path.length - 1;
      at = offsetOf(last && part === 'key' ? pair.key : (pair.value ?? pair.key));
      // An empty value stands behind its key: the key is easier to find.
      if (isScalar(pair.value) && pair.value.source === '' && pair.value.type === 'PLAIN') at = offsetOf(pair.key);
      node = pair.value;
    }
    return at;
  }

  #find(parent: unknown, step: PathStep): { key: unknown; value: unknown } | undefined {
    const node = isAlias(parent) ? this.#targets.get(parent) : parent;
    if (typeof step === 'number') {
      if (!isSeq(node) || step >= node.items.length) return undefined;
      return { key: node.items[step], value: node.items[step] };
    }
    if (!isMap(node)) return undefined;
    return node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  }

  #alias(node: { readonly source: string } & Node, key: KeyNode | undefined, path: Path, depth: number): unknown {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      this.#hideNode(node);
      this.#report.errorAt(
        offsetOf(node),
        path,
        'the alias (*name) refers to no anchor (&name) above it',
        'put a value that begins with "*" in quotes',
      );
      return null;
    }
    this.#targets.set(node, target);
    this.#insideAlias += 1;
    try {
      return this.convert(target, key, path, depth);
    } finally {
      this.#insideAlias -= 1;
    }
  }

  #map(items: readonly Pair<unknown, unknown>[], key: KeyNode | undefined, path: Path, depth: number): unknown {
    const result: Record<string, unknown> = {};
    const seen = new Map<string, number>();
    for (const pair of items) {
      const name = this.#keyName(pair, key, path);
      if (name === undefined) continue;
      const child = stepInto(key, name);
      const at = offsetOf(pair.key);
      if (child === undefined || child.facts.secret === true) this.#hideUnlessReference(pair.value);
      const value = this.convert(pair.value, child, [...path, name], depth + 1);
      const first = seen.get(name);
      if (first !== undefined) {
        this.#report.errorAt(
          at,
          [...path, name],
          `the key ${quote(name)} is there twice`,
          `the first is in line ${this.#source.position(first).line}; keep one`,
        );
        continue;
      }
      seen.set(name, at);
      result[name] = value;
    }
    return result;
  }

  /** Undefined after a problem was reported. A key that cannot be one may be a secret that lost its place, and is not repeated. */
  #keyName({ key, value }: Pair<unknown, unknown>, section: KeyNode | undefined, path: Path): string | undefined {
    const fail = (message: string, fix?: string): undefined => {
      this.#hideNode(key);
      this.#hideNode(value);
      this.#report.errorAt(offsetOf(key ?? value), path, message, fix);
    };
    if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
      return fail('a key must be plain text');
    }
    const name = String(key.value);
    if (value === null && section?.children.has(name) !== true) return fail('a key or a ":" is missing here');
    if (RESERVED.has(name)) return fail(`the name ${quote(name)} is reserved`, 'choose another one');
    if (stepInto(section, name) === undefined && !WORD.test(name)) {
      return fail('a key is not known', 'check for a missing ":" or a missing quote');
    }
    return name;
  }

  #scalar(node: { readonly value: unknown } & Node, key: KeyNode | undefined, path: Path): unknown {
    const { value } = node;
    if (typeof value === 'string' && isReference(value)) return value;
    if (key?.facts.secret === true) this.plainSecret ??= path;
    if (key?.facts.secret === true || (typeof value === 'string' && value.includes('-----BEGIN'))) this.#hideNode(node);
    return value;
  }

  #hideUnlessReference(node: unknown): void {
    if (!(isScalar(node) && typeof node.value === 'string' && isReference(node.value))) this.#hideNode(node);
  }

  #hideNode(node: unknown): void {
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const [start, end] = node.range as [number, number];
      this.#source.hide(start, Math.max(start, end - 1));
    }
  }
}

function offsetOf(node: unknown): number {
  if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
    return Number(node.range[0]);
  return 0;
}
