#!/usr/bin/env node
// The `headgate` command. Plain JavaScript that runs on Node 20 and hands over to a Node that is new enough.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findRuntime, isNewEnough, missingRuntime, ROOT, runForeground } from './runtime.mjs';

async function main(argv) {
  if (isNewEnough(process.versions.node)) return start(argv);
  const runtime = findRuntime();
  if (runtime === undefined) {
    console.error(missingRuntime());
    return 1;
  }
  return runForeground(runtime, [fileURLToPath(import.meta.url), ...argv]);
}

async function start(argv) {
  // A clone has the sources; an installed package only what was built from them.
  const source = join(ROOT, 'proxy', 'cli', 'main.ts');
  const entry = existsSync(source) ? source : join(ROOT, 'dist', 'proxy', 'cli', 'main.js');
  if (!existsSync(entry)) {
    console.error('this package of headgate holds no program; it was packed without `node bin/setup.mjs build`');
    return 1;
  }
  const { main: command } = await import(pathToFileURL(entry).href);
  return command(argv);
}

process.exitCode = await main(process.argv.slice(2));
