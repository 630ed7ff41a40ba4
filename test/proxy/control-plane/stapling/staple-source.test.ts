/** What is stapled: only an answer that holds and says good, as long as it holds, taken anew at half of its time. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { StapleSource, type StapleTarget } from '../../../../proxy/control-plane/stapling/staple-source.ts';
import type { StaplesByCertificate } from '../../../../proxy/shared/tls/staple.ts';
import { ISSUER } from '../../../policies/revocation/support/crl-writer.ts';
import {
  type AnswerParts,
  answer,
  delegateCertificate,
  key,
  revoked,
  SERIAL,
  type SingleParts,
  single,
  UNKNOWN,
} from '../../../policies/revocation/support/ocsp-writer.ts';
import { testKey } from '../../../policies/revocation/support/signing.ts';
import { extension, generalizedTime, sequence, tlv, utcTime } from '../../../policies/x509/der-writer.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { waitFor } from '../../../support/wait.ts';

/** thisUpdate of the answers; their nextUpdate is a day later. */
const START = Date.UTC(2026, 5, 1);
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const TARGET: StapleTarget = {
  sha256: 'aa',
  urls: ['http://one.example/'],
  issuerName: ISSUER,
  issuerSpki: key.spki,
  serial: SERIAL,
};

/** A source whose responders send what `state.body` gives; time begins `after` milliseconds behind START. */
function rig(body: (url: string) => Uint8Array | Promise<never>, after = 0) {
  const timing = new DrivenTiming();
  const state = { body, asked: [] as string[], staples: new Map() as StaplesByCertificate, changes: 0 };
  const told: string[] = [];
  const wallClock = () => START + after + timing.now();
  const source = new StapleSource({
    timing,
    wallClock,
    onChange(staples) {
      state.staples = staples;
      state.changes++;
    },
    onFailure: (_target, url, words) => void told.push(`${url} ${words}`),
    onRevoked: (_target, _url, date) => void told.push(`revoked ${new Date(date).toISOString()}`),
    onExpiry: ({ sha256 }) => void told.push(`run out ${sha256}`),
    fetch: async (input) => {
      const url = String(input);
      state.asked.push(url);
      return new Response(new Uint8Array(await state.body(url)));
    },
  });
  return {
    ...{ timing, state, told, source },
    der: () => state.staples.get('aa')?.der,
    /** Lets time pass and the answer arrive that it brings. */
    async pass(ms: number, what: string, done: () => boolean): Promise<void> {
      timing.advance(ms);
      await waitFor(what, done);
    },
    async want(targets: readonly StapleTarget[] = [TARGET]): Promise<void> {
      source.want(targets);
      await waitFor('the next question to be planned', () => timing.set.length > 0);
    },
  };
}

const day = (n: number) => generalizedTime(`202606${String(n).padStart(2, '0')}000000Z`);
const about = (parts: SingleParts): Uint8Array => answer({ responses: [single(parts)] });
const good = (from = 1, more: AnswerParts = {}): Uint8Array =>
  answer({ responses: [single({ thisUpdate: day(from), nextUpdate: tlv(0xa0, day(from + 1)) })], ...more });

test('a good answer is stapled as it came, and asked for again at half of its time', async () => {
  const first = good();
  const { want, pass, der, state, source, timing } = rig(() => first);
  await want();
  assert.deepEqual(Buffer.from(der() ?? []), Buffer.from(first));
  assert.equal(state.staples.get('aa')?.until, START + DAY);
  assert.equal(source.state('aa'), 'good');
  const second = good(1, { afterResponses: tlv(0xa1, sequence(extension('1.2.3', tlv(0x05)))) });
  state.body = () => second;
  timing.advance(12 * HOUR - 1);
  assert.equal(state.asked.length, 1);
  await pass(1, 'the second answer', () => state.changes === 2);
  assert.deepEqual(Buffer.from(der() ?? []), Buffer.from(second));
});

test('its bytes are alone in their buffer: nothing else travels with them', async () => {
  const { want, der } = rig(() => good());
  await want();
  assert.equal(der()?.buffer.byteLength, der()?.byteLength);
});

test('an answer that a responder made long before is asked for again at half of what is left', async () => {
  const { want, state, pass } = rig(() => good(), 16 * HOUR);
  await want();
  await pass(4 * HOUR - 1, 'nothing', () => state.asked.length === 1);
  await pass(1, 'the second question', () => state.asked.length === 2);
});

