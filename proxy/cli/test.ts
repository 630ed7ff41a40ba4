import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderProblem } from '../control-plane/config/print.ts';
import { EXIT, type Io } from './io.ts';
import { junitXml } from './policy-test/junit.ts';
import { coverageLines, resultLines } from './policy-test/report.ts';
import { runSuite, type SuiteResult } from './policy-test/suite.ts';
import { wrongUsage } from './wrong-usage.ts';

interface Arguments {
  readonly files: readonly string[];
  readonly config: string | undefined;
  readonly junit: string | undefined;
  readonly coverage: boolean;
}

/**
 * `headgate test`: runs files of policy tests. Exit code 0: all pass; 1: some fail; 2: a file or
 * the configuration is broken, or the usage is wrong.
 */
export async function testCommand(argv: string[], io: Io): Promise<number> {
  const args = readArguments(argv);
  if (typeof args === 'string') return wrongUsage('test', args, io);
  const suite = runSuite(args.files, args.config, Date.now());
  if (!suite.ok) {
    for (const problem of suite.problems) io.err(renderProblem(problem));
    io.err(`${suite.problems.length} problem${suite.problems.length === 1 ? '' : 's'}: no test was run`);
    return EXIT.usage;
  }
  print(suite.result, args, io);
  if (args.junit !== undefined) writeFileSync(args.junit, junitXml(suite.result));
  const failed = suite.result.files.some(({ results }) => results.some(({ failures }) => failures.length > 0));
  return failed ? EXIT.failure : EXIT.ok;
}

function readArguments(argv: string[]): Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { config: { type: 'string' }, junit: { type: 'string' }, coverage: { type: 'boolean' } },
    });
    if (positionals.length === 0) return 'a FILE of tests is needed';
    return { files: positionals, config: values.config, junit: values.junit, coverage: values.coverage ?? false };
  } catch (error) {
    return (error as Error).message;
  }
}

function print(result: SuiteResult, { coverage }: Arguments, io: Io): void {
  for (const line of resultLines(result)) io.out(line);
  if (!coverage) return;
  for (const [name, covered] of result.coverage) for (const line of coverageLines(name, covered)) io.out(line);
}
