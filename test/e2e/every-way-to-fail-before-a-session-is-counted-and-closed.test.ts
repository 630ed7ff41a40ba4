/** What never becomes a session: each has its own cause, is counted once, leaves a record, and its socket really closes. */
import assert from 'node:assert/strict';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { RejectionEvent } from '../../policies/event.ts';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startAedes } from '../support/aedes.ts';
import { runChild } from '../support/child.ts';
import { clientHello } from '../support/client-hello.ts';
import type { Section } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw, RawClient } from '../support/raw-client.ts';
import { findTool, without } from '../support/require-tool.ts';
import { nextEvent, waitFor } from '../support/wait.ts';

const pki = await testPki();
/** Holds a handshake slot until its deadline: a hello, and nothing after it. */
const HELLO = await clientHello();

const NOBODY = 1;
const CONNECT = '100c00044d5154540402003c0000';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function gateWith(listener: Section, more: Section = {}): Promise<ObservedGate> {
  return startObservedGate({ broker: NOBODY, listener, more });
}

/** The one rejection of this cause; nothing else was counted and nobody is left. */
async function onlyRejection(gate: ObservedGate, cause: RejectionEvent['cause']): Promise<RejectionEvent> {
  const event = await gate.rejection(cause);
  await gate.idle();
  assert.equal(gate.rejections(cause), 1);
  assert.equal(gate.metric('headgate_rejections_total'), 1, 'no other rejection is counted');
  assert.equal(event.count, 1);
  assert.equal(event.listener, 'mqtt');
  assert.match(event.peer, /^127\.0\.0\.1:\d+$/);
  return event;
}

const RECORD = '16 0301';
const GARBAGE: readonly { name: string; bytes: Buffer; cause: RejectionEvent['cause'] }[] = [
  { name: 'plain text', bytes: Buffer.from('hello, is anybody there?\r\n'), cause: 'plain-text' },
  { name: 'plain HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), cause: 'plain-http' },
  { name: 'HTTP/2 with prior knowledge', bytes: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), cause: 'plain-http' },
  { name: 'plain MQTT', bytes: hex(CONNECT), cause: 'plain-mqtt' },
  { name: 'plain Kafka', bytes: hex('00000014 0012 0003 00000001 0004 74657374 00 0000'), cause: 'plain-kafka' },
  {
    name: 'a ClientHello of garbage',
    bytes: hex(`${RECORD} 0010 0100000c ffffffffffffffffffffffff`),
    cause: 'client-hello',
  },
  {
    name: 'a record that is no handshake message of a client',
    bytes: hex(`${RECORD} 0004 02000000`),
    cause: 'client-hello',
  },
  { name: 'an empty record', bytes: hex(`${RECORD} 0000`), cause: 'client-hello' },
  { name: 'a ClientHello that announces 16 MiB', bytes: hex(`${RECORD} 0004 01ffffff`), cause: 'client-hello' },
  {
    name: 'SSL 2',
    bytes: hex('802e0100020015000000100100800200800300800400800500800600400700c0'),
    cause: 'plain-text',
  },
];

for (const { name, bytes, cause } of GARBAGE) {
  test(`${name} is ${cause}`, async () => {
    await using gate = await gateWith({});
    await using client = await connectRaw({ port: gate.port() });
    await client.write(bytes);
    assert.equal((await client.waitClosed()).length, 0, 'nothing is answered before TLS');
    const event = await onlyRejection(gate, cause);
    assert.equal(event.identity, undefined);
    assert.equal(gate.metric('headgate_connections_accepted_total'), 1);
  });
}

/** Shakes hands with these settings; resolves when the connection has ended, with the error. */
async function tlsFailure(gate: ObservedGate, options: ConnectionOptions): Promise<NodeJS.ErrnoException> {
  const device = await pki.device('pump-1');
  const socket = connectTls({ port: gate.port(), host: '127.0.0.1', servername: 'localhost', ...device, ...options });
  socket.resume();
  const [error] = await nextEvent(socket, 'error');
  socket.destroy();
  return error as NodeJS.ErrnoException;
}

