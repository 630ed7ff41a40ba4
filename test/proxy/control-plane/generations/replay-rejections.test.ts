import assert from 'node:assert/strict';
import test from 'node:test';
import type { RejectionEvent } from '../../../../policies/event.ts';
import type { PolicySource } from '../../../../policies/source.ts';
import type { ReplayedRejections } from '../../../../proxy/control-plane/api/dry-run.ts';
import { replayRejections } from '../../../../proxy/control-plane/generations/replay-rejections.ts';
import { draft } from '../../data-plane/draft.ts';

const IDENTITIES: PolicySource['identities'] = [
  { name: 'devices', when: { trust: 'ca', subject: { CN: '{device}' } }, principal: '{device}', roles: ['device'] },
];

type Mqtt = NonNullable<PolicySource['roles'][string]['mqtt']>;

function policy(allow: Mqtt['allow']): PolicySource {
  return { identities: IDENTITIES, roles: { device: { mqtt: { allow } as Mqtt } } };
}

function event(over: Partial<RejectionEvent> = {}): RejectionEvent {
  const base = { kind: 'rejection', time: '2026-11-24T08:00:00.000Z', id: 'd-1', count: 1 } as const;
  return { ...base, ...draft({ resource: 'a/press-1' }), ...over } as RejectionEvent;
}

const COUNTS = { allowed: 0, maybeAllowed: 0, refused: 0, notAsked: 0 };
const { identity: _identity, principal: _principal, ...nobody } = event();
type Case = readonly [what: string, events: readonly RejectionEvent[], expected: Partial<ReplayedRejections>];

const OWN = policy([{ publish: 'a/{device}', size: 10 }]);
const CASES: readonly Case[] = [
  ['allowed', [event()], { allowed: 1 }],
  ['refused', [event({ resource: 'a/press-2' })], { refused: 1 }],
  ['counted as often as it happened', [event({ count: 7 }), event({ id: 'd-2', peer: '192.0.2.7:2' })], { allowed: 8 }],
  ['a client of no identity', [nobody], { notAsked: 1 }],
  ['a cause that no rule gives', [event({ cause: 'limit-bytes' })], { notAsked: 1 }],
  ['a payload that is still too large', [event({ cause: 'payload-too-large', size: 11 })], { refused: 1 }],
  ['a payload that fits now', [event({ cause: 'payload-too-large', size: 10 })], { allowed: 1 }],
  [
    'payloads of two sizes',
    [10, 11].map((size) => event({ cause: 'payload-too-large', size })),
    { allowed: 1, refused: 1 },
  ],
  ['payloads of a size that nobody recorded', [event({ cause: 'payload-too-large' })], { notAsked: 1 }],
  ['an identity that the policy lacks', [event({ identity: 'gone' })], { notAsked: 1 }],
];

for (const [what, events, expected] of CASES) {
  test(`asked again: ${what}`, () => {
    const { examples: _, ...counts } = replayRejections(events, OWN, 10);
    assert.deepEqual(counts, { ...COUNTS, ...expected });
  });
}

test('what depends on a quality of service that is not recorded may be allowed', () => {
  const { sent: _, ...silent } = event();
  const { examples, ...counts } = replayRejections([silent], policy([{ publish: 'a/#', qos: [0] }]), 10);
  assert.deepEqual(counts, { ...COUNTS, maybeAllowed: 1 });
  assert.deepEqual(examples, [{ action: 'publish', principal: 'press-1', identity: 'devices', resource: 'a/press-1' }]);
});

test('a rule with a variable that the principal does not tell is not asked', () => {
  const source: PolicySource = {
    identities: [{ ...IDENTITIES[0], when: { trust: 'ca', subject: { CN: '{device}', O: '{plant}' } } } as never],
    roles: { device: { mqtt: { allow: [{ publish: '{plant}/{device}' }] } as Mqtt } },
  };
  const { examples: _, ...counts } = replayRejections([event()], source, 10);
  assert.deepEqual(counts, { ...COUNTS, notAsked: 1 });
});

test('a flood of different rejections costs no more than a thousand questions, and 20 are named', () => {
  const events = Array.from({ length: 1500 }, (_, i) => event({ resource: `a/${i}` }));
  const { examples, ...counts } = replayRejections(events, policy([{ publish: 'a/#' }]), 10);
  assert.deepEqual(counts, { ...COUNTS, allowed: 1000, notAsked: 500 });
  assert.equal(examples.length, 20);
});
