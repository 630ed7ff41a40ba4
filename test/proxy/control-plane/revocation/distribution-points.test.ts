import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { ChainCertificate } from '../../../../policies/x509/chain/chain-certificate.ts';
import { createAuthority } from '../../../../proxy/cli/pki/authority.ts';
import type { ResolvedStore } from '../../../../proxy/control-plane/config/model.ts';
import { DistributionPoints } from '../../../../proxy/control-plane/revocation/distribution-points.ts';

const root = await createAuthority({ commonName: 'Root' });
const der = (pem: string) => new X509Certificate(pem).raw;
const sub = der((await root.intermediate({ commonName: 'Sub' })).cert);
const other = der((await root.intermediate({ commonName: 'Other' })).cert);

function trust(crlHosts: readonly string[], mode: 'require' | 'off' = 'require'): ResolvedStore {
  return { name: 's', plan: { revocation: { mode, crlHosts } } } as unknown as ResolvedStore;
}

function set() {
  const full: string[] = [];
  return { full, named: new DistributionPoints((store, url) => full.push(`${store} ${url}`)) };
}

const HERE = trust(['a.example']);
const ask = (urls: readonly string[], issuer = sub) => ({ store: 's', issuer, urls });

test('what is learnt is told once as new, for each authority, and only on hosts of today', () => {
  const { named } = set();
  assert.deepEqual(named.learn(HERE, ask(['http://a.example/1', 'http://b.example/2'])), {
    urls: ['http://a.example/1'],
    new: true,
  });
  assert.deepEqual(named.learn(HERE, ask(['http://a.example/1'])), { urls: ['http://a.example/1'], new: false });
  assert.equal(named.learn(HERE, ask(['http://a.example/1'], other)).new, true);
  const { urls, issuers } = named.of(HERE, () => []);
  assert.deepEqual(urls, ['http://a.example/1']);
  assert.deepEqual(
    issuers.map(({ issuer }) => issuer.subjectText),
    ['CN=Sub', 'CN=Other'],
  );
  assert.deepEqual(
    named.of(trust(['b.example']), () => []),
    { urls: [], issuers: [] },
  );
  assert.deepEqual(
    named.of(trust(['a.example'], 'off'), () => []),
    { urls: [], issuers: [] },
  );
  assert.deepEqual(
    named.of({ ...HERE, name: 'other' }, () => []),
    { urls: [], issuers: [] },
  );
});

test('ten thousand places: sixty-four are kept, the rest is told, and places of other settings make room', () => {
  const { full, named } = set();
  for (let i = 0; i < 10_000; i++) named.learn(HERE, ask([`http://a.example/${i}`]));
  assert.equal(named.of(HERE, () => []).urls.length, 64);
  assert.deepEqual([full.length, full[0]], [10_000 - 64, 's http://a.example/64']);
  assert.deepEqual(named.counts, [['s', 64]]);
  const there = trust(['b.example']);
  assert.equal(named.learn(there, ask(['http://b.example/1'])).new, true);
  assert.deepEqual(named.of(there, () => []).urls, ['http://b.example/1']);
});

test('the certificates of the store name places, too', async () => {
  const { named } = set();
  const { cert } = await root.issue({
    subject: 'CN=Sub 2',
    crlUrl: ['http://a.example/root', 'http://b.example/root'],
  });
  const authorities = [new ChainCertificate(der(root.cert)), new ChainCertificate(der(cert))];
  assert.deepEqual(
    named.of(HERE, () => authorities),
    { urls: ['http://a.example/root'], issuers: [] },
  );
});

test('an authority whose distribution points cannot be read is named', async () => {
  const { named } = set();
  const extensions = [{ oid: '2.5.29.31', critical: false, value: Uint8Array.of(0x30, 0) }];
  const { cert } = await root.issue({ subject: 'CN=Sub 3', extensions });
  assert.throws(
    () => named.of(HERE, () => [new ChainCertificate(der(cert))]),
    /trust store s: the certificate CN=Sub 3: cRLDistributionPoints are empty/,
  );
});
