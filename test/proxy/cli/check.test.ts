import assert from 'node:assert/strict';
import test from 'node:test';
import { checkCommand } from '../../../proxy/cli/check.ts';
import { edit, SOUND, workspace } from '../control-plane/config/support.ts';

interface Run {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

async function check(...argv: string[]): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await checkCommand.run(argv, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

test('a sound configuration is summed up in one line', async () => {
  await using dir = await workspace();
  const file = dir.write('headgate.yaml', SOUND);
  assert.deepEqual(await check('--config', file), {
    code: 0,
    out: [`${file}: ok: 1 listener, 1 identity, 1 role, 1 rule`],
    err: [],
  });
});

test('warnings are printed and counted, and are no failure', async () => {
  await using dir = await workspace();
  const file = dir.write('headgate.yaml', edit('ca: ca.pem', 'ca: server.pem'));
  const { code, out, err } = await check('--config', file);
  assert.equal(code, 0);
  assert.deepEqual(out, [`${file}: ok: 1 listener, 1 identity, 1 role, 1 rule (1 warning)`]);
  assert.match(err.join('\n'), /headgate.yaml:13:\d+: warning: trust\.devices\.ca: the certificate is not one of a CA/);
});

test('every problem is printed with place and fix, and the exit code is 2', async () => {
  await using dir = await workspace();
  const file = dir.write('headgate.yaml', SOUND.replace('mozilla-modern', 'mozilla-new').replace('workers', 'wokers'));
  const { code, out, err } = await check('--config', file);
  assert.equal(code, 2);
  assert.deepEqual(out, []);
  assert.equal(err.length, 3);
  assert.match(
    err[0] ?? '',
    /headgate.yaml:6:16: error: listeners\[0\].tls.profile: must be one of mozilla-modern, mozilla-intermediate, nist-800-52r2, bsi-tr-02102-2, cnsa2\n {10}profile: mozilla-new\n {19}\^/,
  );
  assert.match(
    err[1] ?? '',
    /headgate.yaml:25:1: error: wokers: the key "wokers" is not known\n {2}fix: did you mean "workers"\?/,
  );
  assert.equal(err[2], `${file}: 2 errors`);
});

test('--json prints the same as one object', async () => {
  await using dir = await workspace();
  const file = dir.write('headgate.yaml', edit('workers', 'wokers'));
  const broken = await check('--config', file, '--json');
  assert.equal(broken.code, 2);
  assert.deepEqual(broken.err, []);
  assert.deepEqual(JSON.parse(broken.out.join('\n')), {
    ok: false,
    problems: [
      {
        file,
        line: 25,
        column: 1,
        path: 'wokers',
        message: 'the key "wokers" is not known',
        fix: 'did you mean "workers"?',
        severity: 'error',
      },
    ],
  });
  dir.write('headgate.yaml', SOUND);
  const sound = await check('--json', '--config', file);
  assert.equal(sound.code, 0);
  assert.deepEqual(JSON.parse(sound.out.join('\n')), {
    ok: true,
    listeners: 1,
    identities: 1,
    roles: 1,
    rules: 1,
    problems: [],
  });
});

test('wrong usage is reported with the right one', async () => {
  for (const argv of [[], ['--config'], ['--confg', 'x'], ['--config', 'x', 'y']]) {
    const { code, out, err } = await check(...argv);
    assert.equal(code, 2);
    assert.deepEqual(out, []);
    assert.match(err.join('\n'), /^headgate check: .+\nusage: headgate check --config FILE \[--json\]$/s);
  }
});
