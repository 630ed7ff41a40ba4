/** Configurations made to hurt: each ends in a named problem, in time that grows with its size only. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { edit, SOUND, workspace } from './support.ts';

/** Far above what any case takes; a case that hangs or squares fails. */
const DEADLINE = { timeout: 60_000 };

test('a file above 10 MiB is refused before it is read', DEADLINE, async () => {
  await using dir = await workspace();
  const [problem, ...more] = dir.problems(Buffer.alloc(10 * 1024 * 1024 + 1, '# '));
  assert.equal(problem?.message, 'the file is larger than 10 MiB');
  assert.deepEqual(more, []);
});

test('a large file of many keys is read, and each twin is told', DEADLINE, async () => {
  await using dir = await workspace();
  const roles = Array.from({ length: 9000 }, (_, i) => `  r${i}: { limits: { publish: 1/s } }\n`).join('');
  assert.ok(dir.load(edit('roles:\n', `roles:\n${roles}`)).ok);
  const twins = dir.problems(edit('roles:\n', `roles:\n${roles}${roles}`));
  assert.equal(twins.length, 1001);
  assert.equal(twins.at(-1)?.message, '8000 more problems');
});

test('the number of entries has a limit', DEADLINE, async () => {
  await using dir = await workspace();
  const roles = Array.from({ length: 10_000 }, (_, i) => `  r${i}: {}\n`).join('');
  const [problem] = dir.problems(edit('roles:\n', `roles:\n${roles}`));
  assert.equal(`${problem?.path}: ${problem?.message}`, 'roles: at most 10000 entries');
});

const NESTED: readonly (readonly [name: string, text: string])[] = [
  ['brackets', `a: ${'['.repeat(100_000)}`],
  ['closed brackets', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['braces', 'a: {'.repeat(20_000)],
  ['dashes', `a:\n ${'- '.repeat(100_000)}x`],
  ['indentation', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['explicit keys', `${'? '.repeat(100_000)}a`],
];

for (const [name, text] of NESTED) {
  test(`deep nesting is refused: ${name}`, DEADLINE, async () => {
    await using dir = await workspace();
    const problems = dir.problems(text);
    assert.match(problems[0]?.message ?? '', /^the file is nested deeper than 64 levels$/);
    assert.equal(problems.length, 1);
  });
}

test('depth within the limit is no problem of its own', DEADLINE, async () => {
  await using dir = await workspace();
  const problems = dir.problems(edit('workers: 1', `extra: ${'['.repeat(60)}${']'.repeat(60)}`));
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['the key "extra" is not known'],
  );
});

test('a bomb of aliases is defused', DEADLINE, async () => {
  await using dir = await workspace();
  const lines = ['l0: &l0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++)
    lines.push(
      `l${i}: &l${i} [${Array(10)
        .fill(`*l${i - 1}`)
        .join(', ')}]`,
    );
  const problems = dir.problems(`${lines.join('\n')}\n`);
  const bombs = problems.filter(({ message }) => message === 'aliases (*name) stand for more than 10000 values');
  assert.equal(bombs.length, 1);
});

test('a hundred thousand aliases and anchors do not square', DEADLINE, async () => {
  await using dir = await workspace();
  const anchors = Array.from({ length: 20_000 }, (_, i) => `- &a${i} x`).join('\n');
  const aliases = Array.from({ length: 9000 }, (_, i) => `- *a${i}`).join('\n');
  const problems = dir.problems(edit('workers: 1', `extra:\n${anchors}\n${aliases}`));
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['the key "extra" is not known'],
  );
});

test('a thousand mistakes in the YAML are told as a few', DEADLINE, async () => {
  await using dir = await workspace();
  for (const text of [
    '&a '.repeat(5000),
    '*a '.repeat(5000),
    '"'.repeat(5001),
    '!a &b '.repeat(5000),
    '[[]'.repeat(3000),
  ]) {
    const problems = dir.problems(`a: ${text}\n`);
    assert.ok(problems.length >= 1 && problems.length <= 21, `${problems.length}`);
    assert.equal(problems[0]?.severity, 'error');
  }
});

test('a pipe or a device in place of a file is refused, not waited for', DEADLINE, async () => {
  await using dir = await workspace();
  execFileSync('/usr/bin/env', ['mkfifo', dir.file('pipe')]);
  for (const name of ['pipe', '/dev/zero']) {
    const [problem] = dir.problems(edit('ca: ca.pem', `ca: ${name}`));
    assert.match(problem?.message ?? '', /is not a regular file$/);
  }
});

test('a sparse file of many gigabytes is refused by its size', DEADLINE, async () => {
  await using dir = await workspace();
  truncateSync(dir.write('huge.pem', ''), 64 * 1024 ** 3);
  const [problem] = dir.problems(edit('ca: ca.pem', 'ca: huge.pem'));
  assert.match(problem?.message ?? '', /is larger than 16 MiB/);
});

test('a CA file of many beginnings without an end costs no square', DEADLINE, async () => {
  await using dir = await workspace();
  dir.write('begins.pem', '-----BEGIN CERTIFICATE-----\n'.repeat(200_000));
  const [problem] = dir.problems(edit('ca: ca.pem', 'ca: begins.pem'));
  assert.match(problem?.message ?? '', /cannot be read$/);
});

test(
  'no damage to a configuration makes the loader throw, and it either loads or says what is wrong',
  DEADLINE,
  async () => {
    await using dir = await workspace();
    const garbage = fc.constantFrom(
      '\t',
      '\n',
      ' ',
      ':',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '*',
      '&',
      '!',
      '|',
      '>',
      '-',
      '?',
      '%',
      '#',
      ',',
      '0',
      'é',
      '\0',
      '$' + '{',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(SOUND.length), fc.nat(12), garbage), { minLength: 1, maxLength: 4 }),
        (edits) => {
          let text = SOUND;
          for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut);
          const result = dir.load(text);
          const lines = text.split('\n').length;
          if (result.ok) return;
          assert.ok(result.problems.some(({ severity }) => severity === 'error'));
          for (const { line, column } of result.problems) assert.ok(line >= 1 && line <= lines && column >= 1);
        },
      ),
      { numRuns: 300 },
    );
  },
);
