import assert from 'node:assert/strict';
import test from 'node:test';
import { compilePolicy } from '../../../../policies/policy.ts';
import { Client } from '../../../../proxy/data-plane/connection/client.ts';
import { Refused } from '../../../../proxy/data-plane/connection/refused.ts';
import type { Generation } from '../../../../proxy/data-plane/generation.ts';
import type { Listener } from '../../../../proxy/data-plane/listener.ts';
import type { ChainVerdict } from '../../../../proxy/shared/trust/chain-verdict.ts';
import { cn, facts } from '../../../policies/identity/facts.ts';
import { NO_REVOCATION } from '../../../support/no-revocation.ts';

const HOUR = 3_600_000;

const policy = compilePolicy(
  {
    identities: [{ name: 'young', when: { trust: 'iot', age: { max: HOUR } }, principal: '{CN}', roles: [] }],
    roles: {},
  },
  { version: '' },
);

/** A client whose certificate was issued `age` milliseconds ago asks who it is. */
function identify(age: number) {
  const stores = new Map([['iot', { revocation: { mode: 'off' } }]]);
  const listener = { trust: { stores }, plan: { limits: { connections: 7 } } } as unknown as Listener;
  const generation = { policy, revocation: NO_REVOCATION } as unknown as Generation;
  const certificate = { ...facts([cn('pump-1')]), notBefore: Date.now() - age };
  const verdict = { store: 'iot', chain: [], facts: certificate } as unknown as ChainVerdict;
  return new Client(listener, { address: '192.0.2.1', port: 1 }).identify(verdict, undefined, generation);
}

test('the age of a certificate is judged by the time of the handshake', () => {
  assert.equal(identify(HOUR / 2).principal, 'pump-1');
  assert.throws(
    () => identify(2 * HOUR),
    (error) => error instanceof Refused && error.why === 'no-identity' && /older than 3600 s/.test(error.message),
  );
});

test('the limits of its listener hold for a client', () => {
  assert.equal(identify(0).limits.connections, 7);
});
