import assert from 'node:assert/strict';
import test from 'node:test';
import { readCertificate } from '../../../policies/x509/certificate.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import {
  altNames,
  ascii,
  attribute,
  CN,
  certificate,
  extension,
  generalizedTime,
  integer,
  name,
  oid,
  sequence,
  set,
  tlv,
  utcTime,
  utf8,
} from './der-writer.ts';

const empty = Buffer.alloc(0);
const subject = (value: Uint8Array) => certificate({ subject: name([attribute(CN, value)]) });
const san = (...names: Uint8Array[]) => certificate({ extensions: [altNames(...names)] });
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, i) => make(i));

test('the plain certificate that the malformed ones are made from is read', () => {
  const facts = readCertificate(certificate());
  assert.equal(facts.serial, '4A01');
  assert.deepEqual(facts.san.uri, ['spiffe://acme/p1/d1']);
});

const CASES: readonly [what: string, der: Uint8Array, message: RegExp][] = [
  ['nothing', empty, /the certificate is missing \(at byte 0\)/],
  ['one byte', Buffer.from([0x30]), /the certificate has no length \(at byte 1\)/],
  ['another tag', tlv(0x31), /the certificate has tag 0x31, not 0x30/],
  ['an empty sequence', sequence(), /tbsCertificate is missing/],
  ['a byte too few', certificate().subarray(0, -1), /longer than what contains it/],
  ['a byte too many', Buffer.concat([certificate(), Buffer.from([0])]), /the certificate has bytes left over/],
  ['an indefinite length', Buffer.from([0x30, 0x80, 0, 0]), /indefinite length/],
  ['a length of one octet that needs none', Buffer.from([0x30, 0x81, 0x01, 0]), /padded length/],
  ['a length with a leading zero', Buffer.from([0x30, 0x82, 0x00, 0x80]), /padded length/],
  ['a length of five octets', Buffer.from([0x30, 0x85, 1, 0, 0, 0, 0]), /length of 5 octets/],
  ['a length that is cut off', Buffer.from([0x30, 0x82, 0x01]), /ends within its length/],
  ['a multi-byte tag', certificate({ serial: Buffer.from([0x1f, 0x01, 0x00]) }), /has tag 0x1f/],
  ['a string in pieces', subject(tlv(0x2c, utf8('x'))), /has the tag 0x2c, which DER does not use/],
  [
    'an end of contents',
    certificate({ afterTbs: Buffer.from([0, 0]), publicKey: sequence(sequence(oid('1.2.3'), tlv(0)), tlv(0x03, [0])) }),
    /has the tag 0x00/,
  ],
  ['more than 16 KiB', Buffer.alloc(16 * 1024 + 1, 0x30), /more than 16384/],
  ['content after the signature', sequence(sequence(), sequence(), tlv(0x03, [0, 1]), integer(1)), /bytes left over/],

  ['version v1 written out', certificate({ version: tlv(0xa0, integer(0)) }), /version is not v3/],
  ['version v2', certificate({ version: tlv(0xa0, integer(1)) }), /version is not v3/],
  ['two versions', certificate({ version: tlv(0xa0, integer(2), integer(2)) }), /version has bytes left over/],
  ['extensions in a v1 certificate', certificate({ version: empty }), /tbsCertificate has bytes left over/],
  ['an empty serial number', certificate({ serial: integer() }), /serialNumber is empty/],
  ['serial number zero', certificate({ serial: integer(0) }), /serialNumber is not positive/],
  ['a negative serial number', certificate({ serial: integer(0x80) }), /serialNumber is not positive/],
  ['a padded serial number', certificate({ serial: integer(0, 0x7f) }), /serialNumber is padded/],
  ['a padded negative serial number', certificate({ serial: integer(0xff, 0x80) }), /serialNumber is padded/],
  ['a serial number of 21 octets', certificate({ serial: integer(...many(21, () => 1)) }), /over 20 octets/],
  [
    'two signature algorithms',
    certificate({ outerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) }),
    /the two signature algorithms differ/,
  ],
  ['a signature with unused bits', certificate({ signature: tlv(0x03, [1, 2]) }), /the signature has unused bits/],
  ['an empty signature', certificate({ signature: tlv(0x03) }), /the signature is empty/],
  ['a key that is no sequence', certificate({ publicKey: integer(1) }), /subjectPublicKeyInfo has tag 0x02/],
  ['a key without bits', certificate({ publicKey: sequence(sequence(oid('1.2.3'))) }), /the public key is missing/],
  [
    'a key of three parts',
    certificate({ publicKey: sequence(sequence(oid('1.2.3')), tlv(0x03, [0]), integer(1)) }),
    /subjectPublicKeyInfo has bytes left over/,
  ],
  [
    'an algorithm of three parts',
    certificate({ algorithm: sequence(oid('1.2.3'), tlv(0x05), tlv(0x05)) }),
    /the signature algorithm has bytes left over/,
  ],
  ['an algorithm without identifier', certificate({ algorithm: sequence() }), /the signature algorithm is missing/],
  ['something after the extensions', certificate({ afterTbs: integer(1) }), /tbsCertificate has bytes left over/],

  ['UTCTime without seconds', certificate({ notBefore: utcTime('2501010000Z') }), /notBefore is not of the form/],
  ['UTCTime with an offset', certificate({ notBefore: utcTime('2501010000+0100') }), /notBefore is not of the form/],
  ['UTCTime in lower case', certificate({ notBefore: utcTime('250101000000z') }), /notBefore is not of the form/],
  ['UTCTime with a letter', certificate({ notBefore: utcTime('25010100000OZ') }), /no digit/],
  ['February 30', certificate({ notBefore: utcTime('250230000000Z') }), /not a point in time/],
  ['month 13', certificate({ notBefore: utcTime('251301000000Z') }), /not a point in time/],
  ['month 0', certificate({ notBefore: utcTime('250001000000Z') }), /not a point in time/],
  ['day 0', certificate({ notBefore: utcTime('250100000000Z') }), /not a point in time/],
  ['minute 60', certificate({ notBefore: utcTime('250101006000Z') }), /not a point in time/],
  ['hour 24', certificate({ notBefore: utcTime('250101240000Z') }), /not a point in time/],
  ['second 60', certificate({ notBefore: utcTime('241231235960Z') }), /not a point in time/],
  ['fractions', certificate({ notAfter: generalizedTime('20350101000000.5Z') }), /notAfter is not of the form/],
  ['a time that is a string', certificate({ notAfter: utf8('350101000000Z') }), /notAfter has tag 0x0c/],
  ['an end before the begin', certificate({ notAfter: utcTime('241231235959Z') }), /notAfter is before notBefore/],

  ['an empty issuer', certificate({ issuer: name() }), /issuer is empty/],
  ['an empty RDN', certificate({ subject: sequence(set()) }), /an RDN of the subject is empty/],
  ['17 RDNs', certificate({ subject: name(...many(17, () => [attribute(CN, utf8('x'))])) }), /more than 16 RDNs/],
  [
    '17 attributes in an RDN',
    certificate({ subject: name(many(17, () => attribute(CN, utf8('x')))) }),
    /more than 16 attributes/,
  ],
  [
    'an attribute of three parts',
    certificate({ subject: name([sequence(oid(CN), utf8('x'), utf8('y'))]) }),
    /CN has bytes left over/,
  ],
  [
    'an attribute without a value',
    certificate({ subject: name([sequence(oid(CN))]) }),
    /subject attribute CN is missing/,
  ],
  ['an empty value', subject(utf8('')), /subject attribute CN is empty/],
  ['a BMPString', subject(tlv(0x1e, [0, 0x61])), /neither UTF8String/],
  ['a TeletexString', subject(ascii(0x14, 'x')), /neither UTF8String/],
  ['a UniversalString', subject(tlv(0x1c, [0, 0, 0, 0x61])), /neither UTF8String/],
  ['an INTEGER as a value', subject(integer(1)), /neither UTF8String/],
  ['a NUL', subject(utf8('a\0b')), /CN holds a control character/],
  ['a newline', subject(utf8('a\nb')), /CN holds a control character/],
  ['DEL', subject(utf8('a\x7f')), /CN holds a control character/],
  ['a C1 control', subject(utf8('a\u0085b')), /CN holds a control character/],
  ['overlong UTF-8', subject(tlv(0x0c, [0xc0, 0xaf])), /not valid UTF-8/],
  ['a surrogate in UTF-8', subject(tlv(0x0c, [0xed, 0xa0, 0x80])), /not valid UTF-8/],
  ['cut UTF-8', subject(tlv(0x0c, [0x61, 0xc3])), /not valid UTF-8/],
  ['Latin-1 in a UTF8String', subject(ascii(0x0c, '\xe9')), /not valid UTF-8/],
  ['an at sign in a PrintableString', subject(ascii(0x13, 'a@b')), /PrintableString\) holds a character outside/],
  ['Latin-1 in a PrintableString', subject(ascii(0x13, '\xe9')), /PrintableString\) holds a character outside/],
  ['Latin-1 in an IA5String', subject(ascii(0x16, '\xe9')), /IA5String\) holds a character outside/],
  ['a NUL in an IA5String', subject(ascii(0x16, 'a\0')), /IA5String\) holds a control character/],
  [
    'an OID that ends early',
    certificate({ subject: name([sequence(tlv(0x06, [0x55, 0x84]), utf8('x'))]) }),
    /mid-component/,
  ],
  [
    'a padded OID',
    certificate({ subject: name([sequence(tlv(0x06, [0x55, 0x80, 0x03]), utf8('x'))]) }),
    /padded component/,
  ],
  ['an empty OID', certificate({ subject: name([sequence(tlv(0x06), utf8('x'))]) }), /empty or too long/],
  [
    'an OID of 65 octets',
    certificate({
      subject: name([
        sequence(
          tlv(
            0x06,
            many(65, () => 1),
          ),
          utf8('x'),
        ),
      ]),
    }),
    /empty or too long/,
  ],

  ['no extension in [3]', certificate({ extensionsRaw: tlv(0xa3, sequence()) }), /extensions are empty/],
  [
    'two lists in [3]',
    certificate({ extensionsRaw: tlv(0xa3, sequence(), sequence()) }),
    /extensions has bytes left over/,
  ],
  [
    'an extension twice',
    certificate({ extensions: [altNames(ascii(0x82, 'a')), altNames(ascii(0x82, 'b'))] }),
    /2\.5\.29\.17 occurs twice/,
  ],
  [
    'an unknown extension twice',
    certificate({ extensions: [extension('1.2.3', empty), extension('1.2.3', empty)] }),
    /1\.2\.3 occurs twice/,
  ],
  [
    '65 extensions',
    certificate({ extensions: many(65, (i) => extension(`1.2.${i}`, empty)) }),
    /more than 64 extensions/,
  ],
  [
    'critical FALSE written out',
    certificate({ extensions: [extension('1.2.3', empty, tlv(0x01, [0]))] }),
    /although it is the default/,
  ],
  [
    'critical TRUE as 1',
    certificate({ extensions: [extension('1.2.3', empty, tlv(0x01, [1]))] }),
    /not a canonical BOOLEAN/,
  ],
  [
    'a value that is no OCTET STRING',
    certificate({ extensions: [sequence(oid('1.2.3'), sequence())] }),
    /has tag 0x30, not 0x04/,
  ],

  ['no name in the SAN', san(), /subjectAltName is empty/],
  [
    'bytes after the SAN',
    certificate({
      extensions: [extension('2.5.29.17', Buffer.concat([sequence(ascii(0x82, 'a')), Buffer.from([5, 0])]))],
    }),
    /subjectAltName has bytes left over/,
  ],
  ['65 SANs', san(...many(65, (i) => ascii(0x82, `h${i}`))), /more than 64 subjectAltNames/],
  ['an empty URI', san(ascii(0x86, '')), /a URI of the subjectAltName is empty/],
  ['a NUL in a DNS name', san(ascii(0x82, 'good.example\0.evil.example')), /DNS name .* holds a control character/],
  ['UTF-8 in a URI', san(tlv(0x86, Buffer.from('spiffe://acme/ü'))), /a URI .* holds a character outside its alphabet/],
  ['a C1 control in a URI', san(ascii(0x86, 'spiffe://acme/\x85')), /a URI .* holds a control character/],
  ['a space in a URI', san(ascii(0x86, 'spiffe://acme/a b')), /a URI .* holds a character outside its alphabet/],
  ['an IP address of 5 bytes', san(tlv(0x87, [1, 2, 3, 4, 5])), /not 4 or 16 bytes/],
  [
    'an IP address of 8 bytes',
    san(
      tlv(
        0x87,
        many(8, () => 1),
      ),
    ),
    /not 4 or 16 bytes/,
  ],
  ['a constructed DNS name', san(tlv(0xa2, [0x61])), /a name of unknown kind/],
  ['a SAN of unknown kind', san(tlv(0x89, [0x61])), /a name of unknown kind/],
];

for (const [what, der, message] of CASES) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => readCertificate(der),
      (error) => {
        assert.ok(error instanceof X509Error, `not an X509Error: ${error}`);
        assert.match(error.message, message);
        assert.ok(error.at >= 0 && error.at <= der.length);
        return true;
      },
    );
  });
}

test('a certificate at each limit is read', () => {
  const facts = readCertificate(
    certificate({
      serial: integer(...many(20, () => 0x7f)),
      subject: name(
        ...many(15, () => [attribute('2.5.4.11', utf8('x'))]),
        many(16, () => attribute('1.2.3', utf8('y'))),
      ),
      extensions: [
        altNames(...many(64, (i) => ascii(0x82, `h${i}`))),
        ...many(63, (i) => extension(`1.2.${i}`, empty)),
      ],
    }),
  );
  assert.equal(facts.serial.length, 40);
  assert.equal(facts.subject.length, 16);
  assert.equal(facts.san.dns.length, 64);
});
