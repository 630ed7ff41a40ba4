import assert from 'node:assert/strict';
import test from 'node:test';
import { Staples } from '../../../../proxy/data-plane/tls/staples.ts';

test('what is stapled is the last word about exactly this certificate, while it holds', () => {
  const staples = new Staples();
  const [one, two] = [Buffer.from('one'), Buffer.from('two')];
  assert.equal(staples.find('aa', 0), null);
  staples.replace(new Map([['aa', { der: one, until: 100 }]]));
  assert.deepEqual([staples.find('aa', 99), staples.find('aa', 100), staples.find('bb', 0)], [one, null, null]);
  staples.replace(new Map([['bb', { der: two, until: 100 }]]));
  assert.deepEqual([staples.find('aa', 0), staples.find('bb', 0)], [null, two]);
});
