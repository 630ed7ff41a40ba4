import assert from 'node:assert/strict';
import test from 'node:test';
import { readClientHello } from '../../../policies/tls/client-hello.ts';
import { groupName, isGrease, versionName } from '../../../policies/tls/names.ts';
import { MAX_LISTED, tlsOffer } from '../../../policies/tls/offer.ts';
import { clientHello } from '../../support/client-hello.ts';
import { hello, write } from './hello-writer.ts';

test('an offer is told in words, in the order of the client', async () => {
  const bytes = await clientHello({
    servername: 'gate.example.com',
    ALPNProtocols: ['mqtt'],
    ecdhCurve: 'X25519MLKEM768:X25519:P-256',
  });
  const { ja4, ...words } = tlsOffer(readClientHello(bytes.subarray(5)));
  assert.match(ja4, /^t13d\d{4}mt_[0-9a-f]{12}_[0-9a-f]{12}$/);
  assert.deepEqual(words, {
    versions: ['TLS 1.3', 'TLS 1.2'],
    groups: ['X25519MLKEM768', 'x25519', 'P-256'],
    keyShares: ['X25519MLKEM768'],
    alpn: ['mqtt'],
  });
});

test('without a list of versions the one of the hello is told', () => {
  assert.deepEqual(tlsOffer(readClientHello(hello({ version: 0x0302, extensions: null }))).versions, ['TLS 1.1']);
});

test('GREASE is left out, the unknown has its number, and lists are cut', () => {
  const groups = [0x0a0a, ...Array.from({ length: 40 }, (_, n) => 0x4000 + n)];
  const offer = tlsOffer(
    readClientHello(hello({ extensions: [write.groups(groups), write.versions([0x7f1c, 0xdada])] })),
  );
  assert.equal(offer.groups.length, MAX_LISTED);
  assert.deepEqual(offer.groups.slice(0, 2), ['0x4000', '0x4001']);
  assert.deepEqual(offer.versions, ['0x7f1c']);
});

test('numbers have the names people know', () => {
  const groups = [23, 24, 25, 29, 30, 256, 4587, 4588, 4589].map(groupName);
  assert.deepEqual(groups, [
    ...['P-256', 'P-384', 'P-521', 'x25519', 'x448', 'ffdhe2048'],
    ...['SecP256r1MLKEM768', 'X25519MLKEM768', 'SecP384r1MLKEM1024'],
  ]);
  const versions = [0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 5].map(versionName);
  assert.deepEqual(versions, ['SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', '0x0005']);
});

test('the sixteen GREASE values of RFC 8701 are known, and no others', () => {
  const found = Array.from({ length: 0x10000 }, (_, value) => value).filter(isGrease);
  assert.deepEqual(
    found,
    Array.from({ length: 16 }, (_, n) => 0x0a0a + n * 0x1010),
  );
});
