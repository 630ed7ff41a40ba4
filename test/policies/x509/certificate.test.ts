import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parseCertificate, readCertificate } from '../../../policies/x509/certificate.ts';
import { nameText } from '../../../policies/x509/name.ts';
import { createAuthority } from '../../../proxy/cli/pki/authority.ts';
import {
  altNames,
  ascii,
  attribute,
  CN,
  certificate,
  generalizedTime,
  name,
  sequence,
  set,
  tlv,
  utf8,
} from './der-writer.ts';
import { needsOpenssl, openssl } from './openssl.ts';

const authority = await createAuthority({ commonName: 'Reader CA' });

/** Node reads the same bytes with OpenSSL: serial, validity, fingerprint, signature must agree. */
function assertAgreesWithNode(der: Uint8Array): void {
  const node = new X509Certificate(der);
  const own = parseCertificate(der);
  const { facts } = own;
  assert.equal(facts.serial, node.serialNumber);
  assert.equal(facts.notBefore, node.validFromDate.getTime());
  assert.equal(facts.notAfter, node.validToDate.getTime());
  const sha256 = createHash('sha256').update(own.der).digest('hex').toUpperCase();
  assert.equal(sha256, node.fingerprint256.replaceAll(':', ''));
  const publicKey = der.subarray(own.publicKey.start, own.publicKey.end);
  assert.deepEqual(Buffer.from(publicKey), node.publicKey.export({ format: 'der', type: 'spki' }));
  const issuedBy = nameText(facts.issuer).split(',').toReversed().join('\n');
  assert.equal(issuedBy, node.issuer);
}

test('a certificate of the development CA is read', async () => {
  const notBefore = new Date('2026-01-02T03:04:05Z');
  const notAfter = new Date('2061-01-02T03:04:05Z');
  const { cert, serial } = await authority.issue({
    subject: [{ O: 'Acme' }, { CN: 'pümp-1', OU: ['a', 'b'] }],
    uri: ['spiffe://acme/p1/d1', 'urn:x'],
    dns: 'a.example',
    email: 'a@b.example',
    ip: ['192.0.2.1', '2001:db8:0:0:1::1'],
    notBefore,
    notAfter,
  });
  const der = new X509Certificate(cert).raw;
  assertAgreesWithNode(der);
  const facts = readCertificate(der);
  assert.equal(facts.serial, serial);
  assert.equal(facts.notBefore, notBefore.getTime());
  assert.equal(facts.notAfter, notAfter.getTime());
  assert.deepEqual(facts.issuer, [[{ oid: '2.5.4.3', type: 'CN', value: 'Reader CA', tag: 12 }]]);
  assert.deepEqual(
    facts.subject.map((rdn) => rdn.map(({ type, value }) => `${type}=${value}`)),
    [['O=Acme'], ['CN=pümp-1', 'OU=a', 'OU=b']],
  );
  assert.deepEqual(facts.san, {
    uri: ['spiffe://acme/p1/d1', 'urn:x'],
    dns: ['a.example'],
    email: ['a@b.example'],
    ip: ['192.0.2.1', '2001:db8::1:0:0:1'],
  });
});

test('an empty subject beside a SAN is read, as SPIFFE has it', async () => {
  const { cert } = await authority.issue({ subject: [], uri: 'spiffe://acme/p1/d1' });
  const facts = readCertificate(new X509Certificate(cert).raw);
  assert.deepEqual(facts.subject, []);
  assert.deepEqual(facts.san.uri, ['spiffe://acme/p1/d1']);
});

test('extensions are listed in order, with their values and critical flags', async () => {
  const value = Uint8Array.of(0x05, 0x00);
  const { cert } = await authority.issue({ subject: 'CN=x', extensions: [{ oid: '1.2.3.4', critical: true, value }] });
  const { extensions, der } = parseCertificate(new X509Certificate(cert).raw);
  assert.deepEqual(
    extensions.map(({ oid, critical }) => [oid, critical]),
    [
      ['2.5.29.19', true],
      ['2.5.29.15', true],
      ['2.5.29.14', false],
      ['2.5.29.35', false],
      ['2.5.29.37', false],
      ['1.2.3.4', true],
    ],
  );
  const last = extensions.at(-1)?.value;
  assert.ok(last);
  assert.deepEqual(new Uint8Array(der.subarray(last.content, last.end)), value);
});