const WEAK = 'ALL@SECLEVEL=0';
const HANDSHAKES: readonly {
  name: string;
  profile?: string;
  options: ConnectionOptions;
  cause: RejectionEvent['cause'];
}[] = [
  {
    name: 'TLS 1.1 only',
    options: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: WEAK },
    cause: 'tls-too-old',
  },
  { name: 'TLS 1.0 only', options: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: WEAK }, cause: 'tls-too-old' },
  {
    name: 'TLS 1.2 at mozilla-modern',
    profile: 'mozilla-modern',
    options: { maxVersion: 'TLSv1.2' },
    cause: 'tls-too-old',
  },
  {
    name: 'TLS 1.2 with CBC ciphers only',
    options: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384' },
    cause: 'no-shared-cipher',
  },
  { name: 'a group that no profile has', options: { ecdhCurve: 'secp521r1' }, cause: 'no-shared-group' },
  {
    name: 'a signature algorithm that no profile has',
    options: { sigalgs: 'ed25519' },
    cause: 'no-shared-signature',
  },
];

for (const { name, profile = 'mozilla-intermediate', options, cause } of HANDSHAKES) {
  test(`${name} is ${cause}`, async () => {
    const tls = { profile, certificate: 'server.pem', key: 'server.key', clients: ['devices'] };
    await using gate = await gateWith({ tls });
    await tlsFailure(gate, options);
    const event = await onlyRejection(gate, cause);
    assert.equal(event.tls?.sni, 'localhost');
    assert.equal(gate.metric('headgate_handshakes_total'), 0);
  });
}

test('openssl s_client that may only speak TLS 1.1 is told so by an alert', { skip: without('openssl') }, async () => {
  await using gate = await gateWith({});
  const args = ['s_client', '-connect', `127.0.0.1:${gate.port()}`, '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'];
  const { code, stderr, stdout } = await runChild(findTool('openssl') as string, args, { input: '' });
  assert.notEqual(code, 0);
  assert.match(stderr + stdout, /alert protocol version|unsupported protocol/);
  await onlyRejection(gate, 'tls-too-old');
});

test('who connects and leaves without a byte is a counter, no rejection', async () => {
  await using gate = await gateWith({});
  for (let i = 1; i <= 3; i++) {
    const client = await connectRaw({ port: gate.port() });
    if (i === 3) client.socket.resetAndDestroy();
    await client[Symbol.asyncDispose]();
    await waitFor('the counter', () => gate.metric('headgate_connections_empty_total', { listener: 'mqtt' }) === i);
  }
  await gate.idle();
  assert.equal(gate.metric('headgate_rejections_total'), 0);
});

test('who leaves in the middle of the ClientHello has aborted', async () => {
  await using gate = await gateWith({});
  await using client = await connectRaw({ port: gate.port() });
  await client.write(hex(RECORD));
  await waitFor('the connection to be counted', () => gate.total('live') === 1);
  client.socket.end();
  await onlyRejection(gate, 'aborted-by-client');
});

test('who leaves in the middle of the TLS handshake has aborted, and its slot is free long before the deadline', async () => {
  await using gate = await gateWith({});
  await using client = await connectRaw({ port: gate.port() });
  await client.write(await captureHello());
  await client.bytes(1);
  assert.equal(gate.total('handshakes'), 1);
  client.socket.end();
  await onlyRejection(gate, 'aborted-by-client');
});

for (const { name, drip, pieces } of [
  { name: 'one byte and then silence', drip: false, pieces: hex('16') },
  { name: 'a drip of single bytes', drip: true, pieces: hex(`${RECORD} 0200 010001fc 0303`) },
  { name: 'silence from the start', drip: false, pieces: Buffer.alloc(0) },
] as const) {
  test(`a half-open handshake (${name}) is closed at the deadline`, async () => {
    await using gate = await gateWith({ timeouts: { handshake: '400ms' } });
    await using client = await connectRaw({ port: gate.port() });
    const started = performance.now();
    let at = 0;
    await waitFor('the end', async () => {
      if (at < pieces.length && (drip || at === 0)) await client.write(pieces.subarray(at, ++at));
      return client.closed;
    });
    assert.ok(performance.now() - started >= 300, 'not before the deadline');
    const event = await onlyRejection(gate, 'half-open-timeout');
    assert.match(event.reason, /400 ms/);
  });
}

test('a TLS handshake that stops after the ClientHello is closed at the deadline and gives its slot back', async () => {
  await using gate = await gateWith({ timeouts: { handshake: '400ms' } });
  await using mute = new RawClient(connectTcp({ port: gate.port(), host: '127.0.0.1' }));
  const hello = await captureHello();
  await mute.write(hello);
  assert.ok((await mute.waitClosed()).length > 0, 'the ServerHello came');
  await onlyRejection(gate, 'half-open-timeout');
});

