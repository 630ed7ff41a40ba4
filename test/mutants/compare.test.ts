import assert from 'node:assert/strict';
import test from 'node:test';
import { compare, inOneLine, type Survivor, sourceBetween } from './compare.ts';
import { SURVIVORS } from './survivors.ts';

function survivor(file: string, original: string, mutated: string): Survivor {
  return { file, line: 1, original, mutated, covered: true };
}

const LIST = [
  {
    file: 'a.ts',
    reason: '',
    mutants: [
      ['x < 1', 'x <= 1'],
      ['x < 1', 'x <= 1'],
      ['y', 'true'],
    ],
  },
  { file: 'b.ts', reason: '', mutants: [['y', 'true']] },
] as const;

test('a survivor that the list does not have for its file is unknown', () => {
  const other = [survivor('a.ts', 'x < 1', 'true'), survivor('c.ts', 'y', 'true')];
  const { unknown, known } = compare([survivor('a.ts', 'y', 'true'), ...other], LIST, new Set(['a.ts', 'c.ts']));
  assert.deepEqual(unknown, other);
  assert.equal(known, 1);
});

test('an entry stands for one survivor; two that look alike need two', () => {
  const same = survivor('a.ts', 'x < 1', 'x <= 1');
  assert.equal(compare([same, same], LIST, new Set(['a.ts'])).unknown.length, 0);
  assert.equal(compare([same, same, same], LIST, new Set(['a.ts'])).unknown.length, 1);
});

test('entries without a survivor are gone, those for files that were not mutated are not', () => {
  const { gone } = compare([survivor('a.ts', 'x < 1', 'x <= 1')], LIST, new Set(['a.ts']));
  assert.deepEqual(gone, [
    { file: 'a.ts', original: 'x < 1', mutated: 'x <= 1' },
    { file: 'a.ts', original: 'y', mutated: 'true' },
  ]);
});

test('lines and columns of a source count from 1', () => {
  const source = 'const a = 1;\nif (a) {\n  b();\n}\n';
  assert.equal(sourceBetween(source, { line: 1, column: 7 }, { line: 1, column: 8 }), 'a');
  assert.equal(sourceBetween(source, { line: 2, column: 8 }, { line: 4, column: 2 }), '{\n  b();\n}');
});

test('code is told in one line, long code by its start and end', () => {
  assert.equal(inOneLine(' {\n  b();\n} '), '{ b(); }');
  assert.equal(inOneLine('x'.repeat(90)), 'x'.repeat(90));
  assert.equal(inOneLine(`${'x'.repeat(70)} ${'y'.repeat(27)}`), `${'x'.repeat(60)} … ${'y'.repeat(27)}`);
});

test('every known survivor has a reason', () => {
  for (const { file, reason, mutants } of SURVIVORS) {
    assert.match(reason, /^(equivalent|text): .{10}/, file);
    assert.ok(mutants.length > 0, file);
  }
});
