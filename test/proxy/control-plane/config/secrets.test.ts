/** A secret that stands in the file, or comes from outside, is in no problem, excerpt or JSON. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { problemsAsData, renderProblems } from '../../../../proxy/control-plane/config/print.ts';
import { edit, type Workspace, workspace } from './support.ts';

const SECRET = 'Zx9secretQ';

/** All that a person or a program is ever told about `text`. */
function told(dir: Workspace, text: string, env = {}): string {
  const problems = dir.problems(text, { env });
  return `${renderProblems(problems)}\n${JSON.stringify(problems)}\n${JSON.stringify(problemsAsData(problems))}`;
}

const upstream = (lines: string): string => edit('address: broker:1883\n', `address: broker:1883\n      ${lines}\n`);

const CASES: readonly (readonly [name: string, text: string])[] = [
  ['a password without a user name', upstream(`password: ${SECRET}`)],
  ['in one line with a fault', upstream(`tls: { ca: none.pem, passphrase: ${SECRET} }`)],
  ['under a misspelt key', upstream(`pasword: ${SECRET}`)],
  ['under a misplaced key', `${upstream('username: u')}password: ${SECRET}\n`],
  ['a list', upstream(`password: [${SECRET}]`)],
  ['a section', upstream(`password: { value: ${SECRET} }`)],
  ['a key', upstream(`password: { ${SECRET}: 1 }`)],
  ['a key without a value', upstream(`tls: { ca: none.pem, ${SECRET} }`)],
  ['a key after a lost colon', upstream(`tls: { ca: none.pem, passphrase "${SECRET}" }`)],
  ['over several lines', upstream(`password: |\n        first\n        ${SECRET}\n      bad: 1`)],
  ['a key twice', upstream(`username: u\n      password: ${SECRET}\n      password: ${SECRET}2`)],
  ['a tag', upstream(`password: !${SECRET} x`)],
  ['an alias', upstream(`password: *${SECRET}`)],
  ['an unclosed quote', upstream(`password: "${SECRET}`)],
  ['a bad escape', upstream(`password: "\\q${SECRET}"`)],
  ['a colon in the value', upstream(`password: ab: ${SECRET}`)],
  ['a character that begins no value', upstream(`password: @${SECRET}`)],
  ['a broken reference', upstream(`password: "${SECRET}\${env:NONE}"`)],
  ['a broken reference after another', upstream(`password: "\${env:NONE}${SECRET}\${vault:x}"`)],
  ['by anchor', upstream(`username: &s ${SECRET}\n      password: *s\n      passthrough: 1`)],
  ['a short token', edit('workers: 1', `admin: { listen: 127.0.0.1:1, token: ${SECRET} }`)],
  ['a token with a socket', edit('workers: 1', `admin: { socket: a, token: ${SECRET}${SECRET} }`)],
  ['a URL with a password', edit('workers: 1', `telemetry: { endpoint: "ftp://u:${SECRET}@x" }`)],
  ['a passphrase for a key that has none', edit('key: server.key', `key: server.key\n      passphrase: ${SECRET}`)],
  ['a private key in place of its name', edit('key: server.key', `key: "-----BEGIN PRIVATE KEY-----${SECRET}"`)],
  [
    'a private key as a block',
    edit('key: server.key', `key: |\n        -----BEGIN PRIVATE KEY-----\n        ${SECRET}`),
  ],
];

for (const [name, text] of CASES) {
  test(`a secret in the file is not repeated: ${name}`, async () => {
    await using dir = await workspace();
    const words = told(dir, text);
    assert.match(words, /error|warning/, 'the case must be told about at all');
    assert.ok(!words.includes(SECRET), words);
  });
}

test('a secret from the environment or a file is not repeated', async () => {
  await using dir = await workspace();
  dir.write('secret.txt', `${SECRET}\n`);
  const config = (value: string) =>
    edit('workers: 1', `admin: { listen: 127.0.0.1:1, token: "${value}" }\ntelemetry: { endpoint: "${value}" }`);
  for (const value of [`\${env:S}`, `\${file:secret.txt}`]) {
    const words = told(dir, config(value), { S: SECRET });
    assert.match(words, /at least 16 characters/);
    assert.match(words, /http:\/\//);
    assert.ok(!words.includes(SECRET), words);
  }
});

test('the line of a reference is shown: it holds no secret', async () => {
  await using dir = await workspace();
  const [problem] = dir.problems(upstream(`password: "\${file:none}"\n      username: u`));
  assert.equal(problem?.excerpt, `      password: "\${file:none}"`);
});

test('no damage around a secret makes it appear', { timeout: 60_000 }, async () => {
  await using dir = await workspace();
  const base = upstream(`username: headgate\n      password: ${SECRET}\n      connectTimeout: 1s`).replace(
    'workers: 1',
    `admin: { listen: 127.0.0.1:1, token: "${SECRET}${SECRET}" }`,
  );
  const put = fc.constantFrom('', ' ', '\n', '\n  ', 'x', '"', "'", '{', ']', ':', '&', '!', '|', '\t', '#', ',');
  fc.assert(
    fc.property(fc.nat(base.length), fc.nat(3), put, (at, cut, insert) => {
      const text = base.slice(0, at) + insert + base.slice(at + cut);
      const start = text.indexOf(SECRET);
      // A cut that makes the secret a key, or the value of a key that is none for secrets, is out of reach.
      fc.pre(start > 0 && /(?:pass|token)[^,}]*$/.test(text.slice(text.lastIndexOf('\n', start), start)));
      const words = told(dir, text);
      assert.ok(!words.includes(SECRET), `${text}\n${words}`);
    }),
    { numRuns: 400 },
  );
});
