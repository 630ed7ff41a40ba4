import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { brokerResponses } from './support/model-broker.ts';
import {
  connackPacket,
  connectPacket,
  decodeAll,
  encode,
  openRig,
  type Packet,
  type Version,
} from './support/packets.ts';
import { Rig } from './support/rig.ts';

const RUNS = { numRuns: 150 };
const version = fc.constantFrom<Version>(4, 5);
const topic = fc
  .tuple(fc.constantFrom('ok/', 'no/'), fc.constantFrom('a', 'b/c', '', 'ä€😀', '\ufeffx'))
  .map((t) => t.join(''));
const filter = fc.tuple(topic, fc.constantFrom('', '/+', '/#', '#')).map((t) => t.join(''));
const qos = fc.constantFrom(0, 1, 2);
/** Ids are numbered by the test, so that they are never in use twice. */
const clientPacket = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ cmd: fc.constant('publish'), topic, qos, retain: fc.boolean(), payload: fc.string() }),
  },
  fc.record({
    cmd: fc.constant('subscribe'),
    subscriptions: fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe'),
    unsubscriptions: fc.array(fc.constantFrom('ok/a', 'no/+', 'a/#'), { minLength: 1, maxLength: 3 }),
  }),
  fc.constant({ cmd: 'pingreq' }),
);
const script = fc
  .array(clientPacket, { maxLength: 7 })
  .map((packets) => packets.map((p, n) => ({ ...p, messageId: n + 1 }) as unknown as Packet));

