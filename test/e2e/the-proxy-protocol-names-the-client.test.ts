/** Behind a load balancer the PROXY header (v1 and v2) says who the client is; only trusted peers may say it, and they must. */
import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import test from 'node:test';
import { connect as connectTls } from 'node:tls';
import { startAedes } from '../support/aedes.ts';
import { clientHello } from '../support/client-hello.ts';
import type { Section } from '../support/gate-config.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { connectRaw, RawClient } from '../support/raw-client.ts';
import { nextEvent, waitFor } from '../support/wait.ts';

const pki = await testPki();
const TRUSTED = { proxyProtocol: ['127.0.0.0/8'] };
const CONNECT = Buffer.from('101200044d5154540402003c00067075' + '6d702d31', 'hex');

const SIGNATURE = '0d0a0d0a000d0a515549540a';

function v1(address: string, port: number): Buffer {
  const family = address.includes(':') ? 'TCP6' : 'TCP4';
  return Buffer.from(`PROXY ${family} ${address} ${family === 'TCP4' ? '192.0.2.1' : '2001:db8::1'} ${port} 8883\r\n`);
}

function v2(address: string, port: number): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(port, 0);
  ports.writeUInt16BE(8883, 2);
  const source = address.includes(':')
    ? Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number));
  const addresses = Buffer.concat([source, source, ports]);
  const head = Buffer.from(`${SIGNATURE}21${source.length === 4 ? '11' : '21'}0000`, 'hex');
  head.writeUInt16BE(addresses.length, 14);
  return Buffer.concat([head, addresses]);
}

/** Sends the header, then shakes hands on the same connection; whole or in two pieces. */
async function connectBehind(gate: ObservedGate, header: Buffer, split = 0): Promise<RawClient> {
  const tcp = connectTcp({ port: gate.port(), host: '127.0.0.1', noDelay: true });
  await nextEvent(tcp, 'connect');
  if (split > 0) {
    await new Promise((resolve) => tcp.write(header.subarray(0, split), resolve));
    await waitFor('the first piece to be read', () => gate.total('live') > 0);
  }
  tcp.write(header.subarray(split));
  const device = await pki.device('pump-1');
  const socket = connectTls({ socket: tcp, servername: 'localhost', ...device });
  await nextEvent(socket, 'secureConnect');
  return new RawClient(socket);
}

for (const { name, header, peer } of [
  { name: 'v1 with IPv4', header: v1('198.51.100.7', 4001), peer: '198.51.100.7:4001' },
  { name: 'v1 with IPv6', header: v1('2001:db8::7', 4001), peer: '2001:db8::7' },
  { name: 'v2 with IPv4', header: v2('198.51.100.7', 4001), peer: '198.51.100.7:4001' },
  { name: 'v2 with IPv6', header: v2('2001:db8:0:0:0:0:0:7', 4001), peer: '2001:db8::7' },
  { name: 'v1 UNKNOWN', header: Buffer.from('PROXY UNKNOWN\r\n'), peer: '127.0.0.1:' },
  { name: 'v2 LOCAL', header: Buffer.from(`${SIGNATURE}20000000`, 'hex'), peer: '127.0.0.1:' },
]) {
  for (const split of [0, 7]) {
    test(`${name}${split > 0 ? ' in two pieces' : ''}: traffic flows and rejections name that client`, async () => {
      await using broker = await startAedes();
      await using gate = await startObservedGate({ broker: broker.port, listener: TRUSTED });
      await using client = await connectBehind(gate, header, split);
      await client.write(CONNECT);
      assert.equal((await client.bytes(4)).toString('hex'), '20020000');
      await client.write(Buffer.from('3003000161', 'hex'));
      const event = await gate.rejection('denied');
      assert.ok(event.peer.includes(peer), event.peer);
      assert.equal(event.principal, 'pump-1');
    });
  }
}

const WRONG: readonly { name: string; listener: Section; bytes: Buffer }[] = [
  { name: 'TLS without a header from a trusted peer', listener: TRUSTED, bytes: Buffer.from('160301', 'hex') },
  { name: 'a broken v1 header', listener: TRUSTED, bytes: Buffer.from('PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n') },
  { name: 'a v1 header without end', listener: TRUSTED, bytes: Buffer.from('PROXY '.padEnd(120, 'x')) },
  { name: 'a broken v2 header', listener: TRUSTED, bytes: Buffer.from(`${SIGNATURE}31110000`, 'hex') },
  { name: 'a v2 header of 64 KiB', listener: TRUSTED, bytes: Buffer.from(`${SIGNATURE}2111ffff`, 'hex') },
  { name: 'v1 where none is expected', listener: {}, bytes: v1('198.51.100.7', 4001) },
  { name: 'v1 from an untrusted peer', listener: { proxyProtocol: ['10.0.0.0/8'] }, bytes: v1('198.51.100.7', 1) },
  { name: 'v2 from an untrusted peer', listener: { proxyProtocol: ['10.0.0.0/8'] }, bytes: v2('198.51.100.7', 1) },
];

for (const { name, listener, bytes } of WRONG) {
  test(`${name} is refused as proxy-header, and the address it names is not believed`, async () => {
    await using gate = await startObservedGate({ broker: 1, listener });
    await using client = await connectRaw({ port: gate.port() });
    await client.write(bytes);
    await client.waitClosed();
    const event = await gate.rejection('proxy-header');
    assert.match(event.peer, /^127\.0\.0\.1:/);
    await gate.idle();
    assert.equal(gate.metric('headgate_rejections_total'), 1);
  });
}

test('the bucket is that of the named address (IPv6: of its /64), not of the balancer', async () => {
  const listener = { ...TRUSTED, admission: { perAddress: '1/h', burst: 1 } };
  await using gate = await startObservedGate({ broker: 1, listener });
  const hello = await clientHello();
  const admitted = async (header: Buffer): Promise<boolean> => {
    const before = gate.rejections('address-rate');
    const tcp = connectTcp({ port: gate.port(), host: '127.0.0.1' });
    await using client = new RawClient(tcp);
    await client.write(header);
    await client.write(hello);
    await waitFor('a verdict', () => client.closed || gate.total('handshakes') > 0);
    await client[Symbol.asyncDispose]();
    await gate.idle();
    return gate.rejections('address-rate') === before;
  };
  assert.equal(await admitted(v1('198.51.100.7', 1)), true);
  assert.equal(await admitted(v2('198.51.100.7', 2)), false);
  assert.equal(await admitted(v2('198.51.100.8', 1)), true);
  assert.equal(await admitted(v2('2001:db8:0:1:0:0:0:7', 1)), true);
  assert.equal(await admitted(v1('2001:db8:0:1::8', 1)), false);
  assert.equal(await admitted(v1('2001:db8:0:2::8', 1)), true);
  const events = await waitFor('the records', () => {
    const found = gate.gate.hub.query({ cause: 'address-rate' });
    return found.length === 2 && found;
  });
  assert.deepEqual(events.map(({ peer }) => peer).sort(), ['198.51.100.7:2', '[2001:db8:0:1::8]:1'].sort());
});

test('the allow list is held against the named address', async () => {
  const listener = { ...TRUSTED, admission: { allow: ['198.51.100.0/24'] } };
  await using gate = await startObservedGate({ broker: 1, listener });
  await using inside = await connectBehind(gate, v1('198.51.100.9', 1));
  assert.equal(inside.closed, false);
  await using outside = await connectRaw({ port: gate.port() });
  await outside.write(v1('203.0.113.9', 1));
  await outside.waitClosed();
  assert.match((await gate.rejection('address-not-allowed')).peer, /^203\.0\.113\.9:/);
});
