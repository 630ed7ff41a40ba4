import { ImportError } from './imported.ts';

/** A term of Erlang as `file:consult/1` reads it, as far as EMQX's rules use them. */
export type Term =
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Term[] };

/** A term with the full stop behind it. */
export interface Statement {
  readonly term: Term;
  /** Where it begins, from 1. */
  readonly line: number;
  /** As it is written, in one line. */
  readonly text: string;
}

/** Terms inside each other. */
const MAX_DEPTH = 32;

const QUOTED = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
const PARTS = [
  String.raw`(?<space>\s+|%[^\n]*)`,
  `(?<string><<${QUOTED}(?:/utf8)?>>|${QUOTED})`,
  String.raw`(?<atom>[a-z][A-Za-z0-9_@]*|'[^'\\]*(?:\\.[^'\\]*)*')`,
  String.raw`(?<number>-?\d+)`,
  String.raw`(?<mark>[{}[\],.])`,
];
const TOKEN = new RegExp(PARTS.join('|'), 'ys');

interface Token {
  readonly kind: 'string' | 'atom' | 'number' | 'mark';
  readonly text: string;
  readonly at: number;
  readonly line: number;
}

/** @throws ImportError with the line of what is no term */
export function readTerms(text: string): readonly Statement[] {
  const reader = new TermReader(text);
  const statements: Statement[] = [];
  while (reader.more) statements.push(reader.statement());
  return statements;
}

class TermReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...tokensOf(text)];
  }

  get more(): boolean {
    return this.#next < this.#tokens.length;
  }

  statement(): Statement {
    const { at: start, line } = this.#tokens[this.#next] ?? { at: 0, line: 1 };
    const term = this.#term(0);
    const end = this.#tokens[this.#next]?.at ?? this.#text.length;
    this.#mark('.');
    const text = this.#text.slice(start, end + 1).replace(/\s+/g, ' ');
    return { term, line, text };
  }

  #term(depth: number): Term {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw this.#error('a term is missing at the end');
    if (depth > MAX_DEPTH) throw this.#error('terms are nested too deeply', token);
    switch (token.kind) {
      case 'string':
        return { kind: 'string', value: unquote(token.text.replace(/^<<|(?:\/utf8)?>>$/g, '')) };
      case 'atom':
        return { kind: 'atom', name: token.text.startsWith("'") ? unquote(token.text) : token.text };
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'mark':
        if (token.text === '{') return { kind: 'tuple', items: this.#items('}', depth) };
        if (token.text === '[') return { kind: 'list', items: this.#items(']', depth) };
        throw this.#error(`a "${token.text}" stands where a term must be`, token);
    }
  }

  #items(close: string, depth: number): Term[] {
    const items: Term[] = [];
    if (this.#skip(close)) return items;
    do items.push(this.#term(depth + 1));
    while (this.#skip(','));
    this.#mark(close);
    return items;
  }

  #skip(mark: string): boolean {
    const token = this.#tokens[this.#next];
    const found = token?.kind === 'mark' && token.text === mark;
    if (found) this.#next++;
    return found;
  }

  #mark(mark: string): void {
    if (!this.#skip(mark)) throw this.#error(`a "${mark}" is missing`, this.#tokens[this.#next]);
  }

  #error(message: string, token?: Token): ImportError {
    const { line } = token ?? this.#tokens.at(-1) ?? { line: 1 };
    return new ImportError(`line ${line}: ${message}`);
  }
}

function* tokensOf(text: string): Iterable<Token> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new ImportError(`line ${line}: this is no term of Erlang`);
    const [kind] = Object.entries(found.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind !== undefined && kind !== 'space') yield { kind: kind as Token['kind'], text: found[0], at, line };
    line += found[0].split('\n').length - 1;
    at += found[0].length;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ' };

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}
