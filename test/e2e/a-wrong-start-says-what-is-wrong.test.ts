/** What cannot run does not run: exit codes and words of `headgate run` and `headgate check`. */
import assert from 'node:assert/strict';
import { chmodSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess } from '../support/gate.ts';
import { gateYaml, writeGate } from '../support/gate-config.ts';
import { testPki } from '../support/pki.ts';
import { accepts } from '../support/port-open.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const pki = await testPki();
const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');

function headgate(...args: string[]) {
  return runChild(process.execPath, [PROGRAM, ...args]);
}

interface Wrong {
  readonly name: string;
  /** Makes the configuration wrong; the port is free. */
  prepare(dir: TempDir, yaml: string, port: number): string | Promise<string>;
  readonly says: readonly RegExp[];
  /** Of `check`; that of `run` is 2. */
  readonly check: 0 | 2;
}

const line = (yaml: string, text: string): number => yaml.split('\n').findIndex((row) => row.includes(text)) + 1;

const WRONG: readonly Wrong[] = [
  {
    name: 'a revocation list that is none',
    prepare: (_dir, yaml) => yaml.replace('ca: ca.pem', 'ca: ca.pem\n    revocation: { crl: ca.pem }'),
    says: [/revocation\.crl/, /holds no revocation list/],
    check: 2,
  },
  {
    name: 'a misspelt key',
    prepare: (_dir, yaml) => yaml.replace('workers:', 'workres:'),
    says: [/workres/, /workers/],
    check: 2,
  },
  {
    name: 'a key file that is not there',
    prepare: (dir, yaml) => {
      unlinkSync(dir.file('server.key'));
      return yaml;
    },
    says: [/server\.key/],
    check: 2,
  },
  {
    name: 'a key file that cannot be read',
    prepare: (dir, yaml) => {
      unlinkSync(dir.file('server.key'));
      return yaml.replace('key: server.key', 'key: .');
    },
    says: [/tls\.key|key/],
    check: 2,
  },
  {
    name: 'a key of another certificate',
    prepare: async (dir, yaml) => {
      dir.write('server.key', (await pki.device('other')).key);
      return yaml;
    },
    says: [/server\.key|key/],
    check: 2,
  },
  {
    name: 'a key that others can read, with strictPermissions: refuse',
    prepare: (dir, yaml) => {
      chmodSync(dir.file('server.key'), 0o644);
      return `${yaml}strictPermissions: refuse\n`;
    },
    says: [/server\.key/, /chmod|0?600/],
    check: 2,
  },
  {
    name: 'several errors at once',
    prepare: (_dir, yaml) => yaml.replace('workers: 0', 'workers: many').replace('qos:', 'qoss:'),
    says: [/workers/, /qoss/],
    check: 2,
  },
  { name: 'no YAML at all', prepare: () => 'listeners: [', says: [/headgate\.yaml:\d+:\d+/], check: 2 },
];

for (const { name, prepare, says, check } of WRONG) {
  test(`${name}: run ends with 2, check with ${check}, both say where`, async () => {
    await using dir = tempDir();
    const port = await freePort();
    const options = { broker: 1, port };
    const file = await writeGate(dir, options);
    dir.write('headgate.yaml', await prepare(dir, gateYaml(options), port));
    const run = await headgate('run', '--config', file);
    assert.equal(run.code, 2, run.stderr);
    assert.match(run.stderr, /headgate\.yaml:\d+:\d+/);
    for (const words of says) assert.match(run.stderr, words);
    const checked = await headgate('check', '--config', file);
    assert.equal(checked.code, check, checked.stderr);
    assert.match(checked.stderr, /headgate\.yaml:\d+:\d+/);
    for (const words of says) assert.match(checked.stderr, words);
    assert.equal(await accepts(port), false);
  });
}

test('the place is exact: file, line and column of the key', async () => {
  await using dir = tempDir();
  const yaml = gateYaml({ broker: 1 }).replace('principal:', 'principle:');
  await writeGate(dir, { broker: 1 });
  const file = dir.write('headgate.yaml', yaml);
  const { stderr } = await headgate('check', '--config', file);
  const column = (yaml.split('\n')[line(yaml, 'principle:') - 1] as string).indexOf('principle') + 1;
  assert.ok(stderr.includes(`headgate.yaml:${line(yaml, 'principle:')}:${column}`), stderr);
  assert.match(stderr, /principal/);
});

test('a key that others can read is warned about at the start, and the gate runs', async () => {
  await using dir = tempDir();
  const port = await freePort();
  const file = await writeGate(dir, { broker: 1, port });
  chmodSync(dir.file('server.key'), 0o644);
  const { code, stderr, stdout } = await headgate('check', '--config', file);
  assert.equal(code, 0);
  assert.match(stderr, /server\.key/);
  assert.match(stdout, /ok: 1 listener.*1 warning/);
  await using gate = await startGateProcess(dir, { broker: 1, port });
  await gate.printed('listening');
  assert.doesNotMatch(gate.stdout, /others/, 'the file was written anew, readable by its owner only');
  chmodSync(dir.file('server.key'), 0o644);
  dir.write('headgate.yaml', gateYaml({ broker: 1, port, more: { maxConnections: 7 } }));
  gate.process.kill('SIGHUP');
  await gate.printed(/"changed":true.*\n(.*\n)*.*"changed":true/);
  assert.match(gate.stdout, /"level":"warn".*server\.key/);
});

for (const { name, args, code } of [
  { name: 'a file that is not there', args: ['run', '--config', 'nowhere.yaml'], code: 2 },
  { name: 'an unknown option', args: ['run', '--listen', '1'], code: 2 },
  { name: 'an unknown command', args: ['rum'], code: 2 },
  { name: 'no command', args: [], code: 2 },
  { name: 'check without a file', args: ['check'], code: 2 },
]) {
  test(`${name} ends with ${code} and a word on standard error`, async () => {
    const result = await headgate(...args);
    assert.equal(result.code, code);
    assert.notEqual(result.stderr, '');
    assert.equal(result.stdout, '');
  });
}
