/** Results of policy tests for people. */
import type { Coverage } from '../../../policies/analysis/policy-test/coverage.ts';
import { renderProblem } from '../../control-plane/config/print.ts';
import { type Problem, pathText } from '../../control-plane/config/problem.ts';
import type { Failure } from './run-tests.ts';
import type { FileResult, SuiteResult } from './suite.ts';

/** Every failure with its place; a line for each file. */
export function resultLines({ files }: SuiteResult): string[] {
  return files.flatMap((file) => [
    ...file.results.flatMap(({ test, failures }) => failures.map((failure) => failureText(file, test.name, failure))),
    `${file.name}: ${summary(file)}`,
  ]);
}

export function failureText({ file }: FileResult, name: string, failure: Failure): string {
  const text = renderProblem(problemOf(file, name, failure));
  return failure.reason === undefined ? text : `${text}\n  why: ${oneLine(failure.reason)}`;
}

/** What the tests touch of a configuration, and each rule and identity that they do not. */
export function coverageLines(
  name: string,
  { rules, untouchedRules, identities, untouchedIdentities }: Coverage,
): string[] {
  const share = (all: number, untouched: readonly string[]) => `${all - untouched.length} of ${all}`;
  return [
    `${name}: ${share(rules, untouchedRules)} rules and ${share(identities, untouchedIdentities)} identities are touched by tests`,
    ...untouchedRules.map((id) => `  not touched: ${id}`),
    ...untouchedIdentities.map((id) => `  not touched: the identity ${id}`),
  ];
}

function problemOf(file: FileResult['file'], name: string, { path, message }: Failure): Problem {
  const at = file.source.position(file.locator.locate(path, 'value'));
  const excerpt = file.source.excerpt(at.line);
  const problem = {
    file: file.source.file,
    ...at,
    path: pathText(path),
    message: `${name}: ${message}`,
    severity: 'error',
  } as const;
  return excerpt === undefined ? problem : { ...problem, excerpt };
}

function summary({ results }: FileResult): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const checks = results.reduce((sum, result) => sum + result.checks, 0);
  const counted = `${results.length} test${results.length === 1 ? '' : 's'}, ${checks} check${checks === 1 ? '' : 's'}`;
  return `${counted}: ${failed === 0 ? 'all passed' : `${failed} failed`}`;
}

/** Reasons hold what clients chose; here the author of the test chose it. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}
