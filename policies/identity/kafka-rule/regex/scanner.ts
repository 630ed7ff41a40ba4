import { RegexError } from './syntax.ts';

/** Reads an expression code point by code point. */
export class Scanner {
  readonly text: string;
  #at = 0;

  /** @throws RegexError for half a surrogate pair, which no UTF-8 can hold. */
  constructor(text: string) {
    this.text = text;
    if (!text.isWellFormed()) throw new RegexError('half a surrogate pair', text.search(/\p{Surrogate}/u));
  }

  get at(): number {
    return this.#at;
  }

  get more(): boolean {
    return this.#at < this.text.length;
  }

  /** The next character, '' at the end. */
  peek(): string {
    const codePoint = this.text.codePointAt(this.#at);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }

  next(): string {
    const char = this.peek();
    this.#at += char.length;
    return char;
  }

  /** Steps over `text` if it is what comes next. */
  skip(text: string): boolean {
    const found = this.looksAt(text);
    if (found) this.#at += text.length;
    return found;
  }

  looksAt(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** Steps over what matches `expression`, which must be sticky, and gives it. */
  skipMatch(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  error(message: string, at = this.#at): RegexError {
    return new RegexError(message, at);
  }
}
