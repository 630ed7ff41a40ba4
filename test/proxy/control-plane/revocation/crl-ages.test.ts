import assert from 'node:assert/strict';
import test from 'node:test';
import { CrlAges } from '../../../../proxy/control-plane/revocation/crl-ages.ts';

const list = (number: string, nextUpdate: number | null, freshUntil: number) => ({
  ...{ store: 's', name: 'f', issuer: 'CN=CA', number, thisUpdate: 0, nextUpdate, freshUntil, entries: 1 },
});

test('each list is told once overdue and once stale; one that was replaced is forgotten', () => {
  const ages = new CrlAges();
  const told = (lists: readonly ReturnType<typeof list>[], now: number) =>
    ages.changes(lists, now).map((one) => `${one.list.number} ${one.age}`);
  const one = list('1', 100, 200);
  assert.deepEqual(told([one], 100), []);
  assert.deepEqual(told([one], 101), ['1 overdue']);
  assert.deepEqual(told([one], 150), []);
  assert.deepEqual(told([one, list('2', null, 120)], 201), ['1 stale', '2 stale']);
  assert.deepEqual(told([one], 300), []);
  assert.deepEqual(told([list('3', 400, 400)], 300), []);
  assert.deepEqual(told([one], 300), ['1 stale']);
});
