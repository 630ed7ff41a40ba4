import assert from 'node:assert/strict';
import test from 'node:test';
import type { OcspHeld } from '../../../../proxy/control-plane/revocation/ocsp-exchange.ts';
import { endOf, halfLife, pauseAfter, unfit } from '../../../../proxy/control-plane/stapling/staple-schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const held = (more: object): OcspHeld =>
  ({
    ok: true,
    status: { kind: 'good' },
    thisUpdate: 0,
    freshUntil: 8 * HOUR,
    der: Buffer.alloc(1),
    ...more,
  }) as unknown as OcspHeld;
const delegate = (notAfter: number) => ({ delegate: { certificate: { facts: { notAfter } } } });
const REVOKED = { status: { kind: 'revoked', date: 0 } };

for (const [what, more, now, expected] of [
  ['half-way to its end', {}, HOUR, 3 * HOUR],
  ['past the middle: half of what is left', {}, 6 * HOUR, HOUR],
  ['at its end: at least a second', {}, 8 * HOUR, SECOND],
  ['after its end', {}, 9 * HOUR, SECOND],
  ['for months: at most a day', { freshUntil: 90 * DAY }, 0, DAY],
  ['no longer than the certificate of its signer', delegate(4 * HOUR), 0, 2 * HOUR],
  ['revoked, without a time left: a minute', { ...REVOKED, freshUntil: 0 }, HOUR, MINUTE],
] as const) {
  test(`when a response is asked for again: ${what}`, () => assert.equal(halfLife(held(more), now), expected));
}

test('failures wait twice as long each, up to an hour, however many there are', () => {
  assert.deepEqual([1, 2, 3, 12, 13, 5000].map(pauseAfter), [1000, 2000, 4000, 2_048_000, 3_600_000, 3_600_000]);
});

for (const [what, more, now, reason] of [
  ['good', {}, 0, undefined],
  ['good, at its end', {}, 8 * HOUR, /^the answer expired at 1970-01-01T08:00:00.000Z$/],
  ['good, of a signer that expired', delegate(HOUR), 2 * HOUR, /expired at 1970-01-01T01:00/],
  ['not known', { status: { kind: 'unknown' } }, 0, /does not know the certificate/],
  ['32 KiB', { der: Buffer.alloc(32 * 1024) }, 0, undefined],
  ['more than 32 KiB', { der: Buffer.alloc(32 * 1024 + 1) }, 0, /more than 32768 bytes/],
  ['revoked, though it expired: it must be heard', { ...REVOKED, freshUntil: 0 }, DAY, undefined],
] as const) {
  test(`what can be stapled: ${what}`, () => {
    const message = unfit(held(more), now);
    if (reason === undefined) assert.equal(message, undefined);
    else assert.match(message ?? '', reason);
  });
}

test('without a delegate the end is that of the response', () => assert.equal(endOf(held({})), 8 * HOUR));
