import assert from 'node:assert/strict';
import test from 'node:test';
import { profileCommand } from '../../../proxy/cli/profile.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES } from '../../../proxy/shared/tls/profiles.ts';

async function profile(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await profileCommand.run(argv, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function done(...argv: string[]): Promise<string> {
  const { code, out, err } = await profile(...argv);
  assert.equal(err, '');
  assert.equal(code, 0);
  return out;
}

test('list has a line for every profile, with its date and source', async () => {
  const [heading, ...lines] = (await done('list')).split('\n');
  assert.match(heading ?? '', /^NAME +DATE +VERSIONS +POST-QUANTUM +SOURCE$/);
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    TLS_PROFILE_NAMES,
  );
  assert.match(lines[0] ?? '', / 2026-04-06 +TLSv1\.3 +X25519MLKEM768 +Mozilla, /);
  assert.deepEqual(
    JSON.parse(await done('list', '--json')).map((one: { name: string }) => one.name),
    TLS_PROFILE_NAMES,
  );
});

test('show prints everything that a profile says', async () => {
  for (const name of TLS_PROFILE_NAMES) {
    const { suites, groups, signatures, notes, source, date, versions } = TLS_PROFILES[name];
    const lines = (await done('show', name)).split('\n');
    const said = [source, date, ...versions, ...suites['TLSv1.3'], ...suites['TLSv1.2'], ...signatures, ...notes];
    for (const value of [...said, ...groups.postQuantum, ...groups.classic]) {
      assert.ok(
        lines.some((line) => line.endsWith(`  ${value}`)),
        `${name}: ${value}`,
      );
    }
  }
});

test('show prints keys, life and what is missing in words', async () => {
  const cnsa2 = await done('show', 'cnsa2');
  for (const line of [/^certificate keys +ml-dsa-87$/m, /^certificate life +no limit$/m, /^classic groups +none$/m]) {
    assert.match(cnsa2, line);
  }
  assert.match(await done('show', 'mozilla-modern'), /^certificate life +up to 90 days$/m);
  const data = JSON.parse(await done('show', '--json', 'cnsa2'));
  assert.equal(data.certificateDays, null);
  assert.deepEqual(data.keys, { rsaMin: null, curves: [], types: ['ml-dsa-87'] });
});

test('diff prints what one has and the other has not, and nothing between a profile and itself', async () => {
  const text = await done('diff', 'mozilla-intermediate', 'nist-800-52r2');
  assert.match(text, /^- mozilla-intermediate\n\+ nist-800-52r2\n/);
  assert.match(text, /\nclassic groups\n {2}- X25519\n {2}\+ P-521\n/);
  assert.match(text, /\nTLSv1\.3 suites in another order\n {2}- TLS_CHACHA20_POLY1305_SHA256\n/);
  assert.doesNotMatch(text, /\nversions/);
  assert.equal(await done('diff', 'cnsa2', 'cnsa2'), '- cnsa2\n+ cnsa2');
  const [first] = JSON.parse(await done('diff', 'mozilla-modern', 'mozilla-intermediate', '--json'));
  assert.deepEqual(first, { title: 'versions', removed: [], added: ['TLSv1.2'], reordered: false });
});

const USAGE: readonly [message: RegExp, ...argv: string[]][] = [
  [/a command is missing/],
  [/no command "lits"/, 'lits'],
  [/NAME is missing/, 'show'],
  [/B is missing/, 'diff', 'cnsa2'],
  [/"cnsa2" is one argument too many/, 'list', 'cnsa2'],
  [/no profile "cnsa"; did you mean cnsa2\?/, 'show', 'cnsa'],
  [/no profile "toString"; the profiles are mozilla-modern, /, 'show', 'toString'],
  [/Unknown option '--xml'/, 'list', '--xml'],
];

for (const [message, ...argv] of USAGE) {
  test(`exit code 2 for: profile ${argv.join(' ')}`, async () => {
    const { code, out, err } = await profile(...argv);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, message);
    assert.match(err, /\nusage: headgate profile list \| show NAME \| diff A B/);
  });
}
