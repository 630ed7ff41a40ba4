/** Chains that are judged by us and by OpenSSL. */
import { constants } from 'node:crypto';
import { extension, integer, oid, sequence, tlv, utcTime } from '../der-writer.ts';
import {
  ANY_PURPOSE,
  AUTHORITY,
  authority,
  authorityKeyId,
  basicConstraints,
  CLIENT,
  CLIENT_AUTH,
  client,
  dns,
  ecKey,
  ed25519Key,
  extKeyUsage,
  type Issued,
  issue,
  keyUsage,
  nameConstraints,
  type Request,
  root,
  rsaKey,
  SERVER_AUTH,
  subjectKeyId,
  unknownCritical,
} from './issue.ts';

import type { OpensslChain } from './openssl-chain.ts';
import { CONSTRAINED_CHAINS } from './openssl-constrained-chains.ts';

const anchor = root();
const rsa = rsaKey();
const rsaRoot = root('rsa root', { key: rsa });
const OLD = { notAfter: utcTime('260501000000Z') };
const SOON = { notBefore: utcTime('270601000000Z') };
const TRUE = tlv(0x01, [0xff]);

/** Root, `extensions.length` authorities with those extensions from the top down, leaf. */
function line(extensions: readonly (readonly Buffer[])[], leaf: Request = {}): Pick<OpensslChain, 'chain' | 'trust'> {
  const issuers = [anchor];
  for (const [index, list] of extensions.entries()) {
    issuers.unshift(authority(issuers[0] as Issued, `level ${index}`, { extensions: list }));
  }
  return { chain: [client(issuers[0] as Issued, leaf), ...issuers.slice(0, -1)], trust: [anchor] };
}

const leafOnly = (request: Request, trust = anchor) => ({ chain: [client(trust, request)] as const, trust: [trust] });
const leafWith = (...extensions: Buffer[]) => leafOnly({ extensions });
const plantWith = (...extensions: Buffer[]) => line([extensions]);
const plain = (count: number) => Array.from({ length: count }, () => AUTHORITY);
const bounded = (pathLength: number) => [basicConstraints(true, pathLength), keyUsage(0x06)];

function rollover(): Pick<OpensslChain, 'chain' | 'trust'> {
  const plant = authority(anchor, 'plant', { extensions: bounded(0) });
  const renewed = authority(plant, 'plant');
  return { chain: [client(renewed), renewed, plant], trust: [anchor] };
}

function crossSigned(): Pick<OpensslChain, 'chain' | 'trust'> {
  const key = ecKey();
  const other = root('other');
  const [byOther, byAnchor] = [authority(other, 'plant', { key }), authority(anchor, 'plant', { key })];
  return { chain: [client(byOther), byOther, byAnchor], trust: [anchor] };
}

function expiredAndGood(): Pick<OpensslChain, 'chain' | 'trust'> {
  const key = ecKey();
  const [expired, good] = [authority(anchor, 'plant', { key, ...OLD }), authority(anchor, 'plant', { key })];
  return { chain: [client(good), expired, good], trust: [anchor] };
}

const rsaPss = sequence(
  oid('1.2.840.113549.1.1.10'),
  sequence(
    tlv(0xa0, sequence(oid('2.16.840.1.101.3.4.2.1'), tlv(0x05))),
    tlv(0xa1, sequence(oid('1.2.840.113549.1.1.8'), sequence(oid('2.16.840.1.101.3.4.2.1'), tlv(0x05)))),
    tlv(0xa2, integer(32)),
  ),
);
const pssSigning = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const sha1 = { algorithm: sequence(oid('1.2.840.113549.1.1.5'), tlv(0x05)), digest: 'sha1' };
const tooLongFor5 = 'a chain of more than five certificates is a limit of ours; OpenSSL’s is a hundred';
const keyIds = [subjectKeyId('one'), authorityKeyId('two')];
const intermediate = authority(anchor, 'intermediate');
const small = root('small', { key: rsaKey(1024) });
const oldRoot = root('old', OLD);
const noConstraints = root('no constraints', { extensions: [keyUsage(0x06)] });
const device = client(anchor, { subject: 'device' });
const pinned = issue({ subject: 'pinned', extensions: CLIENT });

