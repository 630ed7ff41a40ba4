import assert from 'node:assert/strict';
import test from 'node:test';
import { candidates } from '../../../../proxy/data-plane/cluster/candidates.ts';

function at(name: string) {
  return { host: name, port: 9092 };
}

const CASES: readonly (readonly [what: string, bootstrap: string, learned: string, lost: string, order: string])[] = [
  ['the bootstrap list in its order', 'cab', '', '', 'cab'],
  ['then what was learned beyond it', 'ba', 'abcd', '', 'bacd'],
  ['who was lost comes last', 'ab', 'cd', 'a', 'bcda'],
  ['even when it is the only one', 'a', '', 'a', 'a'],
  ['who was lost and is known no more is not tried', 'a', 'b', 'x', 'ab'],
  ['nobody is tried twice', 'aa', 'aa', '', 'a'],
];

for (const [what, bootstrap, learned, lost, order] of CASES) {
  test(what, () => {
    const list = candidates([...bootstrap].map(at), [...learned].map(at), lost === '' ? null : at(lost));
    assert.equal(list.map(({ host }) => host).join(''), order);
  });
}

test('another port is another broker', () => {
  const [a, b] = [at('a'), { host: 'a', port: 9093 }];
  assert.deepEqual(candidates([a], [b], a), [b, a]);
});
