/** Questions that the openssl command answers, and answers of its that are judged. */
import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import test from 'node:test';
import { checkOcsp } from '../../../policies/revocation/ocsp-check.ts';
import { askOcsp, type CertIdDigest } from '../../../policies/revocation/ocsp-question.ts';
import { readOcspResponse } from '../../../policies/revocation/ocsp-response.ts';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { needsOpenssl, openssl } from '../x509/openssl.ts';
import { ISSUER } from './support/crl-writer.ts';
import { OpensslAuthority } from './support/openssl-ca.ts';
import { testKey, verifySignature } from './support/signing.ts';

const read = (pem: Buffer) => parseCertificate(new X509Certificate(pem).raw);

test('openssl reads our questions as they are meant', needsOpenssl, async () => {
  await using dir = tempDir();
  const asked = { issuerName: ISSUER, issuerSpki: testKey().spki };
  for (const serial of ['01', '7F', '80', 'F00D', 'FF'.repeat(20)]) {
    for (const digest of ['sha1', 'sha256'] as const) {
      for (const nonce of [undefined, Buffer.alloc(32, 0x5a)]) {
        const question = askOcsp({ ...asked, serial: Buffer.from(serial, 'hex') }, digest, nonce);
        const text = openssl(['ocsp', '-reqin', dir.write('request.der', question.request), '-req_text']);
        assert.equal(/Serial Number: (.*)/.exec(text)?.[1], serial);
        assert.equal(/Hash Algorithm: (.*)/.exec(text)?.[1], digest);
        assert.equal(/Issuer Name Hash: (.*)/.exec(text)?.[1]?.toLowerCase(), hash(digest, ISSUER));
        assert.equal(text.includes('OCSP Nonce'), nonce !== undefined);
      }
    }
  }
});

test('openssl answers our questions, and its answers hold', needsOpenssl, async () => {
  await using authority = new OpensslAuthority();
  authority.issue('good');
  authority.issue('bad');
  authority.issue('responder', 'ocsp');
  authority.issue('client', 'wrong');
  authority.revoke('bad', '-crl_reason', 'keyCompromise');
  const { der, subject } = read(authority.read('ca.pem'));
  const issuer = { name: der.subarray(subject.start, subject.end), spki: authority.spki };
  const nonce = Buffer.alloc(32, 0x5a);
  const check = { issuer, now: Date.now(), skew: 60_000, maxStaleness: 0, verify: verifySignature };

  const asked = (serial: string, digest: CertIdDigest, signer: string, ...more: readonly string[]) => {
    const question = askOcsp(
      { issuerName: issuer.name, issuerSpki: issuer.spki, serial: Buffer.from(serial, 'hex') },
      digest,
      nonce,
    );
    authority.write('request.der', question.request);
    const signing = ['-rsigner', authority.file(`${signer}.pem`), '-rkey', authority.file(`${signer}.key`)];
    const files = ['-reqin', authority.file('request.der'), '-respout', authority.file('response.der')];
    openssl([
      'ocsp',
      '-index',
      authority.file('index.txt'),
      '-CA',
      authority.file('ca.pem'),
      ...signing,
      ...files,
      ...more,
    ]);
    return checkOcsp(readOcspResponse(authority.read('response.der')), question, check);
  };

  const serial = (name: string) => read(authority.read(`${name}.pem`)).facts.serial;
  for (const digest of ['sha1', 'sha256'] as const) {
    for (const signer of ['ca', 'responder']) {
      for (const byKey of [[], ['-resp_key_id']]) {
        const options = [digest, signer, '-nmin', '5', ...byKey] as const;
        const good = asked(serial('good'), ...options);
        assert.ok(good.ok && good.status.kind === 'good', JSON.stringify(good));
        assert.equal(good.freshUntil, good.thisUpdate + 5 * 60_000 + check.skew);
        assert.equal(good.delegate?.certificate.facts.serial, signer === 'ca' ? undefined : serial('responder'));
        const bad = asked(serial('bad'), ...options);
        assert.ok(bad.ok && bad.status.kind === 'revoked' && bad.status.reason === 1, JSON.stringify(bad));
        const unknown = asked('F00D', ...options);
        assert.ok(unknown.ok && unknown.status.kind === 'unknown', JSON.stringify(unknown));
      }
    }
  }
  const forged = asked(serial('good'), 'sha1', 'client', '-nmin', '5');
  assert.ok(!forged.ok && /no id-kp-OCSPSigning/.test(forged.reason), JSON.stringify(forged));
});
