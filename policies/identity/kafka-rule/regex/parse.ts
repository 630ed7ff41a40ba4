import { readClass } from './char-class.ts';
import { ANY, charSet } from './char-set.ts';
import { readEscape } from './escape.ts';
import { readQuantifier } from './quantifier.ts';
import { Scanner } from './scanner.ts';
import type { Expression } from './syntax.ts';

/** Groups inside each other. */
const MAX_DEPTH = 32;
const MAX_GROUPS = 100;

/** Why a group that begins so is not taken, the longest beginning first. */
const REFUSED_GROUPS: readonly (readonly [begin: string, reason: string])[] = [
  ['(?<=', 'look-behind'],
  ['(?<!', 'look-behind'],
  ['(?<', 'a named group (write a numbered one)'],
  ['(?=', 'look-ahead'],
  ['(?!', 'look-ahead'],
  ['(?>', 'an atomic group'],
  ['(?', 'inline flags'],
];

export interface Parsed {
  readonly expression: Expression;
  /** Capturing groups. */
  readonly groups: number;
  /** Groups inside a repeated group, whose captures Java does not keep straight when it backtracks. */
  readonly unsteady: ReadonlySet<number>;
  /** `\b` or `\B`: what letters beyond ASCII are to it changed with Java 19. */
  readonly boundaries: boolean;
}

/**
 * Parses the subset of java.util.regex that an engine without backtracking can run and that has
 * one meaning in all Java versions.
 * @throws RegexError
 */
export function parseRegex(text: string): Parsed {
  const parser = new Parser(text);
  const expression = parser.choice(0);
  const { scanner } = parser;
  if (scanner.more) throw scanner.error('a ")" without its "("');
  return { expression, groups: parser.groups, unsteady: parser.unsteady, boundaries: parser.boundaries };
}

class Parser {
  readonly scanner: Scanner;
  readonly unsteady = new Set<number>();
  groups = 0;
  boundaries = false;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  choice(depth: number): Expression {
    const options = [this.#sequence(depth)];
    while (this.scanner.skip('|')) options.push(this.#sequence(depth));
    return options.length === 1 ? (options[0] as Expression) : { kind: 'choice', options };
  }

  #sequence(depth: number): Expression {
    const { scanner } = this;
    const items: Expression[] = [];
    while (scanner.more && !scanner.looksAt('|') && !scanner.looksAt(')')) {
      const groups = this.groups;
      const item = this.#item(depth);
      const repeated = readQuantifier(scanner, item);
      if (repeated !== undefined && repeated.max > 1) this.#unsettle(item, groups);
      items.push(repeated ?? item);
    }
    return items.length === 1 ? (items[0] as Expression) : { kind: 'sequence', items };
  }

  /** The groups since `before` are inside a repeated item; the item itself is no such group. */
  #unsettle(item: Expression, before: number): void {
    const own = item.kind === 'group' ? item.index : undefined;
    for (let group = before + 1; group <= this.groups; group++) if (group !== own) this.unsteady.add(group);
  }

  #item(depth: number): Expression {
    const { scanner } = this;
    const start = scanner.at;
    const char = scanner.next();
    switch (char) {
      case '(':
        return this.#group(start, depth + 1);
      case '[':
        return { kind: 'set', set: readClass(scanner) };
      case '.':
        return { kind: 'set', set: ANY };
      case '^':
        return { kind: 'assertion', assertion: 'start' };
      case '$':
        return { kind: 'assertion', assertion: 'end' };
      case '\\':
        return this.#escape(start);
      case '*':
      case '+':
      case '?':
      case '{':
        throw scanner.error(`a "${char}" with nothing before it to repeat (write \\${char} for the character)`, start);
      default:
        return literal(char.codePointAt(0) as number);
    }
  }

  #escape(start: number): Expression {
    const { scanner } = this;
    if (scanner.looksAt('b') || scanner.looksAt('B')) {
      const assertion = scanner.next() === 'b' ? 'boundary' : 'inside';
      if (scanner.looksAt('{')) throw scanner.error('a repeated or qualified \\b', start);
      this.boundaries = true;
      return { kind: 'assertion', assertion };
    }
    const escaped = readEscape(scanner, start);
    return typeof escaped === 'number' ? literal(escaped) : { kind: 'set', set: charSet(escaped) };
  }

  #group(start: number, depth: number): Expression {
    const { scanner } = this;
    if (depth > MAX_DEPTH) throw scanner.error(`more than ${MAX_DEPTH} groups inside each other`, start);
    let index: number | undefined;
    if (!scanner.skip('?:')) {
      const refused = REFUSED_GROUPS.find(([begin]) => scanner.text.startsWith(begin, start));
      if (refused !== undefined) throw scanner.error(refused[1], start);
      index = ++this.groups;
      if (index > MAX_GROUPS) throw scanner.error(`more than ${MAX_GROUPS} groups`, start);
    }
    const body = this.choice(depth);
    if (!scanner.skip(')')) throw scanner.error('a "(" without its ")"', start);
    return { kind: 'group', index, body };
  }
}

function literal(codePoint: number): Expression {
  return { kind: 'set', set: charSet([[codePoint, codePoint]]) };
}
