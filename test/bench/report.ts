/** The tables, as Markdown that also reads well in a terminal. */
import type { Figure } from './cases/case.ts';
import type { Target } from './plan.ts';
import { type CaseResult, DIRECT, series } from './runner.ts';
import { paired, spread, spreadText } from './stats.ts';
import { SUBJECT } from './systems/headgate.ts';

const RIVALS = ['haproxy', 'nginx'];
/** Stands in where headgate itself did not run. */
const SUBSTITUTE = 'node-pipe';

const ratio = (a: number, b: number): number => a / b;

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** One row per figure: every system, then the subject against its rivals. */
export function figuresTable(results: readonly CaseResult[], systems: readonly string[]): string {
  const subject = systems.includes(SUBJECT) ? SUBJECT : SUBSTITUTE;
  const rivals = systems.includes(subject) ? RIVALS.filter((rival) => systems.includes(rival)) : [];
  const header = ['case', 'unit', ...systems, ...rivals.map((rival) => `${subject} / ${rival}`)];
  const rows = results.flatMap((result) =>
    result.case.figures.map((figure) => [
      title(result, figure),
      figure.unit,
      ...systems.map((system) => spreadText(spread(defined(series(result, system, figure))), figure.digits)),
      ...rivals.map((rival) => ratioText(result, figure, subject, rival)),
    ]),
  );
  return table(header, rows);
}

/** Round trips that each proxy adds to a connection without one, from pairs within a repetition. */
export function addedTable(results: readonly CaseResult[], systems: readonly string[]): string | undefined {
  const rows = results
    .filter((result) => result.samples.has(DIRECT))
    .flatMap((result) =>
      result.case.figures.map((figure) => [
        `added ${title(result, figure)}`,
        figure.unit,
        ...systems.map((system) => {
          const added = paired(series(result, system, figure), series(result, DIRECT, figure), (a, b) => a - b);
          return spreadText(spread(added), figure.digits);
        }),
      ]),
    );
  return rows.length === 0 ? undefined : table(['round trip', 'unit', ...systems], rows);
}

/** Undefined when no target belongs to these cases. */
export function targetsTable(results: readonly CaseResult[], targets: readonly Target[]): string | undefined {
  const rows = targets.flatMap((target) => {
    const result = results.find((one) => one.case.name === target.case);
    const figure = result?.case.figures.find((one) => one.key === target.figure);
    if (result === undefined || figure === undefined) return [];
    const own = series(result, SUBJECT, figure);
    const against = target.against;
    const values = against === undefined ? defined(own) : paired(own, series(result, against, figure), ratio);
    const value = spread(values);
    const digits = against === undefined ? figure.digits : 2;
    const unit = against === undefined ? ` ${figure.unit}` : `x ${against}`;
    const wanted = target.atLeast === undefined ? `<= ${target.atMost}${unit}` : `>= ${target.atLeast}${unit}`;
    return [[title(result, figure), wanted, spreadText(value, digits), verdict(value?.median, target)]];
  });
  return rows.length === 0 ? undefined : table(['case', 'wanted', 'measured', 'target'], rows);
}

function verdict(median: number | undefined, { atLeast, atMost }: Target): string {
  if (median === undefined) return 'not measured';
  const met = (atLeast === undefined || median >= atLeast) && (atMost === undefined || median <= atMost);
  return met ? 'reached' : 'NOT REACHED';
}

function title(result: CaseResult, figure: Figure): string {
  return figure.title === '' ? result.case.name : `${result.case.name} ${figure.title}`;
}

function ratioText(result: CaseResult, figure: Figure, subject: string, rival: string): string {
  return spreadText(spread(paired(series(result, subject, figure), series(result, rival, figure), ratio)), 2);
}

function defined(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
