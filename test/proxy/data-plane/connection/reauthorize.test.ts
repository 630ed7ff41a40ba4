import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import type { LimitsSource } from '../../../../policies/source.ts';
import type { CertificateFacts, Identified, Unidentified } from '../../../../policies/types.ts';
import { reauthorize } from '../../../../proxy/data-plane/connection/reauthorize.ts';
import type { Generation } from '../../../../proxy/data-plane/generation.ts';
import { NO_REVOCATION } from '../../../support/no-revocation.ts';

const IDENTIFIED: Identified = {
  ok: true,
  identity: 'devices',
  principal: 'pump-1',
  roles: ['device'],
  variables: {},
  limits: {},
};
/** When sessions are authorized again; the age of certificates is counted from it. */
const NOW = 1_700_000_000_000;
const NO_OCSP = { knownOcsp: () => undefined };
const element = (sha256: string) => ({
  sha256,
  keySha256: '',
  certificate: NO_CERTIFICATE,
  points: [],
  responders: [],
  authority: null,
});
const TRUSTED = {
  store: 'iot',
  chain: [element('leaf'), element('aabb')],
  facts: { serial: '01' } as CertificateFacts,
};

const CLIENT = { listener: 'plant', verdict: TRUSTED, identified: IDENTIFIED };

interface World {
  readonly listener?: string;
  readonly store?: string;
  readonly anchors?: readonly string[];
  readonly identified?: Identified | Unidentified;
}
/** Of the listener. */
const LIMITS: LimitsSource = { connections: 7 };

/** A generation in which the client stands as before, but for what is given. */
function generation({
  listener = 'plant',
  store = 'iot',
  anchors = ['aabb'],
  identified = IDENTIFIED,
}: World): Generation {
  return {
    listeners: [
      { plan: { name: 'other' }, stores: [] },
      {
        plan: { name: listener, tls: { clientAuth: 'required' }, limits: LIMITS },
        trust: {
          stores: new Map([[store, { anchors: new Set(anchors), pins: new Set(), revocation: { mode: 'off' } }]]),
        },
      },
    ],
    revocation: NO_REVOCATION,
    policy: {
      identify: (name: string, facts: CertificateFacts, now: number, limits: LimitsSource) => {
        assert.deepEqual([name, facts, now, limits], ['iot', TRUSTED.facts, NOW, LIMITS]);
        return identified;
      },
    },
  } as unknown as Generation;
}

test('a session goes on with its listener and its rights as they are now', () => {
  const identified = { ...IDENTIFIED, roles: ['device', 'meter'] };
  const next = generation({ identified, anchors: ['CC', 'aabb'] });
  const result = reauthorize(CLIENT, next, NO_OCSP, NOW);
  assert.ok(result.stands);
  assert.equal(result.listener, next.listeners[1]);
  assert.equal(result.identified, identified);
});

const ENDS: readonly (readonly [what: string, world: World, reason: string, message: RegExp])[] = [
  ['its listener is gone', { listener: 'renamed' }, 'drain', /listener is gone/],
  ['its trust store is gone', { store: 'partners' }, 'policy-changed', /no longer in a trust store/],
  ['its CA is gone', { anchors: ['CC'] }, 'policy-changed', /no longer in a trust store/],
  ['nobody knows it', { identified: { ok: false, reason: 'none' } }, 'policy-changed', /no longer stands/],
  [
    'it is another principal',
    { identified: { ...IDENTIFIED, principal: 'pump-2' } },
    'policy-changed',
    /no longer stands/,
  ],
  [
    'it is another identity',
    { identified: { ...IDENTIFIED, identity: 'fleet' } },
    'policy-changed',
    /no longer stands/,
  ],
];

for (const [what, world, reason, message] of ENDS) {
  test(`a session ends when ${what}`, () => {
    const result = reauthorize(CLIENT, generation(world), NO_OCSP, NOW);
    assert.ok(!result.stands);
    assert.equal(result.reason, reason);
    assert.match(result.message, message);
  });
}
