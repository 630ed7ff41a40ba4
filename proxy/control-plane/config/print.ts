/** Problems for people and for programs. */
import { escape16, type Problem } from './problem.ts';

/**
 * One block for each problem:
 *
 *     headgate.yaml:7:12: error: listeners[0].upstream.address: must be an address …
 *         upstream: { address: mosquitto }
 *                     ^
 *       fix: add the port: host:port
 */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map(renderProblem).join('\n');
}

/** A problem as it is printed: place, message, the line with a mark, and the fix. */
export function renderProblem(problem: Problem): string {
  const { file, line, column, severity, path, message, fix } = problem;
  const lines = [
    `${file}:${line}:${column}: ${severity}: ${path === '' ? '' : `${path}: `}${message}`,
    ...excerptLines(problem),
  ];
  if (fix !== undefined) lines.push(`  fix: ${fix}`);
  return lines.map(printable).join('\n');
}

/** The problems as data, without the lines of the file and what matters to reloads only. */
export function problemsAsData(problems: readonly Problem[]): Omit<Problem, 'excerpt' | 'transient'>[] {
  return problems.map(({ excerpt: _, transient: __, ...problem }) => problem);
}

function excerptLines({ excerpt, column }: Problem): string[] {
  if (excerpt === undefined) return [];
  // Tabs stay tabs under the line, so that the sign stands where a terminal shows the column.
  const pad = excerpt.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`    ${excerpt}`, `    ${pad}^`];
}

/** The file is the operator's own, yet a terminal must not obey what stands in it. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escape16);
}