/** The first flight of a real client. */
async function captureHello(): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await nextEvent(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ port, host: '127.0.0.1', servername: 'localhost' });
  client.on('error', () => {});
  const [socket] = (await nextEvent(server, 'connection')) as [Socket];
  const [bytes] = (await nextEvent(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

const FIRST_PACKETS: readonly {
  name: string;
  listener: Section;
  bytes: Buffer;
  wait?: number;
  answer?: string;
  cause: RejectionEvent['cause'];
}[] = [
  { name: 'no CONNECT at all', listener: {}, bytes: Buffer.alloc(0), wait: 10_001, cause: 'connect-timeout' },
  { name: 'half a CONNECT', listener: {}, bytes: hex(CONNECT).subarray(0, 7), wait: 10_001, cause: 'connect-timeout' },
  {
    name: 'a CONNECT over the limit',
    listener: { mqtt: { maxConnectSize: '256B' } },
    bytes: hex('10ac02 0004 4d515454 04 02 003c'),
    cause: 'packet-too-large',
  },
  { name: 'a PUBLISH first', listener: {}, bytes: hex('3003000161'), cause: 'protocol-error' },
  { name: 'HTTP inside TLS', listener: {}, bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), cause: 'protocol-error' },
  {
    name: 'MQTT 3.1',
    listener: {},
    bytes: hex('100e 0006 4d5149736470 03 02 003c 0000'),
    answer: '20020001',
    cause: 'unsupported-protocol',
  },
  { name: 'MQTT 6', listener: {}, bytes: hex('100c 0004 4d515454 06 02 003c 0000'), cause: 'unsupported-protocol' },
];

for (const { name, listener, bytes, wait, answer, cause } of FIRST_PACKETS) {
  test(`after the handshake: ${name} is ${cause}`, async () => {
    await using broker = await startAedes();
    await using gate = await startObservedGate({ broker: broker.port, listener });
    const clock = driveClock(gate.gate.shared);
    await using client = await connectRaw({ port: gate.port(), tls: await pki.device('pump-1') });
    await waitFor('the session', () => gate.total('sessions') === 1);
    await client.write(bytes);
    if (wait !== undefined) {
      clock.advance(wait - 2000);
      await assert.rejects(
        waitFor('an early end', () => client.closed, 600),
        /early end/,
      );
      clock.advance(2000);
    }
    const received = await client.waitClosed();
    if (answer !== undefined) assert.equal(received.toString('hex'), answer);
    const event = await onlyRejection(gate, cause);
    assert.equal(event.principal, 'pump-1');
    assert.equal(broker.connections, 0, 'no broker was dialled');
  });
}

test('an address over its rate is refused without TLS until its bucket fills again', async () => {
  await using gate = await gateWith({ admission: { perAddress: '1/s', burst: 3 } });
  const clock = driveClock(gate.gate.shared);
  const tls = await pki.device('pump-1');
  for (let i = 1; i <= 3; i++) {
    await using _client = await connectRaw({ port: gate.port(), tls });
    await waitFor('the handshake', () => gate.metric('headgate_handshakes_total') === i);
  }
  await using fourth = await connectRaw({ port: gate.port() });
  assert.equal((await fourth.waitClosed()).length, 0);
  const event = await gate.rejection('address-rate');
  assert.equal(event.action, 'accept');
  assert.equal(gate.metric('headgate_handshakes_total'), 3);
  clock.advance(1000);
  await using again = await connectRaw({ port: gate.port(), tls });
  assert.equal(again.closed, false);
  await using exempt = await gateWith({ admission: { perAddress: '1/s', burst: 1, exempt: ['127.0.0.0/8'] } });
  for (let i = 0; i < 3; i++) await (await connectRaw({ port: exempt.port(), tls }))[Symbol.asyncDispose]();
});

test('an address that is not allowed is refused before any byte', async () => {
  await using gate = await gateWith({ admission: { allow: ['10.0.0.0/8'] } });
  await using client = await connectRaw({ port: gate.port() });
  await client.waitClosed();
  const event = await onlyRejection(gate, 'address-not-allowed');
  assert.match(event.reason, /127\.0\.0\.1/);
});

test('over the cap of handshakes connections wait in a bounded queue, get in when a slot is free, or time out', async () => {
  await using gate = await gateWith({
    admission: { handshakes: 1, queue: 2 },
    timeouts: { handshake: '1500ms' },
  });
  const tls = await pki.device('pump-1');
  await using holder = await connectRaw({ port: gate.port() });
  await holder.write(HELLO);
  await waitFor('the slot to be taken', () => gate.total('handshakes') === 1);
  const first = connectRaw({ port: gate.port(), tls });
  await waitFor('it to wait', () => gate.total('live') === 2);
  const second = connectRaw({ port: gate.port(), tls });
  await waitFor('it to wait', () => gate.total('live') === 3);
  await using third = await connectRaw({ port: gate.port() });
  await third.write(HELLO);
  await third.waitClosed();
  assert.equal((await gate.rejection('admission-queue')).action, 'accept');
  assert.equal(gate.total('handshakes'), 1);
  holder.socket.destroy();
  const clients = await Promise.all([first, second]);
  assert.deepEqual(
    clients.map(({ closed }) => closed),
    [false, false],
  );
  for (const client of clients) await client[Symbol.asyncDispose]();
  await gate.idle();
  assert.equal(gate.rejections('admission-queue'), 1);
});

test('who waits for a handshake slot until the deadline is closed, also when another listener has the slots', async () => {
  const admission = { handshakes: 1, queue: 5 };
  const upstream = { address: `127.0.0.1:${NOBODY}` };
  const patient = { name: 'patient', listen: '127.0.0.1:0', upstream, admission, timeouts: { handshake: '1min' } };
  await using gate = await startObservedGate({
    broker: NOBODY,
    listener: { admission, timeouts: { handshake: '500ms' } },
    listeners: [patient],
  });
  await using holder = await connectRaw({ port: gate.port('patient') });
  await holder.write(HELLO);
  await waitFor('the slot to be taken', () => gate.total('handshakes') === 1);
  const waiting = await Promise.all([1, 2].map(() => connectRaw({ port: gate.port() })));
  for (const client of waiting) await client.write(HELLO);
  await waitFor('them to be closed', () => waiting.every(({ closed }) => closed));
  await waitFor('their rejections', () => gate.rejections('admission-queue') === 2);
  assert.match((await gate.rejection('admission-queue')).reason, /deadline/);
  assert.equal(holder.closed, false);
  assert.equal(gate.metric('headgate_rejections_total'), 2);
  await holder[Symbol.asyncDispose]();
  await gate.idle();
});

test('more connections than maxConnections are turned away at once and let in when there is room', async () => {
  await using gate = await gateWith({}, { maxConnections: 2 });
  const tls = await pki.device('pump-1');
  await using first = await connectRaw({ port: gate.port(), tls });
  await using second = await connectRaw({ port: gate.port(), tls });
  await using third = await connectRaw({ port: gate.port() });
  await third.write(HELLO);
  await third.waitClosed();
  assert.equal((await gate.rejection('connections-full')).action, 'accept');
  assert.deepEqual([first.closed, second.closed], [false, false]);
  first.socket.destroy();
  await waitFor('room', () => gate.total('live') === 1);
  await using fourth = await connectRaw({ port: gate.port(), tls });
  assert.equal(fourth.closed, false);
});

test('real clients that forget TLS end with an error: MQTT.js 3.1.1 and 5, mosquitto_pub, paho', {
  skip: without('mosquitto', 'mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startObservedGate({ broker: broker.port });
  const port = gate.port();
  for (const version of [4, 5] as const) await assert.rejects(connectMqtt({ port, clientId: 'js', version }));
  const cli = await mosquittoPub({ port, clientId: 'cli', topic: 't', message: 'x' });
  assert.notEqual(cli.code, 0);
  const python = await paho({ port, clientId: 'python' });
  assert.equal(python.connack, null);
  await waitFor('the rejections', () => gate.rejections('plain-mqtt') >= 4);
  assert.equal(gate.rejections('plain-mqtt'), gate.metric('headgate_rejections_total'));
  const tls = writeCredentials(gate.dir, 'cli', await pki.device('cli'));
  const ok = await mosquittoPub({ port, clientId: 'cli', topic: 'plant/p1/cli/t', message: 'x', qos: 1, tls });
  assert.match(ok.output, /received PUBACK/);
});
