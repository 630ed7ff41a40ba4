import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHostRange } from '../../../../policies/acl/kafka-host.ts';
import { holdsHosts, holdsRange, rangesMeet } from '../../../../policies/analysis/lint/host-ranges.ts';

/** Two ranges: does the first hold the second, and have they an address in common? */
const PAIRS: readonly (readonly [outer: string, inner: string, holds: boolean, meet: boolean])[] = [
  ['10.0.0.0/8', '10.1.0.0/16', true, true],
  ['10.0.0.0/16', '10.0.0.0/8', false, true],
  ['10.0.0.0/8', '10.0.0.0/8', true, true],
  ['10.0.0.0/8', '11.0.0.0/8', false, false],
  ['10.1.2.3', '10.1.2.3', true, true],
  ['0.0.0.0/0', '::/0', false, false],
  ['fd00::/8', 'fd00::1', true, true],
  ['fd00::1', 'fd00::2', false, false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true, true],
];

for (const [a, b, holds, meet] of PAIRS) {
  test(`${a} ${holds ? 'holds' : 'does not hold'} ${b}`, () => {
    assert.equal(holdsRange(parseHostRange(a), parseHostRange(b)), holds);
    assert.equal(rangesMeet(parseHostRange(a), parseHostRange(b)), meet);
    assert.equal(rangesMeet(parseHostRange(b), parseHostRange(a)), meet);
  });
}

test('every address of the inner list must be in the outer one; none stated is every address', () => {
  const [wide, narrow, other] = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.7'].map(parseHostRange) as [never, never, never];
  assert.equal(holdsHosts(undefined, undefined), true);
  assert.equal(holdsHosts(undefined, [narrow]), true);
  assert.equal(holdsHosts([wide], undefined), false);
  assert.equal(holdsHosts([wide], [narrow]), true);
  assert.equal(holdsHosts([wide], [narrow, other]), false);
  assert.equal(holdsHosts([other, wide], [narrow, other]), true);
});
