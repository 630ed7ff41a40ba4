/** What is wrong with a configuration: where, what, and how to put it right. */
import type { Source } from './source.ts';

export type PathStep = string | number;
/** Keys and indices from the top of the file. */
export type Path = readonly PathStep[];
export type Severity = 'error' | 'warning';
/** Point at the value, or at the key in front of it. */
export type Part = 'key' | 'value';

/** What is wrong with a file, where, and how to mend it. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** `listeners[0].tls.key`; '' for the file as a whole. */
  readonly path: string;
  /** Holds no secret. */
  readonly message: string;
  readonly fix?: string;
  readonly severity: Severity;
  /** The line, unless it holds a secret. */
  readonly excerpt?: string;
  /** It may be gone in a moment: a file is half written, or the other one of a pair is still the old one. */
  readonly transient?: true;
}

/** More than anyone reads at once; the rest is counted. */
export const MAX_PROBLEMS = 1000;

/** A path as it is written: `listeners[0].tls.key`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** The steps of `roles.device.mqtt.allow[0].publish`. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}

/** Text of the user inside a message: quoted, escaped, cut. */
export function quote(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escape16);
}

export function escape16(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Finds the place of a path in the text. */
export interface Locator {
  locate(path: Path, part: Part): number;
}

/** Collects problems. */
export class Report {
  readonly #source: Source;
  readonly #problems: Problem[] = [];
  readonly #wrong = new Set<string>();
  #more = 0;
  locator: Locator | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  error(path: Path, message: string, fix?: string, part: Part = 'value'): void {
    this.#wrong.add(pathText(path));
    this.#add('error', path, this.locator?.locate(path, part) ?? 0, message, fix);
  }

  /** An error that may be gone in a moment. */
  transientError(path: Path, message: string, fix?: string): void {
    this.#wrong.add(pathText(path));
    this.#add('error', path, this.locator?.locate(path, 'value') ?? 0, message, fix, { transient: true });
  }

  warning(path: Path, message: string, fix?: string, part: Part = 'value'): void {
    this.#add('warning', path, this.locator?.locate(path, part) ?? 0, message, fix);
  }

  /** For problems of the text itself, which has no paths yet. */
  errorAt(offset: number, path: Path, message: string, fix?: string): void {
    this.#wrong.add(pathText(path));
    this.#add('error', path, offset, message, fix);
  }

  /** True when an error is known at this very path: a second one would only be its echo. */
  isWrong(path: Path): boolean {
    return this.#wrong.has(pathText(path));
  }

  get failed(): boolean {
    return this.#wrong.size > 0;
  }

  /** In the order of the file; excerpts are cut now, when every secret is known. */
  all(): Problem[] {
    const seen = new Set<string>();
    const problems = this.#problems
      .sort((a, b) => a.line - b.line || a.column - b.column)
      .filter((problem) => {
        const key = `${problem.line}:${problem.column}:${problem.message}`;
        return !seen.has(key) && seen.add(key);
      })
      .map((problem) => {
        const excerpt = this.#source.excerpt(problem.line);
        return excerpt === undefined ? problem : { ...problem, excerpt };
      });
    if (this.#more > 0) {
      problems.push({
        file: this.#source.file,
        line: 1,
        column: 1,
        path: '',
        message: `${this.#more} more problems`,
        severity: 'error',
      });
    }
    return problems;
  }

  #add(
    severity: Severity,
    path: Path,
    offset: number,
    message: string,
    fix: string | undefined,
    mark: Pick<Problem, 'transient'> = {},
  ): void {
    if (this.#problems.length >= MAX_PROBLEMS) {
      this.#more += 1;
      return;
    }
    const at = this.#source.position(offset);
    const problem = { file: this.#source.file, ...at, path: pathText(path), message, severity, ...mark };
    this.#problems.push(fix === undefined ? problem : { ...problem, fix });
  }
}
