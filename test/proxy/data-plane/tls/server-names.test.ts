import assert from 'node:assert/strict';
import test from 'node:test';
import { dnsNames, ServerNames } from '../../../../proxy/data-plane/tls/server-names.ts';
import { testPki } from '../../../support/pki.ts';

const names = new ServerNames([
  [['A.example', '*.example'], 1],
  [['b.example', '*.b.example', 'a.example'], 2],
]);

for (const [name, value] of [
  ['a.example', 1],
  ['b.example', 2],
  ['c.example', 1],
  ['x.b.example', 2],
  ['x.y.b.example', undefined],
  ['example', undefined],
  ['*.example', 1],
  ['.example', undefined],
  ['', undefined],
  [undefined, undefined],
] as const) {
  test(`${name} is ${value}`, () => assert.equal(names.find(name), value));
}

test('the names of a certificate are its alternative names', async () => {
  assert.ok(dnsNames((await (await testPki()).server()).cert).includes('localhost'));
});
