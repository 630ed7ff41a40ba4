import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import test from 'node:test';
import type { KeyKind } from '../../../../proxy/cli/pki/keys.ts';
import type { CertificateEntry, Inventory } from '../../../../proxy/control-plane/api/inventory.ts';
import { collectInventory } from '../../../../proxy/control-plane/inventory/collect.ts';
import { testPki } from '../../../support/pki.ts';
import { edit, SOUND, type Workspace, workspace } from '../config/support.ts';
import { inForce } from './in-force.ts';

const DAY = 86_400_000;
const NOW = Date.now();

const take = (dir: Workspace, text: string, now = NOW): Inventory => collectInventory(inForce(dir, text), now);

const first = (inventory: Inventory): CertificateEntry => {
  const entry = inventory.listeners[0]?.certificates[0]?.leaf;
  assert.ok(entry);
  return entry;
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('of a server certificate everything is told that names it, and when it ends', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  const names = { dns: ['a.example', '*.b.example'], ip: ['192.0.2.7', '2001:db8::1'], uri: ['spiffe://acme/gate'] };
  const lifetime = { notBefore: new Date('2026-01-02T03:04:05Z'), notAfter: new Date('2036-02-03T04:05:06Z') };
  const issued = await pki.issue({ subject: 'O=Acme,CN=gate', eku: 'server', serial: '4aff', ...names, ...lifetime });
  dir.write('server.pem', issued.cert + pki.ca);
  dir.write('server.key', issued.key);
  const { raw, publicKey } = new X509Certificate(issued.cert);
  const [chain] = take(dir, SOUND, Date.parse('2036-02-01T00:00:00Z')).listeners[0]?.certificates ?? [];
  assert.deepEqual(chain?.leaf, {
    subject: 'CN=gate,O=Acme',
    issuer: 'CN=Test CA',
    serial: '4AFF',
    sha256: sha256(raw),
    spkiSha256: sha256(publicKey.export({ type: 'spki', format: 'der' })),
    names: ['dns:a.example', 'dns:*.b.example', 'ip:192.0.2.7', 'ip:2001:db8::1', 'uri:spiffe://acme/gate'],
    key: { type: 'ec', curve: 'prime256v1', bits: 256 },
    signatureAlgorithm: 'ecdsa-with-SHA256',
    notBefore: '2026-01-02T03:04:05.000Z',
    notAfter: '2036-02-03T04:05:06.000Z',
    daysLeft: 2,
  });
  assert.deepEqual(
    chain?.intermediates.map(({ subject }) => subject),
    ['CN=Test CA'],
  );
});

const ENDS: readonly (readonly [name: string, left: number, days: number])[] = [
  ['just short of a day', DAY - 1000, 0],
  ['a day', DAY, 1],
  ['at its end', 0, 0],
  ['a second over', -1000, -1],
  ['a day and a second over', -DAY - 1000, -2],
];

for (const [name, left, days] of ENDS) {
  test(`days left, ${name}: ${days}`, async () => {
    await using dir = await workspace();
    const end = Date.parse(first(take(dir, SOUND)).notAfter);
    assert.equal(first(take(dir, SOUND, end - left)).daysLeft, days);
  });
}

const KEYS: readonly (readonly [kind: KeyKind, key: CertificateEntry['key']])[] = [
  ['P-384', { type: 'ec', curve: 'secp384r1', bits: 384 }],
  ['RSA-3072', { type: 'rsa', bits: 3072 }],
  ['Ed25519', { type: 'ed25519' }],
  ['ML-DSA-65', { type: 'ml-dsa-65' }],
];

for (const [keyKind, key] of KEYS) {
  test(`the key of a certificate: ${keyKind}`, async () => {
    await using dir = await workspace();
    const pki = await testPki();
    const issued = await pki.issue({ subject: 'CN=gate', dns: ['gate'], eku: 'server', keyKind });
    dir.write('server.pem', issued.cert);
    dir.write('server.key', issued.key);
    assert.deepEqual(first(take(dir, SOUND)).key, key);
  });
}

test('a certificate that the strict reader refuses is told all the same, with the reason', async () => {
  await using dir = await workspace();
  const dns = Array.from({ length: 65 }, (_, i) => `n${i}.example`);
  const issued = await (await testPki()).issue({ subject: 'O=Acme,CN=gate', dns, eku: 'server' });
  dir.write('ca2.pem', issued.cert);
  const text = edit('address: broker:1883', 'address: broker:8883\n      tls: { ca: ca2.pem }', SOUND);
  const [entry] = take(dir, text).upstreams[0]?.tls?.ca ?? [];
  assert.match(entry?.problem ?? '', /more than 64 subjectAltNames/);
  assert.equal(entry?.subject, 'CN=gate,O=Acme');
  assert.equal(entry?.issuer, 'CN=Test CA');
  assert.match(entry?.names.join() ?? '', /DNS:n0\.example.*DNS:n64\.example/);
  const { publicKey } = new X509Certificate(issued.cert);
  assert.equal(entry?.spkiSha256, sha256(publicKey.export({ type: 'spki', format: 'der' })));
});

test('an end that is no time is not known, and keeps nothing else from being told', async () => {
  await using dir = await workspace();
  const end = new Date('2036-02-03T04:05:06Z');
  const issued = await (await testPki()).issue({ subject: 'CN=gate', dns: ['gate'], eku: 'server', notAfter: end });
  const der = Buffer.from(new X509Certificate(issued.cert).raw);
  // UTCTime (RFC 5280 4.1.2.5.1) with a month 13.
  der.write('361303040506Z', der.indexOf('360203040506Z'));
  dir.write('ca2.pem', `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`);
  const text = edit('address: broker:1883', 'address: broker:8883\n      tls: { ca: ca2.pem }', SOUND);
  const [entry] = take(dir, text).upstreams[0]?.tls?.ca ?? [];
  assert.deepEqual([entry?.subject, entry?.notAfter, entry?.daysLeft], ['CN=gate', '', null]);
  assert.match(entry?.problem ?? '', /notAfter/);
});
