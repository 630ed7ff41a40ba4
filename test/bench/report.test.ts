import assert from 'node:assert/strict';
import test from 'node:test';
import type { Case } from './cases/case.ts';
import { publishPacket } from './load/packets.ts';
import { figuresTable, targetsTable } from './report.ts';
import type { CaseResult } from './runner.ts';
import { paired, spread } from './stats.ts';

const rates = (values: Record<string, (number | undefined)[]>): CaseResult => ({
  case: {
    name: 'x',
    figures: [{ key: 'rate', title: '', unit: 'MB/CPU-s', digits: 0 }],
    quick: true,
    repetitions: () => 3,
    measure: () => Promise.reject(new Error('not run')),
  } satisfies Case,
  samples: new Map(
    Object.entries(values).map(([name, list]) => [
      name,
      list.map((rate) => (rate === undefined ? undefined : { rate })),
    ]),
  ),
  failures: [],
});

test('a spread has the middle of an odd and the mean of an even count', () => {
  assert.deepEqual(spread([5, 1, 3]), { median: 3, min: 1, max: 5 });
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.equal(spread([]), undefined);
});

test('pairs need both repetitions', () => {
  assert.deepEqual(
    paired([10, undefined, 30], [5, 5, 10], (a, b) => a / b),
    [2, 3],
  );
});

test('ratios are medians of pairs, not ratios of medians', () => {
  const text = figuresTable([rates({ haproxy: [100, 200, 400], headgate: [300, 400, 400] })], ['haproxy', 'headgate']);
  assert.match(text, /200 \[100-400\] +\| 400 \[300-400\] +\| 2\.00 \[1\.00-3\.00\]/);
});

const verdicts = [
  ['reached', 1.9, 'reached'],
  ['missed', 2.1, 'NOT REACHED'],
] as const;

for (const [name, atLeast, words] of verdicts) {
  test(`a target that is ${name} is called ${words}`, () => {
    const result = rates({ haproxy: [100, 100, 100], headgate: [190, 200, 220] });
    const text = targetsTable([result], [{ case: 'x', figure: 'rate', against: 'haproxy', atLeast }]);
    assert.match(text ?? '', new RegExp(`2\\.00 \\[1\\.90-2\\.20\\] +\\| ${words} +\\|`));
  });
}

test('a target on a system that failed is not measured', () => {
  const result = rates({ haproxy: [undefined, undefined], headgate: [190, 200] });
  const text = targetsTable([result], [{ case: 'x', figure: 'rate', against: 'haproxy', atLeast: 1 }]);
  assert.match(text ?? '', /not measured/);
});

test('a PUBLISH has the asked size', () => {
  for (const size of [64, 128, 129, 131, 256, 1024, 16_386, 20_000]) {
    assert.equal(publishPacket('a/b', size, 0).length, size);
    assert.equal(publishPacket('a/b', size, 1).length, size);
  }
});
