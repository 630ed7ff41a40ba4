/** The CONNECT that the broker gets and the CONNACK that the client gets, byte for byte. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type AccessPlan, fakeAccess } from './support/access.ts';
import { connectPacket, encode, type Packet, type Version } from './support/packets.ts';
import { Rig } from './support/rig.ts';

const hex = (text: string) => text.replaceAll(' ', '');
const ID = '0005 6465762d31';
const WILL = '0001 77 0001 78';
const will = { topic: 'w', payload: Buffer.from('x'), qos: 2, retain: true };

interface Row {
  readonly name: string;
  readonly version?: Version;
  /** Changes of a clean CONNECT of `dev-1` with a keep-alive of 60. */
  readonly connect?: object;
  readonly access?: AccessPlan;
  readonly toBroker: string;
  /** The broker's CONNACK. Default: success without properties. */
  readonly connack?: string;
  /** Absent: the broker is at fault. */
  readonly toClient?: string;
}

// The bounds of the rig: Receive Maximum 8, Maximum Packet Size 4096, Topic Alias Maximum 4, keep-alive 600, session 3600.
const UP = '210008 2700001000';
const DOWN = '210008 220004 2700001000';

const ROWS: readonly Row[] = [
  {
    name: 'nothing that the client asks for',
    toBroker: `101a 0004 4d515454 05 02 003c 08 ${UP} ${ID}`,
    toClient: `200e 0000 0b ${DOWN}`,
  },
  {
    name: '3.1.1 keeps its keep-alive, and its CONNACK is forwarded',
    version: 4,
    connect: { keepalive: 700 },
    toBroker: `1011 0004 4d515454 04 02 02bc ${ID}`,
    connack: '20020000',
    toClient: '20020000',
  },
  {
    name: '3.1.1 without keep-alive stays without',
    version: 4,
    connect: { keepalive: 0, clean: false },
    toBroker: `1011 0004 4d515454 04 00 0000 ${ID}`,
    connack: '20020100',
    toClient: '20020100',
  },
  {
    name: 'smaller bounds of the client go to the broker, larger ones are narrowed',
    connect: { properties: { receiveMaximum: 5, maximumPacketSize: 4095, sessionExpiryInterval: 3601 } },
    toBroker: `101f 0004 4d515454 05 02 003c 0d 210005 2700000fff 1100000e10 ${ID}`,
    toClient: `2013 0000 10 1100000e10 ${DOWN}`,
  },
  {
    name: 'a session expiry that is granted as asked for is left out, and so is what the broker would raise it to',
    connect: { properties: { sessionExpiryInterval: 3600 } },
    toBroker: `101f 0004 4d515454 05 02 003c 0d ${UP} 1100000e10 ${ID}`,
    connack: '2008 0000 05 11ffffffff',
    toClient: `200e 0000 0b ${DOWN}`,
  },
  {
    name: 'a session expiry that the broker lowers is lowered',
    connect: { properties: { sessionExpiryInterval: 3600 } },
    toBroker: `101f 0004 4d515454 05 02 003c 0d ${UP} 1100000e10 ${ID}`,
    connack: '2008 0000 05 1100000001',
    toClient: `2013 0000 10 1100000001 ${DOWN}`,
  },
  {
    name: 'smaller bounds of the broker are advertised',
    toBroker: `101a 0004 4d515454 05 02 003c 08 ${UP} ${ID}`,
    connack: '2015 0000 12 210007 2400 2500 2700000fff 13003b 220009',
    toClient: '2015 0000 12 210007 2400 2500 220004 2700000fff 13003b',
  },
  {
    name: 'Session Present and the properties that nobody edits are the broker’s',
    connect: { clean: false },
    toBroker: `101a 0004 4d515454 05 00 003c 08 ${UP} ${ID}`,
    connack: '2010 0100 0d 2800 2900 2a00 26 0001 61 0001 62',
    toClient: `201b 0100 18 2800 2900 2a00 26 0001 61 0001 62 ${DOWN}`,
  },
  {
    name: 'the QoS and retain flag of an accepted will are offered for messages too [MQTT-3.2.2-12]',
    connect: { will },
    access: { maxPublishQos: 1, retainAvailable: false, will: () => undefined },
    toBroker: `1021 0004 4d515454 05 36 003c 08 ${UP} ${ID} 00 ${WILL}`,
    toClient: `200e 0000 0b ${DOWN}`,
  },
  {
    name: 'texts of the broker are left out where the client takes only small packets',
    connect: { properties: { maximumPacketSize: 18 } },
    toBroker: `101a 0004 4d515454 05 02 003c 08 210008 2700000012 ${ID}`,
    connack: '200e 0000 0b 1f 0001 61 26 0001 61 0001 62',
    toClient: `200e 0000 0b ${DOWN}`,
  },
  {
    name: 'texts of the broker stay in a CONNACK of exactly the size that the client takes',
    connect: { properties: { maximumPacketSize: 20 } },
    toBroker: `101a 0004 4d515454 05 02 003c 08 210008 2700000014 ${ID}`,
    connack: '2007 0000 04 1f 0001 61',
    toClient: `2012 0000 0f 1f 0001 61 ${DOWN}`,
  },
  {
    name: 'a client that takes no CONNACK at all',
    connect: { properties: { maximumPacketSize: 15 } },
    toBroker: `101a 0004 4d515454 05 02 003c 08 210008 270000000f ${ID}`,
  },
  {
    name: 'Session Present after a clean start (5.0)',
    toBroker: `101a 0004 4d515454 05 02 003c 08 ${UP} ${ID}`,
    connack: '2003 0100 00',
  },
  {
    name: 'Session Present after a clean start (3.1.1)',
    version: 4,
    toBroker: `1011 0004 4d515454 04 02 003c ${ID}`,
    connack: '20020100',
  },
  ...['15 0001 61', '16 0001 61'].map((property) => ({
    name: `enhanced authentication that the client did not ask for: property ${property.slice(0, 2)}`,
    toBroker: `101a 0004 4d515454 05 02 003c 08 ${UP} ${ID}`,
    connack: `2007 0000 04 ${property}`,
  })),
];

