import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parseCertificate, readCertificate } from '../../../../policies/x509/certificate.ts';
import { createAuthority, type IssueRequest } from '../../../../proxy/cli/pki/authority.ts';
import { needsOpenssl, openssl } from '../../../policies/x509/openssl.ts';

const CLIENT = '1.3.6.1.5.5.7.3.2';
const SERVER = '1.3.6.1.5.5.7.3.1';

const authority = await createAuthority({ commonName: 'Test CA' });
const ca = new X509Certificate(authority.cert);

async function issue(request: Partial<IssueRequest> = {}): Promise<X509Certificate> {
  return new X509Certificate((await authority.issue({ subject: 'CN=x', ...request })).cert);
}

test('an authority is self-signed, a CA, and fits its key', () => {
  assert.ok(ca.ca);
  assert.ok(ca.verify(ca.publicKey));
  assert.ok(ca.checkPrivateKey(createPrivateKey(authority.key)));
  assert.equal(ca.subject, 'CN=Test CA');
});

test('a certificate is signed by the authority and fits its own key', async () => {
  const { cert, key, serial } = await authority.issue({ subject: 'O=Acme,CN=pump-1' });
  const certificate = new X509Certificate(cert);
  assert.ok(certificate.verify(ca.publicKey));
  assert.ok(certificate.checkIssued(ca));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
  assert.match(key, /^-----BEGIN PRIVATE KEY-----\n/);
  assert.equal(certificate.serialNumber, serial);
  assert.match(serial, /^[0-9A-F]{32}$/);
  assert.ok(!certificate.ca);
  assert.equal(certificate.subject, 'O=Acme\nCN=pump-1');
});

test('no two serial numbers are alike', async () => {
  const serials = await Promise.all(Array.from({ length: 20 }, async () => (await issue()).serialNumber));
  assert.equal(new Set(serials).size, 20);
});

test('extended key usage is as asked for, client by default', async () => {
  assert.deepEqual((await issue()).keyUsage, [CLIENT]);
  assert.deepEqual((await issue({ eku: 'server' })).keyUsage, [SERVER]);
  assert.deepEqual((await issue({ eku: 'both' })).keyUsage, [CLIENT, SERVER]);
  assert.equal((await issue({ eku: 'none' })).keyUsage, undefined);
});

test('validity is as asked for', async () => {
  const day = 86_400_000;
  const now = Date.now();
  const plain = await issue();
  assert.ok(plain.validFromDate.getTime() < now && plain.validFromDate.getTime() > now - day);
  assert.ok(Math.abs(plain.validToDate.getTime() - now - 90 * day) < day);
  const notBefore = new Date('2040-01-01T00:00:00Z');
  assert.equal((await issue({ notBefore, days: 2 })).validToDate.toISOString(), '2040-01-03T00:00:00.000Z');
  const past = await issue({ notAfter: new Date('2020-06-01T00:00:00Z') });
  assert.equal(past.validToDate.toISOString(), '2020-06-01T00:00:00.000Z');
  assert.ok(past.validFromDate < past.validToDate);
  await assert.rejects(issue({ notBefore, notAfter: new Date('2039-01-01') }), /end before it begins/);
});

test('names that a careless client would ask for come into the certificate as they are', async () => {
  const values = ['a+b', 'a,b', '#x', '$SYS', 'a/b', ' x ', '"', '\\', 'ü', '"a"'];
  const certificate = await issue({ subject: values.map((value) => ({ CN: value })) });
  assert.deepEqual(
    readCertificate(certificate.raw).subject.map((rdn) => rdn[0]?.value),
    values,
  );
});

test('keys of other kinds are made where asked for', async () => {
  assert.equal((await issue({ keyKind: 'RSA-1024' })).publicKey.asymmetricKeyDetails?.modulusLength, 1024);
  assert.equal((await issue({ keyKind: 'P-384' })).publicKey.asymmetricKeyDetails?.namedCurve, 'secp384r1');
});

test('the key identifiers of issuer and certificate fit', async () => {
  const identifier = (der: Buffer, oid: string, skip: number) => {
    const value = parseCertificate(der).extensions.find((extension) => extension.oid === oid)?.value;
    assert.ok(value, oid);
    return der.subarray(value.content + skip, value.end).toString('hex');
  };
  // SubjectKeyIdentifier is an OCTET STRING; AuthorityKeyIdentifier a SEQUENCE that holds it as [0].
  const own = identifier(ca.raw, '2.5.29.14', 2);
  assert.equal(own.length, 40);
  assert.equal(identifier((await issue()).raw, '2.5.29.35', 4), own);
});

test('openssl accepts what the authority signs', needsOpenssl, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'headgate-authority-'));
  const file = async (name: string, text: string) => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  try {
    const caFile = await file('ca.pem', authority.cert);
    const client = await authority.issue({ subject: [{ O: 'Acme' }, { CN: 'x', OU: 'y' }], uri: 'spiffe://a/b/c' });
    const clientFile = await file('client.pem', client.cert);
    const verify = ['verify', '-x509_strict', '-CAfile', caFile];
    assert.match(openssl([...verify, '-purpose', 'sslclient', clientFile]), /OK/);
    assert.throws(() => openssl([...verify, '-purpose', 'sslserver', clientFile]), /unsuitable certificate purpose/);

    const middle = await authority.intermediate({ commonName: 'Middle CA' });
    const leaf = await file('leaf.pem', (await middle.issue({ subject: 'CN=leaf' })).cert);
    const chain = await file('middle.pem', middle.cert);
    assert.match(openssl([...verify, '-untrusted', chain, '-purpose', 'sslclient', leaf]), /OK/);

    const crl = async (number: number, serials: string[]) =>
      file('crl.pem', await authority.crl({ number, revoked: serials.map((serial) => ({ serial })) }));
    const empty = await crl(1, []);
    assert.match(openssl([...verify, '-crl_check', '-CRLfile', empty, clientFile]), /OK/);
    const revoking = await crl(300, [client.serial]);
    assert.throws(() => openssl([...verify, '-crl_check', '-CRLfile', revoking, clientFile]), /certificate revoked/);
    const text = openssl(['crl', '-in', revoking, '-CAfile', caFile, '-text', '-noout']);
    assert.match(text, /X509v3 CRL Number:\s+300\n/);
    assert.match(text, new RegExp(`Serial Number: ${client.serial}`));
    assert.match(text, /Key Compromise/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
