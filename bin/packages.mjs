// Makes sure that the npm packages of the lock file are installed. Plain JavaScript that works on Node 20.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join, sep } from 'node:path';
import { runForeground } from './runtime.mjs';

/** Installs with `npm ci` unless what is installed already matches the lock file. Resolves to an exit code. */
export async function ensurePackages(root) {
  const wanted = stampOf(root);
  const stamp = join(root, 'node_modules', '.headgate-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0;
  if (!installedByHand(root)) {
    console.error('headgate: installing the packages of package-lock.json (npm ci) ...');
    const started = performance.now();
    const code = await npm(root, ['ci', '--include=dev', '--include=optional', '--loglevel=error']);
    if (code !== 0) {
      console.error(`headgate: npm ci failed with exit code ${code}; its output above says why.`);
      return code;
    }
    console.error(`headgate: packages installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  writeFileSync(stamp, wanted);
  return 0;
}

function stampOf(root) {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/** True when the user ran `npm ci` or `npm install` before: npm's own record of the tree agrees with the lock file. */
function installedByHand(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages for other platforms are left out by npm, and what only they need.
    return found === undefined
      ? entry.optional === true
      : found.version === entry.version && found.integrity === entry.integrity;
  });
}

function npm(root, args) {
  // `npm ci` empties node_modules, and the Node it holds: npm must run on one from outside.
  const inside = join(root, 'node_modules') + sep;
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !(dir + sep).startsWith(inside));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const options = { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] };
  const script = process.env.npm_execpath;
  const node = process.env.npm_node_execpath ?? process.execPath;
  if (script !== undefined && basename(script) === 'npm-cli.js' && existsSync(script) && !node.startsWith(inside)) {
    return runForeground(node, [script, ...args], options);
  }
  return runForeground(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
