import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { needsOpenssl, openssl } from '../../../policies/x509/openssl.ts';
import { certificate, done, mode, withAuthority } from './command.ts';
import { verifySigned } from './signed.ts';

/** Type on the command line, what node:crypto calls it, and whether openssl 3.0 knows it. */
const TYPES: readonly {
  type: string;
  key: string;
  detail: string | number | undefined;
  signature: string;
  openssl: boolean;
}[] = [
  { type: 'p256', key: 'ec', detail: 'prime256v1', signature: 'ecdsa-with-SHA256', openssl: true },
  { type: 'p384', key: 'ec', detail: 'secp384r1', signature: 'ecdsa-with-SHA384', openssl: true },
  { type: 'rsa2048', key: 'rsa', detail: 2048, signature: 'sha256WithRSAEncryption', openssl: true },
  { type: 'rsa3072', key: 'rsa', detail: 3072, signature: 'sha256WithRSAEncryption', openssl: true },
  { type: 'ed25519', key: 'ed25519', detail: undefined, signature: 'ED25519', openssl: true },
  { type: 'ml-dsa-65', key: 'ml-dsa-65', detail: undefined, signature: 'ML-DSA-65', openssl: false },
  { type: 'ml-dsa-87', key: 'ml-dsa-87', detail: undefined, signature: 'ML-DSA-87', openssl: false },
];

for (const { type, key, detail, signature } of TYPES) {
  test(`an authority and a leaf with a key of type ${type}`, () =>
    withAuthority(
      async (dir) => {
        await done('issue', dir, 'x', '--key', type);
        const [ca, x] = [await certificate(join(dir, 'ca.pem')), await certificate(join(dir, 'x.pem'))];
        for (const one of [ca, x]) {
          const { asymmetricKeyType, asymmetricKeyDetails: details } = one.publicKey;
          assert.equal(asymmetricKeyType, key);
          assert.equal(details?.namedCurve ?? details?.modulusLength, detail);
          assert.equal(one.signatureAlgorithm, signature);
          assert.ok(one.verify(ca.publicKey), `${one.subject} is signed by the authority`);
        }
        assert.ok(x.checkIssued(ca));
        assert.ok(x.checkPrivateKey(createPrivateKey(await readFile(join(dir, 'x.key')))));
        assert.equal(await mode(join(dir, 'x.key')), '600');
        assert.match(await readFile(join(dir, 'crl.pem'), 'utf8'), /^-----BEGIN X509 CRL-----/);
      },
      '--key',
      type,
    ));
}

for (const { type } of TYPES.filter(({ openssl: known }) => known)) {
  test(`openssl follows a chain of ${type} over the intermediate`, needsOpenssl, () =>
    withAuthority(
      async (dir) => {
        const file = (name: string) => join(dir, name);
        for (const name of ['good', 'bad']) await done('issue', dir, name, '--key', type);
        await done('revoke', dir, 'bad');
        const lists = ['-crl_check_all', '-CRLfile', file('crl.pem'), '-CRLfile', file('ca-crl.pem')];
        const verify = (name: string) =>
          openssl([
            'verify',
            '-x509_strict',
            '-CAfile',
            file('ca.pem'),
            '-untrusted',
            file(name),
            ...lists,
            file(name),
          ]);
        assert.match(verify('good.pem'), /OK/);
        assert.throws(() => verify('bad.pem'), /certificate revoked/);
      },
      '--key',
      type,
      '--intermediate',
    ),
  );
}

for (const { type } of TYPES.filter(({ openssl: known }) => !known)) {
  test(`a chain of ${type} over the intermediate holds, and so does the signature of its list`, () =>
    withAuthority(
      async (dir) => {
        await done('issue', dir, 'x', '--key', type);
        await done('revoke', dir, 'x');
        const [ca, middle, x] = await Promise.all(
          ['ca', 'intermediate', 'x'].map((name) => certificate(join(dir, `${name}.pem`))),
        );
        assert.ok(ca && middle && x);
        assert.ok(x.verify(middle.publicKey) && middle.verify(ca.publicKey));
        assert.ok(!x.verify(ca.publicKey));
        const crl = Buffer.from((await readFile(join(dir, 'crl.pem'), 'utf8')).replace(/-----.*-----/g, ''), 'base64');
        assert.ok(verifySigned(crl, middle.publicKey));
        assert.ok(!verifySigned(crl, ca.publicKey));
      },
      '--key',
      type,
      '--intermediate',
    ));
}
