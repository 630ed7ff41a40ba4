import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Io } from '../../../proxy/cli/io.ts';
import { main } from '../../../proxy/cli/main.ts';

async function headgate(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = { out: (line) => void out.push(line), err: (line) => void err.push(line) };
  const code = await main(argv, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const COMMANDS = ['run', 'check', 'demo', 'pki', 'profile', 'rejections', 'version', 'help'];

test('help lists every command and the exit codes', async () => {
  for (const argv of [['help'], ['--help'], ['-h']]) {
    const { code, out, err } = await headgate(...argv);
    assert.equal(code, 0);
    assert.equal(err, '');
    for (const command of COMMANDS) assert.match(out, new RegExp(`^  ${command} `, 'm'));
    assert.match(out, /exit codes:\n {2}0 {2}done\n {2}1 {2}failed\n {2}2 {2}wrong usage/);
  }
});

for (const command of COMMANDS) {
  test(`headgate ${command} --help tells usage and exit codes`, async () => {
    const asked = await headgate(command, '--help');
    assert.equal(asked.code, 0);
    assert.match(asked.out, new RegExp(`headgate ${command}`));
    assert.match(asked.out, /exit codes?:/i);
    assert.deepEqual(await headgate('help', command), asked);
  });
}

test('no command prints the overview to standard error and fails', async () => {
  const { code, out, err } = await headgate();
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.match(err, /^usage: headgate COMMAND/);
});

for (const [typed, near] of [
  ['rejcetions', 'rejections'],
  ['chek', 'check'],
  ['runn', 'run'],
] as const) {
  test(`an unknown command ${typed} is answered with ${near}`, async () => {
    const { code, err } = await headgate(typed);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`no command "${typed}"; did you mean ${near}\\?`));
  });
}

for (const typed of ['frobnicate', 'toString', '__proto__', '']) {
  test(`an unknown command ${JSON.stringify(typed)} far from all others gets no suggestion`, async () => {
    const { code, err } = await headgate(typed);
    assert.equal(code, 2);
    assert.match(err, /no command/);
    assert.doesNotMatch(err, /did you mean/);
    assert.deepEqual((await headgate('help', typed)).code, 2);
  });
}

test('version prints headgate, Node and OpenSSL', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  for (const argv of [['version'], ['--version'], ['-V']]) {
    const { code, out } = await headgate(...argv);
    assert.equal(code, 0);
    assert.equal(out, `headgate ${version}\nNode ${process.versions.node}\nOpenSSL ${process.versions.openssl}`);
  }
});
