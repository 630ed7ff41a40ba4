import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCertificate } from '../../../../policies/x509/certificate.ts';
import { readChainExtensions } from '../../../../policies/x509/chain/extensions.ts';
import { X509Error } from '../../../../policies/x509/der.ts';
import { certificate, extension, integer, oid, sequence, tlv } from '../der-writer.ts';
import { authorityKeyId, basicConstraints, directory, distinguishedName, extKeyUsage, subjectKeyId } from './issue.ts';

const TRUE = tlv(0x01, [0xff]);
const FALSE = tlv(0x01, [0x00]);
const bits = (...octets: number[]) => tlv(0x03, octets);

const read = (...extensions: readonly Buffer[]) => readChainExtensions(parseCertificate(certificate({ extensions })));

describe('extensions of a chain', () => {
  test('what is absent is undefined', () => {
    assert.deepEqual(read(), {
      critical: new Set(),
      unknownCritical: [],
      basicConstraints: undefined,
      keyUsage: undefined,
      extKeyUsage: undefined,
      nameConstraints: undefined,
      altNames: undefined,
      subjectKeyId: undefined,
      authorityKeyId: undefined,
    });
  });

  const BASIC = [
    { what: 'no authority', value: sequence(), expect: { ca: false, pathLength: undefined } },
    { what: 'an authority', value: sequence(TRUE), expect: { ca: true, pathLength: undefined } },
    { what: 'length 0', value: sequence(TRUE, integer(0)), expect: { ca: true, pathLength: 0 } },
    { what: 'length 300', value: sequence(TRUE, integer(1, 44)), expect: { ca: true, pathLength: 300 } },
    {
      what: 'length 2^31',
      value: sequence(TRUE, integer(0, 128, 0, 0, 0)),
      expect: { ca: true, pathLength: 2 ** 53 - 1 },
    },
  ];
  for (const { what, value, expect } of BASIC) {
    test(`basicConstraints: ${what}`, () => {
      assert.deepEqual(read(extension('2.5.29.19', value)).basicConstraints, expect);
    });
  }

  const USAGE = [
    { value: bits(7, 0x80), expect: [0] },
    { value: bits(2, 0x04), expect: [5] },
    { value: bits(1, 0x06), expect: [5, 6] },
    { value: bits(0, 0x81), expect: [0, 7] },
    { value: bits(7, 0x80, 0x80), expect: [0, 8] },
  ];
  for (const { value, expect } of USAGE) {
    test(`keyUsage: ${value.toString('hex')}`, () => {
      const usage = read(extension('2.5.29.15', value)).keyUsage ?? 0;
      const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (usage & (1 << bit)) !== 0);
      assert.deepEqual(set, expect);
    });
  }

  test('purposes and key identifiers', () => {
    const found = read(extKeyUsage('1.2.3', '2.5.29.37.0'), subjectKeyId('me'), authorityKeyId('you'));
    assert.deepEqual(found.extKeyUsage, ['1.2.3', '2.5.29.37.0']);
    assert.equal(found.subjectKeyId, Buffer.from('me').toString('hex'));
    assert.deepEqual(found.authorityKeyId, { keyId: Buffer.from('you').toString('hex'), issuer: false, serial: false });
    const issuer = tlv(0xa1, directory(distinguishedName('root')));
    const named = read(extension('2.5.29.35', sequence(issuer, tlv(0x82, [7]))));
    assert.deepEqual(named.authorityKeyId, { keyId: undefined, issuer: true, serial: true });
  });

  test('critical extensions that are not enforced are listed', () => {
    const policyConstraints = extension('2.5.29.36', sequence(tlv(0x80, [0])), TRUE);
    const found = read(basicConstraints(true), policyConstraints, extension('2.5.29.32', sequence(), TRUE));
    assert.deepEqual(found.unknownCritical, ['2.5.29.36']);
  });

  const MALFORMED = [
    { what: 'basicConstraints: cA false is the default', id: '2.5.29.19', value: sequence(FALSE) },
    { what: 'basicConstraints: negative length', id: '2.5.29.19', value: sequence(TRUE, integer(0xff)) },
    { what: 'basicConstraints: something left over', id: '2.5.29.19', value: sequence(TRUE, integer(1), integer(1)) },
    { what: 'basicConstraints: something after it', id: '2.5.29.19', value: Buffer.concat([sequence(), sequence()]) },
    { what: 'basicConstraints: BER TRUE', id: '2.5.29.19', value: sequence(tlv(0x01, [0x01])) },
    { what: 'keyUsage: no octet', id: '2.5.29.15', value: bits() },
    { what: 'keyUsage: no bit', id: '2.5.29.15', value: bits(0) },
    { what: 'keyUsage: zero', id: '2.5.29.15', value: bits(0, 0) },
    { what: 'keyUsage: a zero octet at the end', id: '2.5.29.15', value: bits(0, 0x81, 0) },
    { what: 'keyUsage: a zero bit at the end', id: '2.5.29.15', value: bits(1, 0x04) },
    { what: 'keyUsage: unused bits that are set', id: '2.5.29.15', value: bits(3, 0x04) },
    { what: 'keyUsage: eight unused bits', id: '2.5.29.15', value: bits(8, 0x80) },
    { what: 'keyUsage: three octets', id: '2.5.29.15', value: bits(7, 0x80, 0, 0x80) },
    { what: 'keyUsage: no BIT STRING', id: '2.5.29.15', value: integer(1) },
    { what: 'extKeyUsage: empty', id: '2.5.29.37', value: sequence() },
    { what: 'extKeyUsage: no OID', id: '2.5.29.37', value: sequence(integer(1)) },
    { what: 'extKeyUsage: 65 purposes', id: '2.5.29.37', value: sequence(...Array(65).fill(oid('1.2.3'))) },
    { what: 'subjectKeyIdentifier: no OCTET STRING', id: '2.5.29.14', value: integer(1) },
    { what: 'authorityKeyIdentifier: wrong order', id: '2.5.29.35', value: sequence(tlv(0x82, [7]), tlv(0x80, [7])) },
    { what: 'authorityKeyIdentifier: unknown part', id: '2.5.29.35', value: sequence(tlv(0x83, [7])) },
  ];
  for (const { what, id, value } of MALFORMED) {
    test(what, () => assert.throws(() => read(extension(id, value)), X509Error));
  }
});
