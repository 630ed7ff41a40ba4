/** One connection from accept to close, without a data plane: its services are plain objects. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { Connection } from '../../../../proxy/data-plane/connection/connection.ts';
import type { ChainElement } from '../../../../proxy/shared/trust/chain-element.ts';
import { ChainRefused } from '../../../../proxy/shared/trust/verify-client-chain.ts';
import { clientHello } from '../../../support/client-hello.ts';
import { type Fakes, fakeGeneration, fakes, NOBODY } from './fake-services.ts';

const HELLO = await clientHello();
const NO_IDENTITY = { identities: [], roles: {} };

function connect(it: Fakes, sent: Buffer | null = HELLO): Connection {
  it.raw.unread = sent;
  return new Connection(it.services, it.listener, it.raw as unknown as Socket);
}

test('a client that is identified gets a session, and is counted on the way', async () => {
  const it = fakes();
  await connect(it).serve();
  assert.deepEqual(it.calls, ['headgate_handshakes_total', 'headgate_key_agreements_total', 'opened', 'relay started']);
  assert.deepEqual(it.rejections, []);
});

test('a client whose chain is refused is told by a session of its own, and recorded by that', async () => {
  const it = fakes();
  it.verdict = new ChainRefused('unknown-ca', 'no path to a trust anchor');
  await connect(it).serve();
  assert.deepEqual(it.calls, ['headgate_handshakes_total', 'refusal session', 'refusing', 'relay started']);
});

test('a client without an identity is refused before it has limits', async () => {
  const it = fakes(NO_IDENTITY);
  await connect(it).serve();
  assert.ok(it.calls.includes('refusing') && !it.calls.includes('opened'));
});

test('what is no ClientHello is recorded with its cause and closed without a session', async () => {
  const it = fakes();
  const connection = connect(it, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await connection.serve();
  assert.deepEqual(
    it.rejections.map(({ listener, peer, cause, action, generation }) => ({
      listener,
      peer,
      cause,
      action,
      generation,
    })),
    [{ listener: 'plant', peer: '192.0.2.7:40001', cause: 'plain-http', action: 'handshake', generation: 1 }],
  );
  assert.deepEqual(it.calls, ['headgate_rejections_total', 'left']);
  assert.ok(it.raw.destroyed);
});

test('a client that leaves without a byte is a counter and no rejection', async () => {
  const it = fakes();
  const connection = connect(it, null);
  const serving = connection.serve();
  it.raw.destroy();
  await serving;
  assert.deepEqual(it.calls, ['headgate_connections_empty_total', 'left']);
  assert.deepEqual(it.rejections, []);
});

test('a fault on the way is reported and recorded without its particulars', async () => {
  const it = fakes();
  it.verdict = new TypeError('secret of the house');
  await connect(it).serve();
  assert.ok(it.calls.includes('fault TypeError: secret of the house'));
  assert.ok(it.calls.includes('refusing'));
});

test('a connection that finds no room is closed and explained', () => {
  const it = fakes();
  connect(it).turnAway();
  assert.deepEqual(it.rejections[0]?.cause, 'connections-full');
  assert.ok(it.raw.destroyed);
});

test('a generation that came during the handshake counts: the session ends where its listener is gone in it', async () => {
  const it = fakes();
  const { front } = it.listener as unknown as { front: { handshake: () => Promise<unknown> } };
  const handshake = front.handshake;
  front.handshake = async () => {
    it.services.generation = { ...fakeGeneration(2, it.listener), listeners: [] };
    return handshake();
  };
  await connect(it).serve();
  assert.equal(it.calls.at(-1), 'stop drain: the listener is gone');
});

test('a session ends when a certificate of its chain expires, and not before', async () => {
  const it = fakes();
  const until = Date.now() + 60_000;
  it.verdict = { ...NOBODY, chain: [{ certificate: { ...NO_CERTIFICATE, notAfter: until } } as ChainElement] };
  const connection = connect(it);
  await connection.serve();
  connection.checkCertificate(until);
  assert.ok(!it.calls.some((call) => call.startsWith('stop')));
  connection.checkCertificate(until + 1);
  assert.ok(it.calls.some((call) => call.startsWith('stop expired: a certificate of the chain expired on ')));
});

test('a session whose principal is gone in a new generation ends, and it is known before', async () => {
  const it = fakes();
  const connection = connect(it);
  await connection.serve();
  const next = fakeGeneration(2, it.listener, NO_IDENTITY);
  assert.equal(connection.wouldEnd(next)?.reason, 'policy-changed');
  assert.equal(connection.wouldEnd(fakeGeneration(3, it.listener)), null);
  it.services.generation = next;
  assert.equal(connection.reauthorize(), false);
  assert.ok(it.calls.some((call) => call.startsWith('stop policy-changed')));
});

test('a generation that changes neither policy nor listener leaves the session alone', async () => {
  const it = fakes();
  const connection = connect(it);
  await connection.serve();
  it.services.generation = { ...it.services.generation, id: 2 };
  assert.equal(connection.reauthorize(), true);
  assert.ok(!it.calls.includes('session reauthorized') && !it.calls.includes('limits updated'));
});

test('both sockets gone: the session ends, and all that was counted is given back once', async () => {
  const it = fakes();
  const connection = connect(it);
  await connection.serve();
  connection.ended();
  connection.ended();
  assert.deepEqual(it.calls.slice(-5), ['session ended', 'ended', 'limits released', 'left', 'ended']);
});

test('a fault in a session costs that connection, recorded as internal-error', async () => {
  const it = fakes();
  const connection = connect(it);
  await connection.serve();
  connection.fault(new Error('x'));
  assert.equal(it.rejections[0]?.cause, 'internal-error');
  assert.ok(!it.rejections[0]?.reason.includes('x'.repeat(2)));
  assert.ok(it.calls.includes('relay destroyed'));
});
