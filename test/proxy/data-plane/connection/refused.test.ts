import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, refusedOf, Silent } from '../../../../proxy/data-plane/connection/refused.ts';

const REFUSED = new Refused('no-identity', 'nobody', 'identify');
const QUEUED = new Refused('admission-queue', 'too many wait', 'handshake');
const X509 = Object.assign(new Error('not canonical'), { name: 'X509Error' });

const CASES: readonly (readonly [what: string, error: unknown, timedOut: number | null, cause: string | undefined])[] =
  [
    ['a refusal is itself', REFUSED, null, 'no-identity'],
    ['a certificate that cannot be read', X509, null, 'certificate-unreadable'],
    ['anything else is a fault of ours', new TypeError('oops'), null, undefined],
    ['what is no error at all too', 'oops', null, undefined],
    ['after the deadline everything follows from it', REFUSED, 5000, 'half-open-timeout'],
    ['a socket that the deadline destroyed', new Error('ECONNRESET'), 5000, 'half-open-timeout'],
    ['the silence of a client that came and stayed', new Silent(), 5000, 'half-open-timeout'],
    ['who was refused in the queue was refused there', QUEUED, 5000, 'admission-queue'],
  ];

for (const [what, error, timedOut, cause] of CASES) {
  test(`on the way to a session: ${what}`, () => {
    assert.equal(refusedOf(error, timedOut)?.why, cause);
  });
}

test('the deadline is named', () => {
  assert.equal(refusedOf(REFUSED, 5000)?.message, 'not finished within 5000 ms');
});
