/** Survivors of a run against the list of those that are known. */
import type { KnownSurvivors } from './survivors.ts';

/** Lines and columns count from 1, as the mutation tester reports them. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant that no test noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly original: string;
  readonly mutated: string;
  /** Whether any test ran the code. */
  readonly covered: boolean;
}

export interface Comparison {
  /** Survivors that the list does not have. */
  readonly unknown: readonly Survivor[];
  /** How many survivors the list has. */
  readonly known: number;
  /** Entries of the list that did not survive. */
  readonly gone: readonly { readonly file: string; readonly original: string; readonly mutated: string }[];
}

/**
 * `files`: those that were mutated; entries for others are left alone. A mutation that the list has twice may survive
 * at two places of its file.
 */
export function compare(
  survivors: readonly Survivor[],
  list: readonly KnownSurvivors[],
  files: ReadonlySet<string>,
): Comparison {
  const entries = list
    .filter(({ file }) => files.has(file))
    .flatMap(({ file, mutants }) => mutants.map(([original, mutated]) => ({ file, original, mutated })));
  const unknown: Survivor[] = [];
  for (const survivor of survivors) {
    const index = entries.findIndex((entry) => isSame(entry, survivor));
    if (index < 0) unknown.push(survivor);
    else entries.splice(index, 1);
  }
  return { unknown, known: survivors.length - unknown.length, gone: entries };
}

function isSame(a: Comparison['gone'][number], b: Comparison['gone'][number]): boolean {
  return a.file === b.file && a.original === b.original && a.mutated === b.mutated;
}

/** The part of a source between two positions. */
export function sourceBetween(source: string, start: Position, end: Position): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = lines[last]?.slice(0, end.column - 1) ?? '';
  lines[0] = lines[0]?.slice(start.column - 1) ?? '';
  return lines.join('\n');
}

/** Code in one line of at most 90 characters: the start and the end of longer code. */
export function inOneLine(code: string): string {
  const line = code.trim().replaceAll(/\s+/g, ' ');
  return line.length <= 90 ? line : `${line.slice(0, 60)} … ${line.slice(-27)}`;
}
