/**
 * Odd TLS that is right gets through; TLS that is wrong, or that stops half-way, is closed, counted
 * once under its own cause, and leaves a record that says what the client offered.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import type { RejectionEvent } from '../../policies/event.ts';
import { extension, hello, vector, words, write } from '../policies/tls/hello-writer.ts';
import { startAedes } from '../support/aedes.ts';
import { clientHello } from '../support/client-hello.ts';
import { inRecords, type Rewriting, startHelloRelay } from '../support/hello-relay.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { findTool, without } from '../support/require-tool.ts';
import { waitFor, within } from '../support/wait.ts';

const pki = await testPki();
const NOBODY = 1;
const HELLO = await clientHello({ servername: 'localhost', ALPNProtocols: ['mqtt\n'] });

/** The one rejection of this cause; nothing else was counted and nobody is left. */
async function onlyRejection(gate: ObservedGate, cause: RejectionEvent['cause']): Promise<RejectionEvent> {
  const event = await gate.rejection(cause);
  await gate.idle();
  assert.equal(gate.metric('headgate_rejections_total'), 1, 'no other rejection is counted');
  return event;
}

const ODD: readonly [string, Rewriting][] = [
  ['a hello in records of one byte', { hello: (record) => inRecords(record, 1) }],
  ['a hello in records of one byte, each byte by itself', { hello: (record) => inRecords(record, 1), dribble: true }],
  ['a hello in records of 100 bytes', { hello: (record) => inRecords(record, 100) }],
  ['a hello byte by byte', { dribble: true }],
];

