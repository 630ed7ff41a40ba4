import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import type { LimitsSource } from '../../../../policies/source.ts';
import type { CertificateFacts, Identified, Unidentified } from '../../../../policies/types.ts';
import { rejudge } from '../../../../proxy/data-plane/connection/reauthorize.ts';
import type { Generation } from '../../../../proxy/data-plane/generation.ts';
import { NO_REVOCATION } from '../../../support/no-revocation.ts';

const WHO: Identified = {
  ok: true,
  identity: 'devices',
  principal: 'pump-1',
  roles: ['device'],
  variables: {},
  limits: {},
};
/** When sessions are judged again; the age of certificates is counted from it. */
const NOW = 1_700_000_000_000;
const NO_OCSP = { known: () => undefined };
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

interface World {
  readonly listener?: string;
  readonly store?: string;
  readonly anchors?: readonly string[];
  readonly who?: Identified | Unidentified;
}
/** Of the listener. */
const LIMITS: LimitsSource = { connections: 7 };

/** A generation in which the client stands as before, but for what is given. */
function generation({ listener = 'plant', store = 'iot', anchors = ['aabb'], who = WHO }: World): Generation {
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
        return who;
      },
    },
  } as unknown as Generation;
}

test('a session goes on with its listener and its rights as they are now', () => {
  const who = { ...WHO, roles: ['device', 'meter'] };
  const next = generation({ who, anchors: ['CC', 'aabb'] });
  const result = rejudge('plant', TRUSTED, WHO, next, NO_OCSP, NOW);
  assert.ok(result.stands);
  assert.equal(result.listener, next.listeners[1]);
  assert.equal(result.who, who);
});

const ENDS: readonly (readonly [what: string, world: World, reason: string, words: RegExp])[] = [
  ['its listener is gone', { listener: 'renamed' }, 'drain', /listener is gone/],
  ['its trust store is gone', { store: 'partners' }, 'policy-changed', /no longer in a trust store/],
  ['its CA is gone', { anchors: ['CC'] }, 'policy-changed', /no longer in a trust store/],
  ['nobody knows it', { who: { ok: false, reason: 'none' } }, 'policy-changed', /no longer stands/],
  ['it is another principal', { who: { ...WHO, principal: 'pump-2' } }, 'policy-changed', /no longer stands/],
  ['it is another identity', { who: { ...WHO, identity: 'fleet' } }, 'policy-changed', /no longer stands/],
];

for (const [what, world, reason, words] of ENDS) {
  test(`a session ends when ${what}`, () => {
    const result = rejudge('plant', TRUSTED, WHO, generation(world), NO_OCSP, NOW);
    assert.ok(!result.stands);
    assert.equal(result.reason, reason);
    assert.match(result.words, words);
  });
}
