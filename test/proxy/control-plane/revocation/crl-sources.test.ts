import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChainCertificate } from '../../../../policies/x509/chain/chain-certificate.ts';
import { crlEntryKind } from '../../../../proxy/control-plane/config/crl-entry.ts';
import type { ResolvedStore } from '../../../../proxy/control-plane/config/model.ts';
import { type CrlSource, crlSources, supplyOf } from '../../../../proxy/control-plane/revocation/crl-sources.ts';

const FILE = { name: 'a.crl', bytes: Buffer.from('a') };
const STORE = { name: 's', lists: { files: [FILE], urls: ['http://a/', 'http://b/'] } } as unknown as ResolvedStore;
const ISSUER = { subject: 'CN=Sub' } as unknown as ChainCertificate;
const NO_POINTS = { of: () => ({ urls: [], issuers: [] }) };

test('a store has what its files hold, its URLs, and what certificates name, each URL once', () => {
  const points = { of: () => ({ urls: ['http://b/', 'http://c/'], issuers: [{ url: 'http://c/', issuer: ISSUER }] }) };
  assert.deepEqual(
    supplyOf(crlSources(points), STORE, () => []),
    {
      lists: [FILE],
      urls: ['http://a/', 'http://b/', 'http://c/'],
      issuers: [{ url: 'http://c/', issuer: ISSUER }],
    },
  );
});

test('the authorities of a store are read only where a source asks for them', () => {
  const never = (): never => assert.fail('nobody needs them');
  assert.deepEqual(supplyOf(crlSources(NO_POINTS), STORE, never).urls, ['http://a/', 'http://b/']);
});

test('a further source needs nothing but its place in the list', () => {
  const further: CrlSource = { of: ({ name }) => ({ lists: [], urls: [`http://${name}.example/`], issuers: [] }) };
  const { lists, urls } = supplyOf([...crlSources(NO_POINTS), further], STORE, () => []);
  assert.deepEqual([lists, urls.at(-1)], [[FILE], 'http://s.example/']);
});

test('what an entry of `crl` names', () => {
  const kinds = ['cdp', 'cdp.crl', './cdp', 'http://a/b.crl', 'https://a/', 'ftp://a/', 'HTTP://a/', 'lists'].map(
    crlEntryKind,
  );
  assert.deepEqual(kinds, ['cdp', 'file', 'file', 'url', 'url', 'file', 'file', 'file']);
});