for (const [name, rewriting] of ODD) {
  test(`${name} is a client like any other`, async () => {
    await using broker = await startAedes();
    await using gate = await startObservedGate({ broker: broker.port });
    await using relay = await startHelloRelay(gate.port(), rewriting);
    const tls = await pki.device('pump-1');
    await using client = await connectMqtt({ port: relay.port, clientId: 'pump-1', version: 4, tls });
    assert.equal(await client.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
    assert.equal(gate.metric('headgate_rejections_total'), 0);
  });
}

const ALERT = 21;
const HANDSHAKE = 22;
const DATA = 23;

/** One record around a message. */
function record(message: Buffer, type = HANDSHAKE): Buffer {
  return Buffer.concat([Buffer.from([type, 3, type === HANDSHAKE ? 1 : 3]), vector(2, message)]);
}

const half = HELLO.subarray(5, 105);
const WRONG: readonly [string, Buffer, RegExp][] = [
  ['two server names', record(hello({ extensions: [write.sni('a'), write.sni('b')] })), /extension 0 comes twice/],
  ['a server name with a zero byte', record(hello({ extensions: [write.sni('a\0b')] })), /server_name/],
  [
    'an extension of 20 KB',
    record(hello({ extensions: [extension(21, Buffer.alloc(20_000))] })).subarray(0, 16_000),
    /a record of 2/,
  ],
  [
    'an extension of 20 KB over records',
    inRecords(record(hello({ extensions: [extension(21, Buffer.alloc(20_000))] })), 4000),
    /announces 2/,
  ],
  [
    'a hundred extensions',
    record(hello({ extensions: Array.from({ length: 100 }, (_, n) => extension(4096 + n, Buffer.alloc(0))) })),
    /extensions/,
  ],
  [
    'a thousand cipher suites',
    record(hello({ ciphers: words(Array.from({ length: 1000 }, (_, n) => n)) })),
    /cipher_suites/,
  ],
  ['a record without content amid the hello', Buffer.concat([record(half), record(Buffer.alloc(0))]), /a record of 0/],
  [
    'an alert amid the hello',
    Buffer.concat([record(half), record(Buffer.from([2, 40]), ALERT)]),
    /not a TLS handshake record/,
  ],
  ['data amid the hello', Buffer.concat([record(half), record(Buffer.alloc(9), DATA)]), /not a TLS handshake record/],
  [
    'more records than a hello needs',
    inRecords(record(Buffer.concat([Buffer.from('01003fff', 'hex'), Buffer.alloc(16_383)])), 3).subarray(0, 33_000),
    /too many bytes/,
  ],
];

for (const [name, bytes, reason] of WRONG) {
  test(`${name}: closed before any answer`, async () => {
    await using gate = await startObservedGate({ broker: NOBODY });
    await using client = await connectRaw({ port: gate.port() });
    await client.write(bytes);
    assert.equal((await client.waitClosed()).length, 0);
    const event = await onlyRejection(gate, 'client-hello');
    assert.match(event.reason, reason);
    assert.equal(event.tls, undefined);
    assert.equal(gate.metric('headgate_handshakes_total'), 0);
  });
}

const LEAVING: readonly [string, (client: RawClient) => unknown][] = [
  ['says good-bye', ({ socket }) => socket.end()],
  ['resets the connection', ({ socket }) => socket.resetAndDestroy()],
  ['sends a fatal alert', ({ socket }) => socket.write(record(Buffer.from([2, 48]), ALERT))],
];
const MUDDLED: readonly [string, Buffer][] = [
  ['ciphertext that is none', record(Buffer.alloc(64, 0x55), DATA)],
  ['a record of a type that is none', record(Buffer.alloc(64), 99)],
  ['a second hello', HELLO],
];

/** What the records of one client say that it offered. */
function assertOffer(event: RejectionEvent): void {
  assert.equal(event.tls?.sni, 'localhost');
  const { offered } = event.tls ?? {};
  // The protocol name ends in no letter: its first and last hex digit.
  assert.match(offered?.ja4 ?? '', /^t13d\d{4}6a_[0-9a-f]{12}_[0-9a-f]{12}$/);
  assert.deepEqual(offered?.versions, ['TLS 1.3', 'TLS 1.2']);
  assert.ok(offered?.groups.includes('P-256') && offered.keyShares.length > 0);
  assert.deepEqual(offered.alpn, ['mqtt\\x0a'], 'what a client chose is escaped');
}

for (const [name, leave] of LEAVING) {
  test(`a client that ${name} after its hello, or after the server’s flight, has aborted`, async () => {
    for (const wait of [0, 1]) {
      await using gate = await startObservedGate({ broker: NOBODY });
      await using client = await connectRaw({ port: gate.port() });
      await client.write(HELLO);
      await client.bytes(wait);
      leave(client);
      await client.waitClosed();
      assertOffer(await onlyRejection(gate, 'aborted-by-client'));
      assert.equal(gate.metric('headgate_handshakes_total'), 0);
    }
  });
}

for (const [name, bytes] of MUDDLED) {
  test(`${name} in place of the client’s second flight is a TLS error`, async () => {
    await using gate = await startObservedGate({ broker: NOBODY });
    await using client = await connectRaw({ port: gate.port() });
    await client.write(HELLO);
    await client.bytes(1);
    await client.write(bytes);
    await client.waitClosed();
    assertOffer(await onlyRejection(gate, 'tls-error'));
  });
}

test('a client that is through the handshake and leaves without a packet leaves nothing behind', async () => {
  await using gate = await startObservedGate({ broker: NOBODY });
  for (const how of ['end', 'destroy'] as const) {
    await using client = await connectRaw({ port: gate.port(), tls: await pki.device('pump-1') });
    await waitFor('the session', () => gate.total('sessions') === 1);
    client.socket[how]();
    await gate.idle();
  }
});

test('bytes that are no TLS in an open session end it, and it is said why', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port });
  await using relay = await startHelloRelay(gate.port(), {});
  const tls = await pki.device('pump-1');
  await using client = await connectMqtt({ port: relay.port, clientId: 'pump-1', version: 4, tls });
  relay.inject(record(Buffer.alloc(64, 0x55), DATA));
  await client.waitClosed();
  const event = await onlyRejection(gate, 'tls-error');
  assert.match(event.reason, /ERR_SSL_.*BAD_RECORD_MAC/);
  assert.equal(event.principal, 'pump-1');
  await waitFor('the broker to be left', () => broker.connections === 0);
});

test('a client that asks for renegotiation is refused it', { skip: without('openssl') }, async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port });
  const { cert, key, ca } = writeCredentials(gate.dir, 'pump-1', await pki.device('pump-1'));
  const client = spawn(findTool('openssl') as string, [
    ...['s_client', '-connect', `127.0.0.1:${gate.port()}`, '-servername', 'localhost', '-tls1_2'],
    ...['-cert', cert, '-key', key, '-CAfile', ca],
  ]);
  let output = '';
  for (const stream of [client.stdout, client.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  try {
    await waitFor('the session', () => gate.total('sessions') === 1);
    client.stdin.write('R\n');
    await within('the end of openssl', ended);
    await gate.idle();
    assert.match(output, /RENEGOTIATING/);
    assert.match(output, /no renegotiation/);
  } finally {
    client.kill();
    await ended;
  }
});
