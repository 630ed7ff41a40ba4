import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { DEFAULT_KEY_RULES, type KeyRules } from '../../../../policies/x509/chain/key-rules.ts';
import { integer, oid, sequence, tlv } from '../der-writer.ts';
import { AUTHORITY, authority, client, ecKey, type KeyPair, root, rsaKey } from './issue.ts';
import { validate, verdict } from './validating.ts';

const ec = ecKey();
const NULL = tlv(0x05);

describe('keys', () => {
  const anchor = root();
  const PROFILE: KeyRules = { ...DEFAULT_KEY_RULES, keys: new Set(['P-384']), signatures: new Set(['ecdsa-sha384']) };

  /** A leaf with the key. */
  const leafKey = (key: KeyPair) => validate([client(anchor, { key })], [anchor]);
  const withSpki = (spki: Buffer): KeyPair => ({ ...ec, spki });
  const rsaSpki = (modulus: Buffer, exponent: number[], sign = [0]) =>
    sequence(
      sequence(oid('1.2.840.113549.1.1.1'), NULL),
      tlv(0x03, [0], sequence(tlv(0x02, sign, modulus), integer(...exponent))),
    );
  const modulus = (bytes: number) => Buffer.alloc(bytes, 0xff);
  const ecSpki = (parameters: Buffer, point: Buffer) =>
    sequence(sequence(oid('1.2.840.10045.2.1'), parameters), tlv(0x03, [0], point));
  const P256 = oid('1.2.840.10045.3.1.7');

  const REFUSED = [
    { what: 'RSA of 1024 bits', spki: rsaSpki(modulus(128), [1, 0, 1]), reason: /1024 bits, fewer than 2048/ },
    { what: 'RSA of 16384 bits', spki: rsaSpki(modulus(2048), [1, 0, 1]), reason: /16384 bits, more than 8192/ },
    { what: 'RSA of 8200 bits', spki: rsaSpki(modulus(1025), [1, 0, 1]), reason: /8200 bits, more than 8192/ },
    { what: 'RSA, exponent 1', spki: rsaSpki(modulus(256), [1]), reason: /exponent/ },
    { what: 'RSA, even exponent', spki: rsaSpki(modulus(256), [2]), reason: /exponent/ },
    { what: 'RSA, long exponent', spki: rsaSpki(modulus(256), [1, 1, 1, 1, 1, 1]), reason: /exponent/ },
    { what: 'RSA, negative modulus', spki: rsaSpki(Buffer.alloc(256, 0x81), [1, 0, 1], []), reason: /modulus/ },
    { what: 'RSA, negative exponent', spki: rsaSpki(modulus(256), [0x81]), reason: /exponent/ },
    { what: 'RSA, even modulus', spki: rsaSpki(Buffer.alloc(256, 0xfe), [1, 0, 1]), reason: /modulus/ },
    {
      what: 'a curve of another family (secp256k1)',
      spki: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ type: 'spki', format: 'der' }),
      reason: /the curve 1\.3\.132\.0\.10 is not accepted/,
    },
    {
      what: 'explicit curve parameters',
      spki: ecSpki(sequence(integer(1)), Buffer.alloc(65, 4)),
      reason: /does not name its curve/,
    },
    { what: 'a compressed point', spki: ecSpki(P256, Buffer.alloc(33, 2)), reason: /no uncompressed point/ },
    { what: 'a hybrid point', spki: ecSpki(P256, Buffer.alloc(65, 6)), reason: /no uncompressed point/ },
    { what: 'a point of another length', spki: ecSpki(P256, Buffer.alloc(97, 4)), reason: /no uncompressed point/ },
    {
      what: 'X25519',
      spki: generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }),
      reason: /1\.3\.101\.110 is not accepted/,
    },
    {
      what: 'Ed448, which the default leaves out',
      spki: generateKeyPairSync('ed448').publicKey.export({ type: 'spki', format: 'der' }),
      reason: /does not accept ed448/,
    },
    {
      what: 'a short Ed25519 key',
      spki: sequence(sequence(oid('1.3.101.112')), tlv(0x03, Buffer.alloc(32))),
      reason: /has 31 bytes/,
    },
    {
      what: 'Ed25519 with parameters',
      spki: sequence(sequence(oid('1.3.101.112'), NULL), tlv(0x03, Buffer.alloc(33))),
      reason: /has parameters/,
    },
  ];
  for (const { what, spki, reason } of REFUSED) {
    test(`${what} is refused`, () => {
      const result = leafKey(withSpki(spki));
      assert.ok(!result.ok);
      assert.deepEqual(verdict(result), ['weak-key', 0, 'RFC 5280 4.1.2.7']);
      assert.match(result.reason, reason);
    });
  }

  test('the key of an issuer is judged like that of the leaf', () => {
    const plant = authority(anchor, 'plant', { key: rsaKey(1024) });
    assert.deepEqual(verdict(validate([client(plant), plant], [anchor])), ['weak-key', 1, 'RFC 5280 4.1.2.7']);
    const small = root('small', { key: rsaKey(1024) });
    assert.deepEqual(verdict(validate([client(small)], [small])), ['weak-key', 1, 'RFC 5280 4.1.2.7']);
  });

  test('a profile bounds keys and signatures', () => {
    const options = { keys: PROFILE };
    const key = ecKey('P-384');
    const sha384 = { algorithm: sequence(oid('1.2.840.10045.4.3.3')), digest: 'sha384', key: ecKey('P-384') };
    const anchor384 = root('root', { key, extensions: AUTHORITY });
    assert.equal(verdict(validate([client(anchor384, sha384)], [anchor384], options)), 'trusted');
    const sha256 = client(anchor384, { key: ecKey('P-384') });
    assert.deepEqual(verdict(validate([sha256], [anchor384], options)), ['weak-key', 0, 'RFC 5280 4.1.1.2']);
    assert.deepEqual(verdict(validate([client(anchor384)], [anchor384], options)), ['weak-key', 0, 'RFC 5280 4.1.2.7']);
  });
});
