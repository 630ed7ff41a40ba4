// The development tasks of package.json, each a function (runtime, args) -> exit code. Plain JavaScript for Node 20.
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT, runForeground } from './runtime.mjs';

const TSC = 'node_modules/typescript/bin/tsc';
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const KNIP = 'node_modules/knip/bin/knip.js';

/** Each writes one file under docs/, or with --check says whether it is in step. */
const DOCUMENTS = [
  'docs/make/configuration.ts',
  'docs/make/metrics.ts',
  'docs/make/kafka/kafka.ts',
  'docs/make/lint.ts',
];

const run = (runtime, ...args) => runForeground(runtime, args, { cwd: ROOT });

export const TASKS = {
  demo: (runtime, args) => run(runtime, 'bin/headgate.mjs', 'demo', ...args),
  test,
  check,
  bench: (runtime, args) => run(runtime, 'test/bench/main.ts', ...args),
  mutants: (runtime, args) => run(runtime, 'test/mutants/main.ts', ...args),
  fix: (runtime, args) => run(runtime, BIOME, 'check', '--write', ...args),
  docs,
  build,
};

/** Arguments that name files, folders or globs replace the default selection; all others go to `node --test`. */
function test(runtime, args) {
  const isFile = (arg) => !arg.startsWith('-') && (arg.includes('*') || existsSync(join(ROOT, arg)));
  const named = args.filter(isFile).flatMap((arg) => (isFolder(arg) ? testFiles(arg) : [arg]));
  const flags = args.filter((arg) => !isFile(arg));
  const files = named.length > 0 ? named : testFiles('test');
  const own = [
    '--test',
    '--test-reporter=spec',
    '--test-timeout=120000',
    '--import=./test/support/end-of-file.ts',
    // Two at a time even on two cores: many tests wait for a broker rather than compute.
    `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
    // kafkajs computes negative timeouts; Node warns about each.
    '--disable-warning=TimeoutNegativeWarning',
  ];
  return run(runtime, ...own, ...flags, ...files);
}

function isFolder(arg) {
  return existsSync(join(ROOT, arg)) && statSync(join(ROOT, arg)).isDirectory();
}

function testFiles(folder) {
  return walk(join(ROOT, folder))
    .map((file) => relative(ROOT, file))
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith(join('test', 'bench')))
    .sort();
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Every step runs, so that one look shows all that is wrong. */
async function check(runtime) {
  const steps = [
    ['types', [TSC, '-p', '.']],
    ['lint and format', [BIOME, 'check', '--error-on-warnings']],
    ['unused code', [KNIP]],
    ...DOCUMENTS.map((script) => [`document of ${script}`, [script, '--check']]),
  ];
  const report = [];
  let worst = 0;
  for (const [name, args] of steps) {
    console.error(`\n== ${name}: ${args.join(' ')}`);
    const started = performance.now();
    const code = await run(runtime, ...args);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    report.push(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    worst = Math.max(worst, code);
  }
  console.error(`\n${report.join('\n')}`);
  return worst === 0 ? 0 : 1;
}

async function docs(runtime) {
  let worst = 0;
  for (const script of DOCUMENTS) worst = Math.max(worst, await run(runtime, script));
  return worst;
}

/** JavaScript and whatever else the sources hold (pages, styles) go to dist/. */
async function build(runtime) {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const code = await run(runtime, TSC, '-p', 'tsconfig.build.json');
  if (code !== 0) return code;
  for (const layer of ['policies', 'adapters', 'proxy']) {
    for (const file of walk(join(ROOT, layer)).filter((name) => !name.endsWith('.ts'))) {
      cpSync(file, join(ROOT, 'dist', relative(ROOT, file)));
    }
  }
  return 0;
}