test('certificates of the openssl command are read', needsOpenssl, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'headgate-x509-'));
  try {
    const variants: readonly (readonly string[])[] = [
      [
        '-newkey',
        'rsa:2048',
        '-subj',
        '/C=DE/O=Acme/OU=plant 7/CN=pump, 1',
        '-addext',
        'subjectAltName=URI:spiffe://acme/p/d,DNS:x.example,IP:2001:db8::1,email:a@b.c,otherName:1.2.3;UTF8:x,RID:1.2.3.4',
      ],
      [
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-384',
        '-subj',
        '/DC=example/DC=acme/UID=u1+CN=x/emailAddress=a@b.c/serialNumber=7',
        '-set_serial',
        '0x00ff',
        '-days',
        '20000',
      ],
      ['-newkey', 'ed25519', '-utf8', '-subj', '/O=Müller & Söhne/CN=日本'],
    ];
    const seen: string[] = [];
    for (const [index, args] of variants.entries()) {
      const [key, out] = [join(dir, `${index}.key`), join(dir, `${index}.der`)];
      openssl(['req', '-x509', '-nodes', '-keyout', key, '-outform', 'DER', '-out', out, ...args]);
      const der = await readFile(out);
      const node = new X509Certificate(der);
      const facts = readCertificate(der);
      assert.equal(facts.serial, node.serialNumber);
      assert.equal(facts.notAfter, node.validToDate.getTime());
      seen.push(nameText(facts.subject));
    }
    assert.deepEqual(seen, [
      'CN=pump\\, 1,OU=plant 7,O=Acme,C=DE',
      'SERIALNUMBER=7,E=a@b.c,CN=x+UID=u1,DC=acme,DC=example',
      'CN=日本,O=Müller & Söhne',
    ]);
    assert.deepEqual(readCertificate(await readFile(join(dir, '0.der'))).san, {
      uri: ['spiffe://acme/p/d'],
      dns: ['x.example'],
      email: ['a@b.c'],
      ip: ['2001:db8::1'],
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('every string type that is allowed is read', () => {
  const values = [utf8('\ufeffé€😀'), ascii(0x13, "A-z 0 '()+,-./:=?*&"), ascii(0x16, 'a@b_c!"#$%;<>[]^`{|}~')];
  const facts = readCertificate(certificate({ subject: name(...values.map((value) => [attribute(CN, value)])) }));
  assert.deepEqual(
    facts.subject.map((rdn) => rdn[0]?.value),
    ['\ufeffé€😀', "A-z 0 '()+,-./:=?*&", 'a@b_c!"#$%;<>[]^`{|}~'],
  );
});

test('kinds of SAN that identities do not use are skipped', () => {
  const directory = tlv(0xa4, name([attribute(CN, utf8('x'))]));
  const other = tlv(0xa0, sequence());
  const der = certificate({ extensions: [altNames(directory, other, ascii(0x88, 'ab'), tlv(0x87, [10, 0, 0, 1]))] });
  assert.deepEqual(readCertificate(der).san, { uri: [], dns: [], email: [], ip: ['10.0.0.1'] });
});

test('a v1 certificate has no extensions and is read', () => {
  const parsed = parseCertificate(certificate({ version: Buffer.alloc(0), extensions: [] }));
  assert.equal(parsed.version, 1);
  assert.deepEqual(parsed.extensions, []);
});

test('UTCTime ends in 2049, GeneralizedTime is read on both sides of it', () => {
  const cases: readonly [Uint8Array, string][] = [
    [ascii(0x17, '491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [ascii(0x17, '500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [generalizedTime('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
    [generalizedTime('20300228120000Z'), '2030-02-28T12:00:00.000Z'],
    [generalizedTime('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
  ];
  for (const [notAfter, expected] of cases) {
    const facts = readCertificate(certificate({ notBefore: ascii(0x17, '500101000000Z'), notAfter }));
    assert.equal(new Date(facts.notAfter).toISOString(), expected);
  }
});

test('attributes of a SET are taken in the order of the certificate', () => {
  const rdn = set(attribute('2.5.4.11', utf8('b')), attribute(CN, utf8('a')));
  assert.equal(nameText(readCertificate(certificate({ subject: sequence(rdn) })).subject), 'OU=b+CN=a');
});

const PURPOSES: readonly [eku: 'client' | 'server' | 'both' | 'none', oids: readonly string[]][] = [
  ['client', ['1.3.6.1.5.5.7.3.2']],
  ['server', ['1.3.6.1.5.5.7.3.1']],
  ['both', ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']],
  ['none', []],
];

for (const [eku, oids] of PURPOSES) {
  test(`the purposes of a certificate are read: ${eku}`, async () => {
    const { cert } = await authority.issue({ subject: 'CN=x', dns: 'x.example', eku });
    assert.deepEqual(readCertificate(new X509Certificate(cert).raw).eku.toSorted(), oids);
  });
}
