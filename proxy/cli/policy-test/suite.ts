/** Files of policy tests with the configurations that they are about. */
import { resolve } from 'node:path';
import { type Coverage, coverage } from '../../../policies/analysis/policy-test/coverage.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import type { PolicySource } from '../../../policies/source.ts';
import type { Problem } from '../../control-plane/config/problem.ts';
import { readPolicyFile } from '../policy-file.ts';
import { runTest, type TestedPolicy, type TestResult } from './run-tests.ts';
import { readTestFile, type TestFile } from './test-file.ts';

export interface FileResult {
  readonly name: string;
  readonly file: TestFile;
  readonly results: readonly TestResult[];
}

/** Results by file, and what the tests touched of each configuration. */
export interface SuiteResult {
  readonly files: readonly FileResult[];
  /** By name of the configuration. */
  readonly coverage: ReadonlyMap<string, Coverage>;
}

export type Suite =
  | { readonly ok: true; readonly result: SuiteResult }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface Tested extends TestedPolicy {
  readonly source: PolicySource;
}

/**
 * `config`: goes before what the files name. `now`: when the tests run, in milliseconds since the epoch. Nothing is run
 * where a file or a configuration is broken.
 */
export function runSuite(names: readonly string[], config: string | undefined, now: number): Suite {
  const problems: Problem[] = [];
  const policies = new Map<string, Tested>();
  const files: { name: string; file: TestFile; config: string }[] = [];
  for (const name of names) {
    const file = readTestFile(name);
    if (!file.ok) {
      problems.push(...file.problems);
      continue;
    }
    const about = config ?? file.config;
    if (about === undefined) problems.push(missingConfiguration(name));
    else {
      files.push({ name, file, config: resolve(about) });
      if (!policies.has(resolve(about))) problems.push(...compile(about, policies));
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const results = files.map(({ name, file, config: about }) => {
    const tested = policies.get(about) as Tested;
    return { name, file, results: file.tests.map((test) => runTest(test, tested, now)) };
  });
  const covered = [...policies].map(
    ([about, { source, touched }]) => [about, coverage(source, touched.rules, touched.identities)] as const,
  );
  return { ok: true, result: { files: results, coverage: new Map(covered) } };
}

function compile(name: string, policies: Map<string, Tested>): readonly Problem[] {
  const read = readPolicyFile(name);
  if (!read.ok) return read.problems;
  const { policy: source, listeners } = read.policy;
  const levels = listeners.flatMap(({ maxTopicLevels }) => maxTopicLevels ?? []);
  const maxTopicLevels = levels.length === 0 ? 1 : Math.max(...levels);
  const policy = compilePolicy(source, { version: '', maxTopicLevels });
  policies.set(resolve(name), { source, policy, maxTopicLevels, touched: { rules: new Set(), identities: new Set() } });
  return [];
}

function missingConfiguration(file: string): Problem {
  const message = 'no configuration is named';
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    message,
    fix: 'add "config: headgate.yaml", or --config',
    severity: 'error',
  };
}