const other = testKey();
const BAD: readonly (readonly [
  what: string,
  body: () => Uint8Array | Promise<never>,
  words: RegExp,
  after?: number,
])[] = [
  ['nobody there', () => Promise.reject(new Error('refused')), /refused/],
  ['garbage', () => Buffer.from('<html>'), /at byte/],
  ['nothing', () => Buffer.alloc(0), /at byte/],
  ['more than is read', () => Buffer.alloc(70_000, 0x30), /more than 65536 bytes/],
  [
    'more than fits a handshake',
    () => good(1, { certificates: [tlv(0x30, Buffer.alloc(33_000))] }),
    /more than 32768 bytes, too many for a handshake/,
  ],
  ['an answer that ran out', () => good(), /expired at 2026-06-02/, DAY],
  ['an answer without an end', () => about({ nextUpdate: Buffer.alloc(0) }), /expired at 2026-06-01/],
  ['an answer of tomorrow', () => good(2), /from the future/],
  ['a responder that does not know it', () => about({ status: UNKNOWN }), /does not know the certificate/],
  ['another signature', () => good(1, { signature: tlv(0x03, [0, 1, 2, 3]) }), /not that of the issuer/],
  ['another signer', () => good(1, { signer: other }), /neither the issuer nor/],
];

for (const [what, body, words, after] of BAD) {
  test(`nothing is stapled for ${what}; it is told, and asked again ever more slowly`, async () => {
    const { want, state, told, source, timing, pass } = rig(body, after);
    await want();
    assert.match(told.join(), words);
    assert.deepEqual([state.staples.size, state.changes, source.state('aa')], [0, 0, 'none']);
    for (const [i, pause] of [1, 2, 4, 8].entries()) {
      assert.deepEqual(timing.set, [pause * SECOND]);
      await pass(pause * SECOND, 'the next failure', () => told.length === i + 2 && timing.set.length === 1);
    }
  });
}

test('a certificate that is revoked loses its staple at once, loudly, and has one again when it is good again', async () => {
  const { want, state, told, source, pass } = rig(() => good());
  await want();
  state.body = () => about({ status: revoked() });
  await pass(12 * HOUR, 'the word', () => state.changes === 2);
  assert.deepEqual([state.staples.size, source.state('aa')], [0, 'revoked']);
  assert.deepEqual(told, ['revoked 2026-01-01T00:00:00.000Z']);
  state.body = () => good();
  await pass(6 * HOUR, 'the next word', () => state.changes === 3);
  assert.equal(source.state('aa'), 'good');
});

test('an old word that a certificate is revoked counts as well, and is not asked for every second', async () => {
  const { want, told, source, timing } = rig(() => about({ status: revoked(), nextUpdate: Buffer.alloc(0) }), 9 * DAY);
  await want();
  assert.deepEqual([source.state('aa'), told.length, timing.set], ['revoked', 1, [60 * SECOND]]);
});

test('the last good answer is kept while the responder fails, to its end and no longer', async () => {
  const { want, state, told, source, timing, der, pass } = rig(() => good());
  await want();
  const first = der();
  state.body = () => Promise.reject(new Error('gone'));
  await pass(12 * HOUR, 'a failure', () => told.length === 1 && timing.set.length === 2);
  assert.equal(source.staples.get('aa')?.der, first);
  timing.advance(12 * HOUR - 1);
  assert.equal(source.state('aa'), 'good');
  timing.advance(1);
  assert.equal(source.state('aa'), 'none');
  assert.ok(told.includes('run out aa'));
});

test('an answer holds no longer than the certificate of its signer', async () => {
  const certificate = delegateCertificate(other, { notAfter: utcTime('260601060000Z') });
  const { want, state, timing } = rig(() => good(1, { signer: other, certificates: [certificate] }));
  await want();
  assert.equal(state.staples.get('aa')?.until, START + 6 * HOUR);
  assert.deepEqual(timing.set, [3 * HOUR, 6 * HOUR]);
});

test('of several responders the first that gives a good answer', async () => {
  const urls = ['http://one.example/', 'http://two.example/', 'http://three.example/'];
  const { want, state, told } = rig((url) => (url === urls[1] ? good() : Buffer.from('x')));
  await want([{ ...TARGET, urls }]);
  assert.deepEqual(state.asked, urls.slice(0, 2));
  assert.deepEqual([state.staples.size, told.length], [1, 1]);
});

test('who is wanted no more is forgotten, who is wanted anew is asked about, who stays is not', async () => {
  const { want, state, source, timing } = rig(() => good());
  await want();
  await want();
  assert.equal(state.asked.length, 1);
  await want([{ ...TARGET, urls: ['http://two.example/'] }]);
  await waitFor('the other responder', () => state.changes === 2);
  assert.deepEqual(state.asked, ['http://one.example/', 'http://two.example/']);
  source.want([]);
  assert.deepEqual([source.staples.size, state.staples.size, timing.set], [0, 0, []]);
});

test('an answer that comes when nobody wants it any more changes nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const { source, state, timing } = rig(() => promise as Promise<never>);
  source.want([TARGET]);
  source.want([]);
  resolve(good());
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([state.changes, source.staples.size, timing.set], [0, 0, []]);
});
