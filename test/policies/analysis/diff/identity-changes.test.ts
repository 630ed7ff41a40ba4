import assert from 'node:assert/strict';
import test from 'node:test';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { IdentitySource } from '../../../../policies/source.ts';
import { PARTNERS, PUMPS, policy, SERVERS } from './policies.ts';

const LATHES: IdentitySource = { ...PUMPS, name: 'lathes' };

const IDENTITIES: readonly (readonly [
  about: string,
  before: readonly IdentitySource[],
  after: readonly IdentitySource[],
  changes: readonly string[],
])[] = [
  ['the same', [PUMPS, SERVERS], [PUMPS, SERVERS], []],
  ['keys in another order', [SERVERS], [{ ...SERVERS, when: { subject: { CN: 'srv-*' }, trust: 'ca' } }], []],
  ['the last one is new', [PUMPS], [PUMPS, SERVERS], ['added servers widened']],
  ['one in front is new', [PUMPS], [SERVERS, PUMPS], ['added servers unclear']],
  ['one in front of another store’s is new', [PUMPS], [PARTNERS, PUMPS], ['added partners widened']],
  ['the last two are new', [PUMPS], [PUMPS, SERVERS, LATHES], ['added servers widened', 'added lathes widened']],
  ['the last two are gone', [PUMPS, SERVERS, LATHES], [PUMPS], ['removed servers narrowed', 'removed lathes narrowed']],
  ['the last one is gone', [PUMPS, SERVERS], [PUMPS], ['removed servers narrowed']],
  ['one in front is gone', [PUMPS, SERVERS], [SERVERS], ['removed pumps unclear']],
  ['a new one takes its place', [SERVERS], [PUMPS], ['added pumps widened', 'removed servers unclear']],
  ['the order', [PUMPS, SERVERS], [SERVERS, PUMPS], ['moved servers unclear']],
  ['the order of different stores', [PUMPS, PARTNERS], [PARTNERS, PUMPS], []],
  ['the principal', [SERVERS], [{ ...SERVERS, principal: 's-{CN}' }], ['changed servers unclear']],
  [
    'a wider condition',
    [SERVERS],
    [{ ...SERVERS, when: { trust: 'ca', subject: { CN: '*' } } }],
    ['changed servers widened'],
  ],
  ['a wider condition that fills as well', [fixed('srv-1')], [fixed('srv-*')], ['changed servers widened']],
  ['a narrower condition', [fixed('srv-*')], [fixed('srv-1')], ['changed servers narrowed']],
  ['a wider one before another', [fixed('srv-1'), PUMPS], [fixed('srv-*'), PUMPS], ['changed servers unclear']],
  [
    'what variables take',
    [PUMPS],
    [{ ...PUMPS, when: { trust: 'ca', san: { uri: 'spiffe://acme/{device}/{plant}' } } }],
    ['changed pumps unclear'],
  ],
  [
    'another store',
    [fixed('srv-1')],
    [{ ...fixed('srv-1'), when: { trust: 'partner-ca', subject: { CN: 'srv-1' } } }],
    ['changed servers unclear'],
  ],
];

function fixed(cn: string): IdentitySource {
  return { ...SERVERS, when: { trust: 'ca', subject: { CN: cn } }, principal: 'server' };
}

for (const [about, before, after, changes] of IDENTITIES) {
  test(`who has an identity is compared: ${about}`, () => {
    const { identities, widens, narrows } = diffPolicies(policy({}, before), policy({}, after));
    assert.deepEqual(
      identities.map(({ what, name, direction }) => `${what} ${name} ${direction}`),
      changes,
    );
    const some = (direction: string) => changes.some((one) => one.endsWith(direction) || one.endsWith('unclear'));
    assert.deepEqual([widens, narrows], [some('widened'), some('narrowed')]);
    for (const { side, path, name } of identities) {
      const index = Number(/\d+/.exec(path)?.[0]);
      assert.equal((side === 'before' ? before : after)[index]?.name, name);
    }
  });
}
