import assert from 'node:assert/strict';
import test from 'node:test';
import type { Client } from '../../../../proxy/data-plane/connection/client.ts';
import { clientFacts } from '../../../../proxy/data-plane/connection/client-facts.ts';

const OFFER = { versions: ['TLSv1.3'], alpn: [] };
const certificate = (sha256: string) => ({ serial: '01', sha256, subject: 'CN=a', issuer: 'CN=ca', notAfter: '' });

/** A client as it stands right after it was accepted. */
function client(more: object = {}): Client {
  return {
    listener: { plan: { name: 'plant', protocol: 'mqtt' } },
    peer: { address: '2001:db8::7', port: 40_001 },
    identified: null,
    certificate: undefined,
    refused: [],
    tls: null,
    hello: null,
    sni: undefined,
    ...more,
  } as unknown as Client;
}

const ACCEPTED = { listener: 'plant', protocol: 'mqtt', peer: '[2001:db8::7]:40001' };

test('of a client that said nothing its listener and address are known', () => {
  assert.deepEqual(clientFacts(client()), ACCEPTED);
  const v4 = clientFacts(client({ peer: { address: '192.0.2.7', port: 1 } }));
  assert.equal(v4.peer, '192.0.2.7:1');
});

test('an identified client has a principal, an identity and its certificate', () => {
  const identified = { principal: 'press-1', identity: 'devices' };
  assert.deepEqual(clientFacts(client({ identified, certificate: certificate('aa') })), {
    ...ACCEPTED,
    ...identified,
    certificate: certificate('aa'),
  });
});

test('the other certificates of a refused client are its issuers', () => {
  const refused = [certificate('aa'), certificate('bb'), certificate('cc')];
  const facts = clientFacts(client({ certificate: refused[0], refused }));
  assert.deepEqual(facts.issuers, [certificate('bb'), certificate('cc')]);
  assert.equal('issuers' in clientFacts(client({ certificate: refused[0], refused: [refused[0]] })), false);
});

test('what a client offered is recorded until it is identified, what was agreed always', () => {
  const hello = { offer: () => OFFER };
  const tls = { getProtocol: () => 'TLSv1.3', getCipher: () => ({ name: 'TLS_AES_128_GCM_SHA256' }) };
  assert.deepEqual(clientFacts(client({ hello })).tls, { offered: OFFER });
  assert.deepEqual(clientFacts(client({ hello, tls, sni: 'gate' })).tls, {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    sni: 'gate',
    offered: OFFER,
  });
  const identified = { principal: 'press-1', identity: 'devices' };
  assert.deepEqual(clientFacts(client({ hello, tls, identified })).tls, {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
  });
});
