import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { readOcspUrls } from '../../../policies/revocation/authority-access.ts';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { DerReader, X509Error } from '../../../policies/x509/der.ts';
import { ascii, integer, oid, sequence } from '../x509/der-writer.ts';
import { needsOpenssl, openssl } from '../x509/openssl.ts';

const OCSP = '1.3.6.1.5.5.7.48.1';
const ISSUERS = '1.3.6.1.5.5.7.48.2';
const access = (method: string, location: Uint8Array) => sequence(oid(method), location);
const uri = (text: string) => ascii(0x86, text);

test('the URLs of responders are read, in their order', () => {
  const der = sequence(
    access(ISSUERS, uri('http://ca.example/ca.crt')),
    access(OCSP, uri('http://ocsp.example')),
    access(OCSP, ascii(0x82, 'ocsp.example')),
    access(OCSP, uri('http://ocsp.example/2')),
  );
  assert.deepEqual(readOcspUrls(new DerReader(der)), ['http://ocsp.example', 'http://ocsp.example/2']);
});

test('what openssl writes is read', needsOpenssl, () => {
  const extension = 'authorityInfoAccess=OCSP;URI:http://ocsp.example/a,caIssuers;URI:http://ca.example/a';
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const { der, extensions } = parseCertificate(
    new X509Certificate(openssl(['req', ...made, '-subj', '/CN=x', '-addext', extension])).raw,
  );
  const found = extensions.find((one) => one.oid === '1.3.6.1.5.5.7.1.1');
  assert.ok(found);
  assert.deepEqual(readOcspUrls(new DerReader(der, found.value.content, found.value.end)), ['http://ocsp.example/a']);
});

test('what is malformed is refused', () => {
  const one = access(OCSP, uri('http://a'));
  const malformed = [
    sequence(),
    sequence(sequence(oid(OCSP))),
    sequence(sequence(uri('http://a'))),
    sequence(sequence(oid(OCSP), uri('http://a'), integer(1))),
    sequence(access(OCSP, uri('http://a\nb'))),
    sequence(access(OCSP, uri(''))),
    sequence(...Array.from({ length: 33 }, () => one)),
    Buffer.concat([sequence(one), integer(1)]),
  ];
  for (const der of malformed) assert.throws(() => readOcspUrls(new DerReader(der)), X509Error, der.toString('hex'));
});
