/**
 * Preloaded into every test file by bin/tasks.mjs. A file that leaves something open would run
 * for ever: the test runner's timeout covers tests, not files.
 */
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Milliseconds after the last test of a file. */
const GRACE = 10_000;

// Not in the runner itself, nor in the threads and processes that a test starts.
if (process.env['NODE_TEST_CONTEXT'] !== undefined && isMainThread && process.argv[1]?.endsWith('.test.ts')) {
  after(() => {
    // Unreferenced: it fires only when something else keeps the process alive.
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`${process.argv[1]} left something open after its last test: ${open}\n`);
      process.exit(1);
    }, GRACE).unref();
  });
}