function chunks(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

function outcome(rig: Rig): object {
  return {
    broker: rig.toBroker.toString('hex'),
    client: rig.toClient.toString('hex'),
    closed: rig.closed,
    rejections: rig.rejections,
  };
}

test('any chunking of both directions gives the same output', () => {
  const deliveries = fc.array(fc.record({ topic, retain: fc.boolean(), payload: fc.string() }), { maxLength: 5 });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  const property = fc.property(version, script, deliveries, sizes, fc.boolean(), (v, packets, down, cuts, spoil) => {
    const sent = Buffer.concat([
      encode(connectPacket(v, { will: { topic: 'ok/w', payload: 'gone', qos: 1, retain: false } }), v),
      ...packets.map((p) => encode(p, v)),
      ...(spoil ? [Buffer.from('30060004', 'hex'), Buffer.from('no/#')] : []),
    ]);
    // Apart, as the client's held bytes are parsed between the CONNACK and what follows it.
    const ack = encode(connackPacket(v), v);
    const received = Buffer.concat(down.map((d) => encode({ cmd: 'publish', qos: 0, dup: false, ...d } as Packet, v)));
    const run = (pieces: (bytes: Buffer) => Buffer[]): object => {
      const rig = new Rig();
      for (const piece of pieces(sent)) if (!rig.closed) rig.client(piece);
      rig.session.brokerReady();
      for (const piece of [...pieces(ack), ...pieces(received)]) rig.broker(piece);
      return outcome(rig);
    };
    assert.deepEqual(
      run((bytes) => chunks(bytes, cuts)),
      run((bytes) => [bytes]),
    );
  });
  fc.assert(property, RUNS);
});

test('what is forwarded re-reads as what was authorised, and untouched packets are byte for byte the client’s', () => {
  const property = fc.property(version, script, (v, packets) => {
    const rig = openRig(v);
    for (const packet of packets) {
      const sent = encode(packet, v);
      rig.client(sent);
      const forwarded = rig.take('broker');
      for (const seen of decodeAll(forwarded, v)) {
        assert.equal(seen.cmd, packet.cmd);
        assert.equal(
          seen.messageId,
          packet.cmd === 'pingreq' || (packet.cmd === 'publish' && packet.qos === 0) ? undefined : packet.messageId,
        );
        if (seen.cmd === 'publish') {
          assert.ok(seen.topic.startsWith('ok/'));
          assert.deepEqual(forwarded, sent);
        }
        if (seen.cmd === 'subscribe') for (const s of seen.subscriptions) assert.ok(s.topic.startsWith('ok/'));
        if (seen.cmd === 'unsubscribe' || seen.cmd === 'pingreq') assert.deepEqual(forwarded, sent);
      }
      if (packet.cmd === 'publish' && packet.topic.startsWith('no/')) assert.equal(forwarded.length, 0);
    }
    assert.equal(rig.closed, false);
  });
  fc.assert(property, RUNS);
});

test('every QoS 1 or 2 message gets one terminal acknowledgement, every SUBSCRIBE as many codes as it has filters', () => {
  const property = fc.property(version, script, (v, packets) => {
    const rig = openRig(v);
    for (const packet of packets) rig.client(encode(packet, v));
    const acks = new Map<number, Packet[]>();
    // Until neither side has a packet left to send; every flow has at most four.
    for (let round = 0; round < 5; round++) {
      for (const packet of decodeAll(rig.take('broker'), v))
        for (const a of brokerResponses(packet, v)) rig.broker(encode(a, v));
      for (const packet of decodeAll(rig.take('client'), v)) {
        const id = packet.messageId ?? 0;
        acks.set(id, [...(acks.get(id) ?? []), packet]);
        const refused = 'reasonCode' in packet && (packet.reasonCode as number) >= 0x80;
        if (packet.cmd === 'pubrec' && !refused) rig.client(encode({ cmd: 'pubrel', messageId: id } as Packet, v));
      }
    }
    assert.equal(rig.closed, false);
    for (const packet of packets) {
      const got = acks.get(packet.messageId as number) ?? [];
      const commands = got.map((a) => a.cmd).join(' ');
      if (packet.cmd === 'publish' && packet.qos === 1) assert.equal(commands, 'puback');
      if (packet.cmd === 'publish' && packet.qos === 2)
        assert.ok(['pubrec pubcomp', ...(v === 5 ? ['pubrec'] : [])].includes(commands), commands);
      if (packet.cmd === 'subscribe') {
        const [ack] = got;
        assert.ok(ack?.cmd === 'suback' && got.length === 1, commands);
        assert.equal(ack.granted.length, packet.subscriptions.length);
      }
      if (packet.cmd === 'unsubscribe') assert.equal(commands, 'unsuback');
    }
  });
  fc.assert(property, RUNS);
});

test('random and mutated bytes of either side never crash the session', () => {
  const mutation = fc.record({ at: fc.nat(), value: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'insert') });
  const mutate = (bytes: Buffer, mutations: readonly { at: number; value: number; kind: string }[]): Buffer =>
    mutations.reduce((b, { at, value, kind }) => {
      const pos = b.length === 0 ? 0 : at % b.length;
      const tail = b.subarray(kind === 'insert' ? pos : pos + 1);
      return Buffer.concat([b.subarray(0, pos), kind === 'cut' ? Buffer.alloc(0) : Buffer.of(value), tail]);
    }, bytes);
  const bytes = fc.tuple(version, script, fc.array(mutation, { maxLength: 4 }), fc.uint8Array({ maxLength: 60 }));
  const property = fc.property(bytes, fc.boolean(), fc.boolean(), ([v, packets, mutations, noise], opened, down) => {
    const rig = opened ? openRig(v) : new Rig({ options: { tolerateLongLengths: true } });
    const valid = down
      ? packets.flatMap((p) => brokerResponses(p, v))
      : [...(opened ? [] : [connectPacket(v)]), ...packets];
    const all = Buffer.concat([mutate(Buffer.concat(valid.map((p) => encode(p, v))), mutations), noise]);
    if (down) rig.broker(all);
    else rig.client(all);
    // Whatever stays is an incomplete packet within the limit.
    if (!rig.closed) assert.ok(rig.session.clientFrame <= 4096 && rig.session.brokerFrame <= 4096);
    else assert.ok(rig.rejections.length > 0 || rig.toBroker.includes(Buffer.of(0xe0)));
  });
  fc.assert(property, { numRuns: 1500 });
});
