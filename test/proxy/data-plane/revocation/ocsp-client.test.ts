import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { OcspClient } from '../../../../proxy/data-plane/revocation/ocsp-client.ts';
import { RevocationQueries } from '../../../../proxy/data-plane/revocation/revocation-queries.ts';
import type { ChainElement } from '../../../../proxy/shared/trust/chain-element.ts';
import type { TrustStore } from '../../../../proxy/shared/trust/listener-trust.ts';
import type { OcspQuery, OcspResult } from '../../../../proxy/shared/trust/ocsp-messages.ts';

const element = (more: Partial<ChainElement>): ChainElement => ({
  certificate: { ...NO_CERTIFICATE, serial: '0A' },
  sha256: '',
  keySha256: 'k',
  points: [],
  responders: [],
  authority: null,
  ...more,
});
const CHAIN = [
  element({ responders: ['http://a.example/', 'ldap://a.example/', 'http://b.example/', 'no url'] }),
  element({ authority: { der: Buffer.from('der'), name: Buffer.from('name'), spki: Buffer.from('spki') } }),
];

function store(revocation: Partial<TrustStore['revocation']>): TrustStore {
  const all = { mode: 'require', ocspHosts: [], maxStaleness: 5, onStale: 'deny', ...revocation } as const;
  return { name: 's', anchors: new Set(), pins: new Set(), revocation: all };
}

const BELIEVED = { believes: () => true };
const answer = (freshUntil: number): OcspResult => ({ status: { kind: 'good' }, freshUntil });

function client() {
  const asked: [id: number, query: OcspQuery][] = [];
  const queries = new RevocationQueries((id, query) => query.kind === 'ocsp' && asked.push([id, query]));
  return { asked, queries, ocsp: new OcspClient(queries) };
}

test('who is asked: the configured responder, or those of the certificate on allowed hosts, or nobody', () => {
  for (const [revocation, urls] of [
    [{ ocsp: 'http://fixed.example/' }, ['http://fixed.example/']],
    [{ ocsp: 'aia', ocspHosts: ['b.example', 'a.example'] }, ['http://a.example/', 'http://b.example/']],
    [{ ocsp: 'aia' }, null],
    [{}, null],
    [{ ocsp: 'http://fixed.example/', mode: 'off' }, null],
  ] as const) {
    const { asked, ocsp } = client();
    void ocsp.ask(CHAIN, store(revocation), BELIEVED, 0);
    assert.deepEqual(asked[0]?.[1].urls ?? null, urls);
    assert.equal(ocsp.until(CHAIN, store(revocation)), urls === null ? Number.POSITIVE_INFINITY : 0);
  }
});

test('one question at a time, its answer kept for as long as it holds; a good one that ran out stays known', async () => {
  const { asked, queries, ocsp } = client();
  const asks = store({ ocsp: 'http://fixed.example/' });
  const later = Date.now() + 60_000;
  const both = [ocsp.ask(CHAIN, asks, BELIEVED, 0), ocsp.ask(CHAIN, asks, BELIEVED, 0)];
  assert.deepEqual(
    asked.map(([, { serial, maxStaleness }]) => [Buffer.from(serial).toString('hex'), maxStaleness]),
    [['0a', 5]],
  );
  queries.settle(asked[0]?.[0] ?? 0, answer(later));
  assert.deepEqual(await Promise.all(both), [answer(later), answer(later)]);
  assert.deepEqual(await ocsp.ask(CHAIN, asks, BELIEVED, later - 1), answer(later));
  assert.equal(asked.length, 1);
  const again = ocsp.ask(CHAIN, asks, BELIEVED, later);
  queries.settle(asked[1]?.[0] ?? 0, null);
  assert.deepEqual(await again, answer(later), 'the last word, out of date');
  assert.deepEqual(ocsp.known(CHAIN, asks), answer(later));
  assert.ok(ocsp.until(CHAIN, asks) > Date.now(), 'not asked again at once');
  queries.settle(99, answer(0));
});

test('nothing known stays nothing known', async () => {
  const { asked, queries, ocsp } = client();
  const asks = store({ ocsp: 'http://fixed.example/' });
  const nobody = ocsp.ask(CHAIN, asks, BELIEVED, 0);
  queries.settle(asked[0]?.[0] ?? 0, null);
  assert.equal(await nobody, undefined);
  assert.equal(await ocsp.ask(CHAIN, asks, BELIEVED, Date.now()), undefined);
  assert.equal(asked.length, 1);
});

test('an answer whose signer is revoked since is asked about anew, and is not the last word', async () => {
  const { asked, queries, ocsp } = client();
  const asks = store({ ocsp: 'http://fixed.example/' });
  const first = ocsp.ask(CHAIN, asks, BELIEVED, 0);
  queries.settle(asked[0]?.[0] ?? 0, answer(Date.now() + 60_000));
  assert.ok(await first);
  const again = ocsp.ask(CHAIN, asks, { believes: () => false }, 0);
  assert.equal(asked.length, 2);
  queries.settle(asked[1]?.[0] ?? 0, null);
  assert.equal(await again, undefined);
  assert.equal(ocsp.known(CHAIN, asks), undefined);
});

test('an answer to what another worker asked is no answer', async () => {
  const { asked, queries, ocsp } = client();
  const waiting = ocsp.ask(CHAIN, store({ ocsp: 'http://fixed.example/' }), BELIEVED, 0);
  assert.ok((asked[0]?.[0] ?? 0) > 1000, 'numbers of two workers do not meet');
  queries.settle(1, answer(Date.now() + 60_000));
  assert.equal(await Promise.race([waiting, 'pending']), 'pending');
});
