/** What is mutated, what is run against it, and where the mutation tester keeps its files. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';

/** Git ignores it. */
export const CACHE = '.cache/mutants';

export interface Run {
  /** Folders or files of policies/, adapters/ or proxy/, relative to the repository. */
  readonly targets: readonly string[];
  /** Test folders or files to run besides those that mirror the targets. */
  readonly tests: readonly string[];
  readonly concurrency: number;
  /** Whether results of the last run with the same targets are taken over where neither code nor tests changed. */
  readonly incremental: boolean;
}

export function strykerOptions({ targets, tests, concurrency, incremental }: Run): PartialStrykerOptions {
  const report = join(CACHE, nameOf(targets));
  return {
    mutate: targets.map((target) => (isFolder(target) ? `${target}/**/*.ts` : target)),
    testRunner: 'tap',
    tap: {
      testFiles: inOrder([...targets.map(mirror), ...tests].flatMap(testFiles)),
      nodeArgs: ['--test-reporter=./test/mutants/plain-tap.ts', '--import=./test/mutants/fixed-seed.ts'],
      forceBail: true,
    },
    plugins: ['@stryker-mutator/tap-runner', join(import.meta.dirname, 'messages.ts')],
    ignorers: ['messages'],
    concurrency,
    incremental,
    incrementalFile: `${report}.incremental.json`,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'html', 'json'],
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    tempDirName: join(CACHE, 'sandbox'),
    // Stryker would rewrite paths in tsconfig.json through an interface that TypeScript 7 does not have. Node needs none.
    ignorePatterns: ['/tsconfig*.json', '/.cache', '/docs', '/compose', '/dist'],
    allowConsoleColors: process.stdout.isTTY,
  };
}

/** A file name for what is found about the targets. */
function nameOf(targets: readonly string[]): string {
  const [first = '', ...others] = targets;
  const name = first.replaceAll('/', '-');
  if (others.length === 0) return name;
  return `${name}-and-${others.length}-${createHash('sha256').update(others.join('\n')).digest('hex').slice(0, 8)}`;
}

/** The tests of a folder are in the folder of the same name under test/; those of a file in the folder of its folder. */
function mirror(target: string): string {
  return join('test', isFolder(target) ? target : dirname(target));
}

function testFiles(path: string): string[] {
  return isFolder(path) ? globSync(`${path}/**/*.test.ts`).sort() : [path];
}

/** Files with property tests last: they take seconds where others take fractions of one, and the first failure is enough. */
function inOrder(files: readonly string[]): string[] {
  const isSlow = (file: string) => readFileSync(file, 'utf8').includes("from 'fast-check'");
  const { slow = [], quick = [] } = Object.groupBy(new Set(files), (file) => (isSlow(file) ? 'slow' : 'quick'));
  return [...quick, ...slow];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