export const CHAINS: readonly OpensslChain[] = [
  { what: 'depth 1', ...line([]) },
  { what: 'depth 2', ...line(plain(1)) },
  { what: 'depth 3', ...line(plain(2)) },
  { what: 'depth 4', ...line(plain(3)) },
  { what: 'depth 5', ...line(plain(4)), differs: tooLongFor5 },
  { what: 'intermediate missing', chain: [client(intermediate)], trust: [anchor] },
  { what: 'foreign root', chain: [client(root('foreign'))], trust: [anchor] },
  { what: 'foreign root, presented', chain: [client(small), small], trust: [anchor] },
  { what: 'forged in the name of the root', chain: [client(root())], trust: [anchor] },
  { what: 'cross-signed', ...crossSigned(), differs: 'OpenSSL builds one path and does not go back' },
  { what: 'an expired and a good intermediate of one key', ...expiredAndGood() },
  {
    what: 'key change of an intermediate',
    ...rollover(),
    differs: 'without key identifiers OpenSSL takes a self-issued certificate for a self-signed one',
  },
  { what: 'partial: intermediate trusted', chain: [client(intermediate)], trust: [intermediate], partial: true },
  { what: 'intermediate trusted without partial', chain: [client(intermediate)], trust: [intermediate] },
  { what: 'intermediate in the store helps', chain: [client(intermediate)], trust: [anchor, intermediate] },
  { what: 'partial: the leaf itself is trusted', chain: [pinned], trust: [pinned], partial: true },
  {
    what: 'self-signed leaf trusted without partial',
    chain: [pinned],
    trust: [pinned],
    differs:
      'OpenSSL takes every self-signed certificate of a store for an anchor; here a client must be in a partial store',
  },
  { what: 'expired leaf', ...leafOnly(OLD) },
  { what: 'expired intermediate', ...line([AUTHORITY]), chain: expiredIntermediate() },
  { what: 'expired root', ...leafOnly({}, oldRoot) },
  { what: 'future leaf', ...leafOnly(SOON) },
  { what: 'EKU server', ...leafWith(extKeyUsage(SERVER_AUTH)) },
  { what: 'EKU both', ...leafWith(extKeyUsage(SERVER_AUTH, CLIENT_AUTH)) },
  {
    what: 'EKU any',
    ...leafWith(extKeyUsage(ANY_PURPOSE)),
    differs: 'a setting here; OpenSSL asks for the purpose itself',
  },
  { what: 'no EKU', ...leafWith() },
  { what: 'EKU of an intermediate: server', ...plantWith(...AUTHORITY, extKeyUsage(SERVER_AUTH)) },
  { what: 'EKU of an intermediate: client', ...plantWith(...AUTHORITY, extKeyUsage(CLIENT_AUTH)) },
  { what: 'key usage: encipherment only', ...leafWith(keyUsage(0x20), extKeyUsage(CLIENT_AUTH)) },
  {
    what: 'key usage: agreement only',
    ...leafWith(keyUsage(0x08), extKeyUsage(CLIENT_AUTH)),
    differs: 'OpenSSL still thinks of static Diffie-Hellman; a client signs (RFC 8446 4.4.2.2)',
  },
  { what: 'key usage of an intermediate: CRLs only', ...plantWith(basicConstraints(true), keyUsage(0x02)) },
  { what: 'key usage of an intermediate: none', ...plantWith(basicConstraints(true)) },
  { what: 'client as issuer', chain: [client(device), device], trust: [anchor] },
  { what: 'intermediate without basicConstraints', ...plantWith(keyUsage(0x06)) },
  { what: 'intermediate with cA false', ...plantWith(basicConstraints(false), keyUsage(0x06)) },
  {
    what: 'root without basicConstraints',
    ...leafOnly({}, noConstraints),
    differs: 'an anchor must say that it is an authority, too',
  },
  { what: 'pathLen 0, none below', ...line([bounded(0)]) },
  { what: 'pathLen 0, one below', ...line([bounded(0), AUTHORITY]) },
  { what: 'pathLen 1, one below', ...line([bounded(1), bounded(0)]) },
  { what: 'pathLen grows below', ...line([bounded(1), bounded(3)]) },
  { what: 'unknown critical in the leaf', ...leafWith(...CLIENT, unknownCritical()) },
  { what: 'unknown critical in an intermediate', ...plantWith(...AUTHORITY, unknownCritical()) },
  { what: 'unknown, not critical', ...leafWith(...CLIENT, extension('1.3.6.1.4.1.55555.1', tlv(0x05))) },
  { what: 'key identifiers that fit nothing', ...leafWith(...CLIENT, ...keyIds) },
  {
    what: 'key identifier of another key',
    ...otherKeyId(),
    differs:
      'OpenSSL excludes an issuer whose key identifier differs; here identifiers order the search, the signature decides',
  },
  { what: 'duplicate extension', ...leafWith(...CLIENT, extKeyUsage(CLIENT_AUTH)) },
  { what: 'RSA 2048', ...leafOnly({}, rsaRoot) },
  { what: 'RSA-PSS', ...leafOnly({ algorithm: rsaPss, signing: pssSigning }, rsaRoot) },
  { what: 'RSA with SHA-1', ...leafOnly(sha1, rsaRoot) },
  { what: 'RSA 1024 leaf', ...leafOnly({ key: small.key }) },
  { what: 'RSA 1024 root', ...leafOnly({}, small) },
  { what: 'Ed25519', ...leafOnly({}, root('ed', { key: ed25519Key() })) },
  { what: 'P-521', ...leafOnly({}, root('p521', { key: ecKey('P-521') })) },
  {
    what: 'secp256k1',
    ...leafOnly({ key: ecKey('secp256k1') }),
    differs: 'only the curves of TLS 1.3 that profiles name are accepted',
  },
  ...CONSTRAINED_CHAINS,
  {
    what: 'NC: in a client certificate',
    ...leafWith(...CLIENT, nameConstraints([dns('acme.test')])),
    differs: 'RFC 5280 4.2.1.10 has them in certificates of authorities only',
  },
  {
    what: 'policyConstraints, critical',
    ...plantWith(...AUTHORITY, extension('2.5.29.36', sequence(tlv(0x80, [0])), TRUE)),
    differs: 'OpenSSL passes over policies unless asked to check them; here what is critical and not enforced refuses',
  },
];

function expiredIntermediate(): OpensslChain['chain'] {
  const old = authority(anchor, 'old', OLD);
  return [client(old), old];
}

function otherKeyId(): Pick<OpensslChain, 'chain' | 'trust'> {
  const named = root('named', { extensions: [...AUTHORITY, subjectKeyId('one')] });
  return { chain: [client(named, { extensions: [...CLIENT, authorityKeyId('two')] })], trust: [named] };
}
