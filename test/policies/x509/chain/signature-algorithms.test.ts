import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { describe, test } from 'node:test';
import { integer, oid, sequence, tlv } from '../der-writer.ts';
import { client, ecKey, ed25519Key, type KeyPair, mlDsa65Key, type Request, root, rsaKey } from './issue.ts';
import { validate, verdict } from './validating.ts';

const rsa = rsaKey();
const ec = ecKey();
const NULL = tlv(0x05);
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SHA384 = '2.16.840.1.101.3.4.2.2';

/** A leaf that the key signed in the way described. */
const signed = (key: KeyPair, request: Request = {}) => {
  const anchor = root('root', { key });
  return verdict(validate([client(anchor, request)], [anchor]));
};

const hash = (id: string, ...parameters: Buffer[]) => sequence(oid(id), ...parameters);
const pss = (digest: string, salt: number, maskDigest = digest, mask = '1.2.840.113549.1.1.8', ...more: Buffer[]) =>
  sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      tlv(0xa0, hash(digest, NULL)),
      tlv(0xa1, sequence(oid(mask), hash(maskDigest, NULL))),
      tlv(0xa2, integer(salt)),
      ...more,
    ),
  );
const pssSigning = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

describe('signatures that are accepted', () => {
  const CASES: readonly { readonly what: string; readonly key: KeyPair; readonly request?: Request }[] = [
    { what: 'RSA, SHA-256', key: rsa },
    {
      what: 'RSA, SHA-512, parameters left out',
      key: rsa,
      request: { algorithm: sequence(oid('1.2.840.113549.1.1.13')), digest: 'sha512' },
    },
    { what: 'RSA-PSS, SHA-256', key: rsa, request: { algorithm: pss(SHA256, 32), signing: pssSigning(32) } },
    {
      what: 'RSA-PSS, SHA-384',
      key: rsa,
      request: { algorithm: pss(SHA384, 48), signing: pssSigning(48), digest: 'sha384' },
    },
    { what: 'P-256', key: ec },
    {
      what: 'P-384, SHA-384',
      key: ecKey('P-384'),
      request: { algorithm: sequence(oid('1.2.840.10045.4.3.3')), digest: 'sha384' },
    },
    {
      what: 'P-521, SHA-512',
      key: ecKey('P-521'),
      request: { algorithm: sequence(oid('1.2.840.10045.4.3.4')), digest: 'sha512' },
    },
    { what: 'Ed25519', key: ed25519Key() },
    { what: 'ML-DSA-65', key: mlDsa65Key() },
  ];
  for (const { what, key, request } of CASES) test(what, () => assert.equal(signed(key, request), 'trusted'));
});

describe('signatures that are refused', () => {
  const weak = ['weak-key', 0, 'RFC 5280 4.1.1.2'] as const;
  const CASES: readonly {
    readonly what: string;
    readonly key: KeyPair;
    readonly request: Request;
    readonly expect: ReturnType<typeof verdict>;
  }[] = [
    {
      what: 'RSA, SHA-1',
      key: rsa,
      request: { algorithm: sequence(oid('1.2.840.113549.1.1.5'), NULL), digest: 'sha1' },
      expect: weak,
    },
    {
      what: 'ECDSA, SHA-1',
      key: ec,
      request: { algorithm: sequence(oid('1.2.840.10045.4.1')), digest: 'sha1' },
      expect: weak,
    },
    {
      what: 'parameters where none belong',
      key: ec,
      request: { algorithm: hash('1.2.840.10045.4.3.2', NULL) },
      expect: weak,
    },
    {
      what: 'RSA-PSS without parameters (SHA-1)',
      key: rsa,
      request: { algorithm: sequence(oid('1.2.840.113549.1.1.10')), signing: pssSigning(20), digest: 'sha1' },
      expect: weak,
    },
    {
      what: 'RSA-PSS with another digest for the mask',
      key: rsa,
      request: { algorithm: pss(SHA256, 32, SHA384), signing: pssSigning(32) },
      expect: weak,
    },
    {
      what: 'RSA-PSS with another mask',
      key: rsa,
      request: { algorithm: pss(SHA256, 32, SHA256, '1.2.840.113549.1.1.9'), signing: pssSigning(32) },
      expect: weak,
    },
    {
      what: 'RSA-PSS with a short salt',
      key: rsa,
      request: { algorithm: pss(SHA256, 20), signing: pssSigning(20) },
      expect: weak,
    },
    {
      what: 'RSA-PSS with a trailer field',
      key: rsa,
      request: { algorithm: pss(SHA256, 32, SHA256, undefined, tlv(0xa3, integer(1))), signing: pssSigning(32) },
      expect: weak,
    },
    {
      what: 'RSA-PSS declared, PKCS #1 made',
      key: rsa,
      request: { algorithm: pss(SHA256, 32) },
      expect: ['bad-signature', 0, 'RFC 5280 6.1.3 (a) (1)'],
    },
    {
      what: 'an algorithm of another kind of key',
      key: ec,
      request: { algorithm: rsa.algorithm },
      expect: ['bad-signature', 0, 'RFC 5280 4.1.1.2'],
    },
    {
      what: 'another digest than declared',
      key: ec,
      request: { digest: 'sha384' },
      expect: ['bad-signature', 0, 'RFC 5280 6.1.3 (a) (1)'],
    },
  ];
  for (const { what, key, request, expect } of CASES) test(what, () => assert.deepEqual(signed(key, request), expect));

  test('by a point that is not on its curve', () => {
    const spki = Buffer.from(ec.spki);
    spki.writeUInt8(spki.readUInt8(spki.length - 1) ^ 1, spki.length - 1);
    const anchor = root('root', { key: { ...ec, spki } });
    assert.equal(verdict(validate([client(anchor)], [anchor]))[0], 'bad-signature');
  });
});
