import { writeFileSync } from 'node:fs';
import { renderProblem } from '../control-plane/config/print.ts';
import { defineCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { junitXml } from './policy-test/junit.ts';
import { coverageLines, resultLines } from './policy-test/report.ts';
import { runSuite, type SuiteResult } from './policy-test/suite.ts';
import { UsageError } from './usage-error.ts';

/** `headgate test`: runs policy tests. */
export const testCommand = defineCommand({
  name: 'test',
  usage: '[--config FILE] [--junit FILE] [--coverage] FILE…',
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: 'the configuration to test; default: the one that each test file names',
    },
    junit: { type: 'string', value: 'FILE', help: 'write the results as JUnit XML' },
    coverage: { type: 'boolean', help: 'list the rules and identities that no test touches' },
  },
  positionals: true,
  notes: ['docs/policy-tests.md shows a test file. Neither brokers nor certificates and keys are needed.'],
  exits: [
    [EXIT.ok, 'all tests pass'],
    [EXIT.failure, 'tests fail (each is printed with its position and the reason)'],
    [EXIT.usage, 'wrong usage, or a file or the configuration has errors; no test was run'],
  ],
  async run({ values, positionals }, io) {
    if (positionals.length === 0) throw new UsageError('a FILE of tests is required');
    const suite = runSuite(positionals, values.config, Date.now());
    if (!suite.ok) {
      for (const problem of suite.problems) io.err(renderProblem(problem));
      io.err(`${suite.problems.length} problem${suite.problems.length === 1 ? '' : 's'}: no test was run`);
      return EXIT.usage;
    }
    print(suite.result, values.coverage ?? false, io);
    if (values.junit !== undefined) writeFileSync(values.junit, junitXml(suite.result));
    const failed = suite.result.files.some(({ results }) => results.some(({ failures }) => failures.length > 0));
    return failed ? EXIT.failure : EXIT.ok;
  },
});

function print(result: SuiteResult, coverage: boolean, io: Io): void {
  for (const line of resultLines(result)) io.out(line);
  if (!coverage) return;
  for (const [name, covered] of result.coverage) for (const line of coverageLines(name, covered)) io.out(line);
}
