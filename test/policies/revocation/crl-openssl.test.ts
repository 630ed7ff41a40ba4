/** Lists that others made: the openssl command, and the certificate library behind `headgate pki`. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { type Crl, forEachEntry, readCrl } from '../../../policies/revocation/crl.ts';
import { checkCrl } from '../../../policies/revocation/crl-check.ts';
import { reasonText } from '../../../policies/revocation/crl-reasons.ts';
import { readBlocks } from '../../../policies/revocation/pem.ts';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { createAuthority } from '../../../proxy/cli/pki/authority.ts';
import { needsOpenssl, openssl } from '../x509/openssl.ts';
import { crl, entry, largeCrl, reasonCode } from './support/crl-writer.ts';
import { OpensslAuthority } from './support/openssl-ca.ts';
import { sha256, verifySignature } from './support/signing.ts';

const only = (pem: string | Uint8Array): Crl => {
  const [block, ...others] = readBlocks(Buffer.from(pem));
  assert.equal(others.length, 0);
  return readCrl(block?.der ?? Buffer.alloc(0));
};

function listed(list: Crl): string[] {
  const found: string[] = [];
  forEachEntry(list, (bytes, start, end, date, reason) => {
    const serial = Buffer.from(bytes.subarray(start, end)).toString('hex').toUpperCase();
    found.push(`${serial} ${new Date(date).toISOString()} ${reason === 0 ? '-' : reasonText(reason)}`);
  });
  return found;
}

const OPENSSL_REASONS: Readonly<Record<string, string>> = {
  'Key Compromise': 'keyCompromise',
  'CA Compromise': 'cACompromise',
  'Affiliation Changed': 'affiliationChanged',
  Superseded: 'superseded',
  'Cessation Of Operation': 'cessationOfOperation',
  'Certificate Hold': 'certificateHold',
  'Remove From CRL': 'removeFromCRL',
  'Privilege Withdrawn': 'privilegeWithdrawn',
  'AA Compromise': 'aACompromise',
  Unspecified: '-',
};

/** The same lines out of `openssl crl -text`. */
function listedByOpenssl(der: Uint8Array): string[] {
  const text = openssl(['crl', '-inform', 'DER', '-noout', '-text'], der);
  return text
    .split('    Serial Number: ')
    .slice(1)
    .map((block) => {
      const [serial, date] = [block.split('\n')[0] ?? '', /Revocation Date: (.*)/.exec(block)?.[1] ?? ''];
      const reason = /CRL Reason Code: *\n *(.*)/.exec(block)?.[1];
      return `${serial} ${new Date(date).toISOString()} ${reason === undefined ? '-' : OPENSSL_REASONS[reason]}`;
    });
}

test('the entries of a list are those that openssl prints', needsOpenssl, () => {
  const reasons = [0, 1, 2, 3, 4, 5, 6, 9, 10];
  const lists = [
    largeCrl(2000),
    crl({ entries: reasons.map((code) => entry([0, 0x80 + code], '260601123456Z', reasonCode(code))) }),
    crl({ entries: [entry([7], '500101000000Z'), entry([7]), entry(Array<number>(20).fill(0x7f))] }),
    crl({ entries: [] }),
  ];
  for (const der of lists) assert.deepEqual(listed(readCrl(der)), listedByOpenssl(der));
});

test('lists of openssl ca are read and hold', needsOpenssl, async () => {
  await using authority = new OpensslAuthority();
  const empty = only(authority.list());
  assert.deepEqual([empty.count, empty.number], [0, 10n]);
  for (const name of ['pump-1', 'pump-2', 'pump-3']) authority.issue(name);
  authority.revoke('pump-1');
  authority.revoke('pump-2', '-crl_reason', 'keyCompromise');
  authority.revoke('pump-3', '-crl_compromise', '20260101000000Z');
  const pem = authority.list();
  const list = only(pem);
  assert.deepEqual([list.count, list.number], [3, 11n]);
  assert.deepEqual(listed(list), listedByOpenssl(list.der));
  const certificate = parseCertificate(new X509Certificate(authority.read('ca.pem')).raw);
  const issuer = {
    name: certificate.der.subarray(certificate.subject.start, certificate.subject.end),
    spki: authority.spki,
    keyHash: authority.keyHash,
    keyId: undefined,
    signsCrls: true,
  };
  const options = { now: Date.now(), skew: 60_000, maxStaleness: 0, highest: {}, verify: verifySignature };
  const verdict = checkCrl(list, issuer, options);
  assert.ok(verdict.ok && verdict.freshness === 'fresh');
  // The old list of the same authority does not come back.
  assert.equal(checkCrl(empty, issuer, { ...options, highest: verdict.highest }).ok, false);
});

test('lists of headgate pki are read and hold, deltas too', async () => {
  const authority = await createAuthority({ commonName: 'Plant CA' });
  const certificate = new X509Certificate(authority.cert);
  const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
  const { subject } = parseCertificate(certificate.raw);
  const name = certificate.raw.subarray(subject.start, subject.end);
  const issuer = { name, spki, keyHash: sha256(spki), keyId: undefined, signsCrls: true };
  const options = { now: Date.now(), skew: 60_000, maxStaleness: 0, highest: {}, verify: verifySignature };
  const complete = only(
    await authority.crl({ revoked: [{ serial: '4A01' }, { serial: 'FF', reason: 4 }], number: 300 }),
  );
  assert.equal(complete.number, 300n);
  assert.deepEqual(
    listed(complete).map((line) => line.replace(/ .* /, ' ')),
    ['4A01 keyCompromise', 'FF superseded'],
  );
  assert.ok(checkCrl(complete, issuer, options).ok);
  const delta = only(await authority.crl({ revoked: [{ serial: '4A02' }], number: 301, base: 300 }));
  assert.equal(delta.base, 300n);
  assert.ok(checkCrl(delta, issuer, options).ok);
});
