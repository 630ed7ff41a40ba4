import { styleText } from 'node:util';
import type { Io } from '../io.ts';
import type { Mismatch, Result } from './result.ts';

type Style = Parameters<typeof styleText>[0];

/** The widths of a line of the report: 100 columns in all. */
const COLUMNS = { clientName: 9, what: 30, verdict: 7, by: 26, observed: 13 } as const;
const PHASE = 14;
const WIDTH = 100;

/** What the demo did, in figures: the last line of `--exit`. */
export interface Counts {
  steps: number;
  allowed: number;
  refused: number;
  skipped: number;
  failed: number;
}

/** Prints the report and counts. Colours only on a terminal, and not under NO_COLOR. */
export class Report {
  readonly counts: Counts = { steps: 0, allowed: 0, refused: 0, skipped: 0, failed: 0 };
  /** Everything was printed. */
  complete = false;
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  line(text = ''): void {
    this.#io.out(text);
  }

  heading(text: string): void {
    this.#io.out('');
    this.#io.out(paint('bold', text));
  }

  /** Runs a part of the start and prints how long it took; `describe` gives the text for its result. */
  async phase<T>(name: string, describe: (value: T) => string, start: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      const value = await start();
      const seconds = `${((performance.now() - began) / 1000).toFixed(2)} s`;
      this.#io.out(`  ${name.padEnd(PHASE)}${describe(value).padEnd(WIDTH - PHASE - 10)}${seconds.padStart(8)}`);
      return value;
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  }

  columns(): void {
    const { clientName, what, verdict, by, observed } = COLUMNS;
    const cells = [
      'WHO'.padEnd(clientName),
      'WHAT'.padEnd(what),
      'VERDICT'.padEnd(verdict),
      'BY'.padEnd(by),
      'SAW'.padEnd(observed),
    ];
    this.#io.out(paint('dim', [...cells, 'DECISION'].join(' ')));
  }

  step({ step, observed, by, id, mismatches }: Result): void {
    const { counts } = this;
    const refused = step.cause !== undefined;
    counts.steps++;
    if (mismatches.length > 0) counts.failed++;
    else if (refused) counts.refused++;
    else counts.allowed++;
    const [word, style] = verdictOf(refused, step.partly === true, mismatches.length > 0);
    const cells = [
      step.clientName.padEnd(COLUMNS.clientName),
      step.what.padEnd(COLUMNS.what),
      paint(style, word.padEnd(COLUMNS.verdict)),
      by.padEnd(COLUMNS.by),
      observed.padEnd(COLUMNS.observed),
      id === '' ? '-' : id,
    ];
    this.#io.out(cells.join(' '));
    this.#explain(mismatches);
  }

  /** An expectation about several steps. */
  check(description: string, mismatches: readonly Mismatch[]): void {
    if (mismatches.length > 0) this.counts.failed++;
    const mark = mismatches.length > 0 ? `${paint('red', 'FAILED')}: ` : '';
    this.#io.out(`${mark}${description}`);
    this.#explain(mismatches);
  }

  /** Steps that cannot run here; `failure` counts it as a failed expectation. */
  skip(description: string, count: number, failure: boolean): void {
    this.counts.skipped += count;
    if (failure) this.counts.failed++;
    this.#io.out(
      paint(failure ? 'red' : 'yellow', `${failure ? 'FAILED: ' : ''}${count} steps skipped: ${description}`),
    );
  }

  #explain(mismatches: readonly Mismatch[]): void {
    for (const { of, expected, seen } of mismatches) {
      this.#io.out(paint('red', `  ${of}`));
      this.#io.out(paint('red', `    expected: ${expected || '(nothing)'}`));
      this.#io.out(paint('red', `    seen:     ${seen || '(nothing)'}`));
    }
  }

  get ok(): boolean {
    return this.counts.failed === 0;
  }

  summary(): void {
    const { steps, allowed, refused, skipped, failed } = this.counts;
    const description = `${steps} steps: ${allowed} allowed and ${refused} refused as they should be, ${skipped} skipped`;
    this.heading(
      failed === 0
        ? `${description}. Every expectation held.`
        : `${description}. ${failed} expectation${failed === 1 ? '' : 's'} FAILED.`,
    );
  }
}

function verdictOf(refused: boolean, partly: boolean, failed: boolean): [word: string, style: Style] {
  if (failed) return ['FAILED', 'red'];
  if (!refused) return ['allowed', 'green'];
  return [partly ? 'partly' : 'refused', 'yellow'];
}

function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
