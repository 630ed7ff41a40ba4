/** What is mutated, what is run against it, and where the mutation tester keeps its files. */
import { statSync } from 'node:fs';
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
  const report = join(CACHE, targets.join('+').replaceAll('/', '-'));
  return {
    mutate: targets.map((target) => (isFolder(target) ? `${target}/**/*.ts` : target)),
    testRunner: 'tap',
    tap: {
      testFiles: [...targets.map(mirror), ...tests].map((path) => (isFolder(path) ? `${path}/**/*.test.ts` : path)),
      nodeArgs: ['--test-reporter=tap', '--import=./test/mutants/fixed-seed.ts'],
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
    ignorePatterns: ['/tsconfig*.json', '/docs', '/compose', '/dist'],
  };
}

/** The tests of a folder are in the folder of the same name under test/; those of a file in the folder of its folder. */
function mirror(target: string): string {
  return join('test', isFolder(target) ? target : dirname(target));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