for (const { name, version = 5, connect = {}, access, toBroker, connack = '2003 0000 00', toClient } of ROWS) {
  test(name, () => {
    const rig = new Rig({ access: fakeAccess(access) });
    rig.client(encode(connectPacket(version, connect), version));
    rig.session.brokerReady();
    assert.equal(rig.take('broker').toString('hex'), hex(toBroker));
    rig.broker(Buffer.from(hex(connack), 'hex'));
    if (toClient === undefined) {
      assert.deepEqual([rig.closed, rig.rejections.map((r) => r.cause)], [true, ['upstream-protocol']]);
      return;
    }
    assert.equal(rig.take('client').toString('hex'), hex(toClient));
    assert.deepEqual([rig.closed, rig.rejections], [false, []]);
  });
}

test('an empty client id without an assigned one gets 22 letters and digits, which every broker has to accept', () => {
  const rig = new Rig();
  rig.client(encode(connectPacket(5, { clientId: '' }), 5));
  assert.match(rig.session.clientId ?? '', /^hg[0-9a-f]{20}$/);
});

test('a broker that refuses: its code goes on, but none that leads to another server; the record names the client id', () => {
  for (const [version, code, shown, sent] of [
    [4, '20020002', '20020002', '2'],
    [5, '2003008700', '2003008700', '0x87'],
    [5, '2003009c00', '2003008800', '0x88'],
    [5, '2003009d00', '2003008800', '0x88'],
  ] as const) {
    const rig = new Rig();
    rig.client(encode(connectPacket(version) as Packet, version));
    rig.session.brokerReady();
    rig.broker(Buffer.from(code, 'hex'));
    assert.equal(rig.toClient.toString('hex'), shown);
    assert.deepEqual(rig.rejections, [
      {
        action: 'connect',
        cause: 'upstream-refused',
        reason: `the broker refused the CONNECT with code ${sent}`,
        resource: 'dev-1',
        clientId: 'dev-1',
        protocolVersion: version === 5 ? '5.0' : '3.1.1',
        sent: `CONNACK ${sent}`,
      },
    ]);
    assert.equal(rig.closed, true);
  }
});
