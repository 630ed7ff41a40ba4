/**
 * `npm run mutants -- policies/acl`: changes the code of a folder in small ways, one at a time, and runs the tests of
 * the folder against each. A change that no test notices is a survivor: a test is missing, or the code does not matter.
 * Exits with 1 when one survives that survivors.ts does not have.
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { type Comparison, compare, inOneLine, type Survivor, sourceBetween } from './compare.ts';
import { CACHE, type Run, strykerOptions } from './options.ts';
import { SURVIVORS } from './survivors.ts';

const USAGE =
  'usage: npm run mutants -- FOLDER|FILE... [--tests FOLDER|FILE]... [--concurrency N] [--incremental]\n' +
  'e.g.   npm run mutants -- policies/acl --tests test/policies/policy.test.ts';

async function main(args: string[]): Promise<number> {
  const run = parse(args);
  if (run === undefined) {
    console.error(USAGE);
    return 2;
  }
  mkdirSync(CACHE, { recursive: true });
  // The test runner starts `node`: let it be this one, and let it keep compiled code.
  process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  process.env['NODE_COMPILE_CACHE'] = resolve(CACHE, 'compiled');
  const started = performance.now();
  const options = strykerOptions(run);
  const mutants = await new Stryker(options).runMutationTest();
  const comparison = compareMutants(mutants);
  report(mutants, comparison);
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(`${minutes} minutes; the whole report: ${options.htmlReporter?.fileName}`);
  return comparison.unknown.length > 0 ? 1 : 0;
}

function parse(args: string[]): Run | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        tests: { type: 'string', multiple: true, default: [] },
        concurrency: { type: 'string', default: '1' },
        incremental: { type: 'boolean', default: false },
      },
    });
    const { tests, incremental } = values;
    const concurrency = Number(values.concurrency);
    const targets = positionals.map((path) => path.replace(/\/+$/, ''));
    const missing = [...targets, ...tests].filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
    for (const path of missing) console.error(`there is no ${path}`);
    const isWrong = targets.length === 0 || missing.length > 0 || !(Number.isInteger(concurrency) && concurrency > 0);
    return isWrong ? undefined : { targets, tests, concurrency, incremental };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function compareMutants(mutants: readonly MutantResult[]): Comparison {
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(toSurvivor);
  const files = new Set(mutants.map((mutant) => relative('.', mutant.fileName)));
  return compare(survivors, SURVIVORS, files);
}

function toSurvivor({ fileName, location, replacement, status }: MutantResult): Survivor {
  const source = readFileSync(fileName, 'utf8');
  return {
    file: relative('.', fileName),
    line: location.start.line,
    original: inOneLine(sourceBetween(source, location.start, location.end)),
    mutated: inOneLine(replacement),
    covered: status === 'Survived',
  };
}

function report(mutants: readonly MutantResult[], { unknown, known, gone }: Comparison): void {
  for (const { file, line, original, mutated, covered } of unknown) {
    console.log(`${file}:${line}${covered ? '' : ' (no test runs it)'}\n  - ${original}\n  + ${mutated}`);
  }
  for (const { file, original, mutated } of gone) {
    console.log(`${file}: in survivors.ts, but did not survive\n  - ${original}\n  + ${mutated}`);
  }
  const count = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const tried = mutants.length - count('Ignored');
  console.log(
    `${tried} mutants: ${count('Killed')} noticed by a test, ${count('Timeout')} ran without end, ` +
      `${count('RuntimeError', 'CompileError')} did not load, ${unknown.length + known} survived, ` +
      `${known} of them known; ${count('Ignored')} sentences not mutated`,
  );
}

process.exitCode = await main(process.argv.slice(2));
