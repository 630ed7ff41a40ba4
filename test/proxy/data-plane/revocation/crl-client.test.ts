import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { CrlClient } from '../../../../proxy/data-plane/revocation/crl-client.ts';
import { RevocationQueries } from '../../../../proxy/data-plane/revocation/revocation-queries.ts';
import type { ChainElement } from '../../../../proxy/shared/trust/chain-element.ts';
import type { CrlQuery } from '../../../../proxy/shared/trust/crl-messages.ts';
import type { TrustStore } from '../../../../proxy/shared/trust/listener-trust.ts';

const element = (...urls: readonly string[]): ChainElement => ({
  certificate: NO_CERTIFICATE,
  sha256: urls.join(),
  keySha256: 'k',
  points: [{ names: urls, someReasons: false, otherIssuer: false }],
  responders: [],
  authority: { der: Buffer.from(`der ${urls.join()}`), name: Buffer.from('name'), spki: Buffer.from('spki') },
});
const ROOT = element('http://a.example/root-is-never-looked-up');

function store(revocation: Partial<TrustStore['revocation']> = { crlHosts: ['a.example'] }): TrustStore {
  const all = { mode: 'require', ocspHosts: [], maxStaleness: 0, onStale: 'deny', ...revocation } as const;
  return { name: 's', anchors: new Set(), pins: new Set(), revocation: all };
}

function client() {
  const asked: [id: number, query: CrlQuery][] = [];
  const queries = new RevocationQueries((id, query) => query.kind === 'crl' && asked.push([id, query]));
  return { asked, settle: (id = 0) => queries.settle(id, null), lists: new CrlClient(queries) };
}

const pending = async (promise: Promise<unknown> | undefined): Promise<boolean> =>
  (await Promise.race([promise, 'pending'])) === 'pending' && promise !== undefined;

test('each certificate but the anchor is asked about, once for each place and store', async () => {
  const { asked, settle, lists } = client();
  const here = store();
  const chain = [element('http://a.example/1', 'http://a.example/2'), element('http://a.example/3'), ROOT];
  const waiting = [lists.settled(chain, here), lists.settled(chain, here)];
  assert.deepEqual(
    asked.map(([, { store: name, urls, issuer }]) => [name, urls, Buffer.from(issuer).toString()]),
    [
      ['s', ['http://a.example/1', 'http://a.example/2'], 'der http://a.example/3'],
      ['s', ['http://a.example/3'], `der ${ROOT.sha256}`],
    ],
  );
  settle(asked[0]?.[0]);
  assert.equal(await pending(waiting[0]), true, 'one of two answers');
  settle(asked[1]?.[0]);
  await Promise.all(waiting);
  await lists.settled(chain, here);
  assert.equal(asked.length, 2, 'nobody asks or waits again');
  void lists.settled(chain, store());
  assert.equal(asked.length, 4, 'other settings are another store');
});

for (const [what, revocation] of [
  ['a store without crl: cdp', {}],
  ['a store that looks nothing up', { mode: 'off', crlHosts: ['a.example'] }],
] as const) {
  test(`${what} waits for nothing`, () => {
    const { asked, lists } = client();
    assert.equal(lists.settled([element('http://a.example/1'), ROOT], store(revocation)), undefined);
    assert.equal(asked.length, 0);
  });
}

test('a place on another host is nothing to wait for', async () => {
  const { asked, lists } = client();
  await lists.settled([element('http://b.example/1'), ROOT], store());
  assert.equal(asked.length, 0);
});

test('an answer to another worker settles nothing', async () => {
  const { asked, settle, lists } = client();
  const waiting = lists.settled([element('http://a.example/1'), ROOT], store());
  assert.ok((asked[0]?.[0] ?? 0) > 1000, 'numbers of two workers do not meet');
  settle(1);
  assert.equal(await pending(waiting), true);
});

test('ten thousand places are asked about, and the oldest are forgotten', () => {
  const { asked, lists } = client();
  const here = store();
  for (let i = 0; i < 10_000; i++) void lists.settled([element(`http://a.example/${i}`), ROOT], here);
  assert.equal(asked.length, 10_000);
  void lists.settled([element('http://a.example/9999'), ROOT], here);
  assert.equal(asked.length, 10_000, 'the newest is known');
  void lists.settled([element('http://a.example/1'), ROOT], here);
  assert.equal(asked.length, 10_001, 'the oldest is not');
});
