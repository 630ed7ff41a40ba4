import assert from 'node:assert/strict';
import test from 'node:test';
import { limitBlocks } from '../../../policies/limits/blocks.ts';
import type { PolicySource } from '../../../policies/source.ts';

const when = { trust: 't' };
const SOURCE: PolicySource = {
  limits: { connections: 1 },
  identities: [
    { name: 'bare', when, principal: 'p', roles: [] },
    { name: 'device', when, principal: 'p', roles: ['b', 'a', 'b', 'none'], limits: { connections: 2 } },
  ],
  roles: { a: { limits: { connections: 3 } }, b: { limits: { connections: 4 } }, none: {} },
};

test('each place that limits a client is named once, from the widest to the narrowest', () => {
  const places = (index: number, roles?: string[]) => limitBlocks(SOURCE, index, roles).map(({ path }) => path);
  assert.deepEqual(places(0), ['limits']);
  assert.deepEqual(places(1), ['limits', 'identities[1].limits', 'roles.b.limits', 'roles.a.limits']);
  assert.deepEqual(places(0, ['a', 'missing']), ['limits', 'roles.a.limits'], 'roles that a client got otherwise');
  assert.deepEqual(places(7), ['limits'], 'an identity that is not there');
  const { limits: _, ...unlimited } = SOURCE;
  assert.deepEqual(limitBlocks(unlimited, 1, []), [{ path: 'identities[1].limits', limits: { connections: 2 } }]);
});
