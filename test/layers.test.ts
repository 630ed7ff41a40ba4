/** The linter holds the import directions of ARCHITECTURE.md: each line of the table is linted as a file of its own. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { runChild } from './support/child.ts';
import { tempDir } from './support/temp-dir.ts';

const ROOT = join(import.meta.dirname, '..');
const IMPORTS = 'lint/style/noRestrictedImports';

/** File, content, and the rule it breaks; none where it is right. */
const CASES: readonly (readonly [file: string, content: string, rule?: string])[] = [
  ['policies/acl/to-policies.ts', "import { a } from '../a.ts';"],
  ['policies/acl/to-neighbour.ts', "import { a } from './a.ts';"],
  ['policies/acl/to-hashing.ts', "import { createHash as a } from 'node:crypto';"],
  ['policies/acl/to-proxy.ts', "import { a } from '../../proxy/a.ts';", IMPORTS],
  ['policies/acl/to-adapters.ts', "import { a } from '../../adapters/a.ts';", IMPORTS],
  ['policies/to-type.ts', "import type { A } from '../adapters/seam.ts';\nconst a: A = 1;", IMPORTS],
  ['policies/acl/to-package.ts', "import { a } from 'yaml';", IMPORTS],
  ['policies/acl/to-net.ts', "import { connect as a } from 'node:net';", IMPORTS],
  ['policies/acl/to-tls.ts', "import { connect as a } from 'node:tls';", IMPORTS],
  ['policies/acl/to-fs.ts', "import { readFileSync as a } from 'node:fs';", IMPORTS],
  ['policies/acl/to-fs-promises.ts', "import { readFile as a } from 'node:fs/promises';", IMPORTS],
  ['policies/acl/to-threads.ts', "import { Worker as a } from 'node:worker_threads';", IMPORTS],
  ['policies/acl/lazily.ts', "const a = await import('node:net');", IMPORTS],
  ['policies/acl/through.ts', "const a = 1;\nexport { connect } from 'node:net';", IMPORTS],
  ['policies/acl/clock.ts', 'const a = performance.now();', 'lint/style/noRestrictedGlobals'],
  ['policies/acl/to-analysis.ts', "import { a } from '../analysis/lint/a.ts';", IMPORTS],
  ['policies/analysis/lint/to-kernel.ts', "import { a } from '../../acl/a.ts';"],
  ['policies/analysis/lint/to-proxy.ts', "import { a } from '../../../proxy/a.ts';", IMPORTS],
  ['policies/analysis/lint/clock.ts', 'const a = performance.now();', 'lint/style/noRestrictedGlobals'],
  ['adapters/mqtt/to-policies.ts', "import { a } from '../../policies/a.ts';"],
  ['adapters/mqtt/to-adapters.ts', "import { a } from '../seam.ts';"],
  ['adapters/mqtt/to-proxy.ts', "import { a } from '../../proxy/a.ts';", IMPORTS],
  ['adapters/mqtt/to-fs.ts', "import { readFile as a } from 'node:fs/promises';", IMPORTS],
  ['adapters/mqtt/to-net.ts', "import { connect as a } from 'node:net';", IMPORTS],
  ['adapters/sinks/to-fs.ts', "import { readFile as a } from 'node:fs/promises';"],
  ['adapters/sinks/to-package.ts', "import a from 'mqtt';"],
  ['adapters/sinks/to-tls.ts', "import { connect as a } from 'node:tls';", IMPORTS],
  ['adapters/sinks/to-proxy.ts', "import { a } from '../../proxy/a.ts';", IMPORTS],
  ['proxy/to-both.ts', "import { a } from '../policies/a.ts';"],
  ['proxy/cli/to-adapters.ts', "import { a } from '../../adapters/a.ts';"],
  ['proxy/cli/to-gate.ts', "import { a } from '../gate.ts';"],
  ['proxy/cli/to-config.ts', "import { a } from '../control-plane/config/load.ts';"],
  ['proxy/cli/to-api.ts', "import { a } from '../control-plane/api/since.ts';"],
  ['proxy/cli/to-inside.ts', "import type { A } from '../control-plane/generations/a.ts';\nconst a: A = 1;", IMPORTS],
  ['proxy/cli/to-data-plane.ts', "import { a } from '../data-plane/a.ts';", IMPORTS],
  ['proxy/control-plane/to-shared.ts', "import { a } from '../shared/tables/a.ts';"],
  ['proxy/control-plane/to-messages.ts', "import { a } from '../messages.ts';"],
  [
    'proxy/control-plane/events/to-type.ts',
    "import type { A } from '../../data-plane/a.ts';\nconst a: A = 1;",
    IMPORTS,
  ],
  ['proxy/control-plane/to-cli.ts', "import { a } from '../cli/a.ts';", IMPORTS],
  ['proxy/control-plane/to-gate.ts', "import { a } from '../gate.ts';", IMPORTS],
  ['proxy/data-plane/relay/to-shared.ts', "import { a } from '../../shared/a.ts';"],
  ['proxy/data-plane/relay/to-type.ts', "import type { A } from '../../control-plane/a.ts';\nconst a: A = 1;", IMPORTS],
  ['proxy/data-plane/to-cli.ts', "import { a } from '../cli/a.ts';", IMPORTS],
  ['proxy/shared/tables/to-data-plane.ts', "import { a } from '../../data-plane/a.ts';", IMPORTS],
  ['proxy/shared/to-control-plane.ts', "import type { A } from '../control-plane/a.ts';\nconst a: A = 1;", IMPORTS],
  ['proxy/messages.ts', "import { a } from './data-plane/a.ts';", IMPORTS],
  ['proxy/gate.ts', "import { a } from './data-plane/a.ts';"],
  ['proxy/control-plane/to-documents.ts', "import { a } from '../../docs/make/a.ts';", IMPORTS],
  ['docs/make/to-all.ts', "import { a } from '../../proxy/control-plane/a.ts';"],
  [
    'proxy/circle/one.ts',
    "import type { A } from './two.ts';\nconst a: A = 1;\nexport type C = A;",
    'lint/suspicious/noImportCycles',
  ],
  [
    'proxy/circle/two.ts',
    "import type { C } from './one.ts';\nconst a: C = 1;\nexport type A = number;",
    'lint/suspicious/noImportCycles',
  ],
  ['proxy/to-test.ts', "import { a } from '../test/support/a.ts';", IMPORTS],
  ['proxy/cli/demo/to-test.ts', "import { a } from '../../../test/support/a.ts';", IMPORTS],
  ['proxy/to-unknown.ts', "import a from 'left-pad';", 'lint/correctness/noUndeclaredDependencies'],
  ['proxy/prints.ts', 'const a = 1;\nconsole.log(a);', 'lint/suspicious/noConsole'],
  ['proxy/floats.ts', 'async function a() {\n  await 1;\n}\na();', 'lint/nursery/noFloatingPromises'],
  ['test/to-all.ts', "import { a } from '../proxy/a.ts';"],
  ['test/proxy/to-support.ts', "import { a } from '../support/a.ts';"],
];

test('the linter refuses every import against the direction of the layers, and no other', async () => {
  await using dir = tempDir();
  for (const file of ['biome.json', 'package.json']) copyFileSync(join(ROOT, file), dir.file(file));
  for (const [file, content] of CASES) {
    mkdirSync(dirname(dir.file(file)), { recursive: true });
    dir.write(file, `${content}\nexport const b = [a];\n`);
  }
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout, stderr } = await runChild(process.execPath, args, { cwd: dir.path });
  assert.match(stdout, /^\{/, stderr);
  const found = rulesByFile(stdout);
  const expected = Object.fromEntries(CASES.map(([file, , rule]) => [file, rule === undefined ? [] : [rule]]));
  assert.deepEqual(Object.fromEntries(CASES.map(([file]) => [file, found.get(file) ?? []])), expected);
});

function rulesByFile(report: string): Map<string, string[]> {
  const { diagnostics } = JSON.parse(report) as { diagnostics: { category: string; location: { path: string } }[] };
  const rules = new Map<string, string[]>();
  for (const { category, location } of diagnostics) {
    rules.set(location.path, [...(rules.get(location.path) ?? []), category]);
  }
  return rules;
}
