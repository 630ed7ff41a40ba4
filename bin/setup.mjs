#!/usr/bin/env node
// `node bin/setup.mjs TASK [args]`: installs what is missing, then runs a development task on the right Node.
// Plain JavaScript without dependencies: it runs on Node 20 in a fresh clone.
import { ensurePackages } from './packages.mjs';
import { findRuntime, missingRuntime, ROOT } from './runtime.mjs';
import { TASKS } from './tasks.mjs';

async function main([name = '', ...args]) {
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (task === undefined) {
    console.error(`usage: node bin/setup.mjs ${Object.keys(TASKS).join('|')} [args]`);
    return 2;
  }
  const installed = await ensurePackages(ROOT);
  if (installed !== 0) return installed;
  const runtime = findRuntime();
  if (runtime === undefined) {
    console.error(missingRuntime());
    return 1;
  }
  return task(runtime, args);
}

process.exitCode = await main(process.argv.slice(2));
