/** The text of a configuration file: positions in it, and which lines may be shown. */

export interface Position {
  readonly line: number;
  readonly column: number;
}

const LONGEST_EXCERPT = 160;
/** Words beside which a value is not shown while the text cannot be parsed and no key is certain. */
const SECRETIVE = /pass|secret|token|credential|phrase|-----/i;

/** The text of a file, with lines and columns. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #starts: number[] = [0];
  readonly #secretLines = new Set<number>();
  /** Set when the text is no YAML: then secrets are guessed by the words beside them. */
  unparsed = false;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  /** The lines of `[start, end)` are never shown. */
  hide(start: number, end: number): void {
    const last = this.position(end).line;
    for (let line = this.position(start).line; line <= last; line++) this.#secretLines.add(line);
  }

  /** The line as it may be shown; undefined when it holds a secret or is too long to help. */
  excerpt(line: number): string | undefined {
    if (this.#secretLines.has(line)) return undefined;
    const start = this.#starts[line - 1];
    if (start === undefined) return undefined;
    const next = this.#starts[line] ?? this.text.length + 1;
    const text = this.text.slice(start, next - 1).replace(/\r$/, '');
    if (text.trim() === '' || text.length > LONGEST_EXCERPT) return undefined;
    // A comment has no key: what stands in it is judged by its words as well.
    const comment = /(?:^|\s)#(.*)$/.exec(text)?.[1] ?? '';
    return SECRETIVE.test(this.unparsed ? text : comment) ? undefined : text;
  }
}
