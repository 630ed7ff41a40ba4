import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FixedHeader, readFixedHeader } from '../../../../adapters/mqtt/codec/fixed-header.ts';
import { Reader } from '../../../../adapters/mqtt/codec/reader.ts';
import { MqttError } from '../../../../adapters/mqtt/error.ts';
import { AckView, parseAck } from '../../../../adapters/mqtt/packets/ack.ts';
import { parseConnack } from '../../../../adapters/mqtt/packets/connack.ts';
import { parseConnect, readProtocol } from '../../../../adapters/mqtt/packets/connect.ts';
import { parseDisconnect } from '../../../../adapters/mqtt/packets/disconnect.ts';
import { PublishView, parsePublish } from '../../../../adapters/mqtt/packets/publish.ts';
import { parseFilterAck } from '../../../../adapters/mqtt/packets/suback.ts';
import { parseSubscribe } from '../../../../adapters/mqtt/packets/subscribe.ts';
import { parseUnsubscribe } from '../../../../adapters/mqtt/packets/unsubscribe.ts';
import { TopicPermitCache } from '../../../../adapters/mqtt/topic-permit-cache.ts';

type Version = 4 | 5;
type Parse = (buf: Buffer, body: number, end: number, version: Version) => unknown;

const BOUNDS = { maxUserProperties: 4, maxTopicLevels: 8, topics: new TopicPermitCache() };
const client = (version: Version) => ({ isClient: true, version, ...BOUNDS });
const broker = (version: Version) => ({ isClient: false, version, ...BOUNDS });

function read<V>(view: V, parse: (view: V) => void): V {
  parse(view);
  return view;
}

const PARSERS = {
  connect: (buf, body, end) => {
    const r = new Reader(buf, 0, body, end);
    return parseConnect(r, readProtocol(r), 4);
  },
  connack: (buf, body, end, v) => parseConnack(buf, 0, body, end, broker(v)),
  publish: (buf, body, end, v) => {
    const { topic: _, ...view } = read(new PublishView(), (view) => parsePublish(buf, 0, body, end, client(v), view));
    return view;
  },
  ack: (buf, body, end, v) => read(new AckView(), (view) => parseAck(buf, 0, body, end, client(v), view)),
  subscribe: (buf, body, end, v) => parseSubscribe(buf, 0, body, end, client(v)),
  filterAck: (buf, body, end, v) => parseFilterAck(buf, 0, body, end, broker(v)),
  unsubscribe: (buf, body, end, v) => parseUnsubscribe(buf, 0, body, end, client(v)),
  clientDisconnect: (buf, body, end, v) => parseDisconnect(buf, 0, body, end, client(v)),
  serverDisconnect: (buf, body, end, v) => parseDisconnect(buf, 0, body, end, broker(v)),
} satisfies Record<string, Parse>;

type Row = readonly [parser: keyof typeof PARSERS, version: Version, body: string];

const MQTT4 = '0004 4d515454 04';
const MQTT5 = '0004 4d515454 05';

/** First bytes by parser; a row may begin with its own, followed by `|`. */
const FIRST: Readonly<Record<keyof typeof PARSERS, string>> = {
  connect: '10',
  connack: '20',
  publish: '30',
  ack: '40',
  subscribe: '82',
  filterAck: '90',
  unsubscribe: 'a2',
  clientDisconnect: 'e0',
  serverDisconnect: 'e0',
};

const VALID: readonly Row[] = [
  ['connect', 4, `${MQTT4} 02 003c 0001 61`],
  ['connect', 4, `${MQTT4} ee 003c 0001 61 0001 77 0000 0001 75 0001 70`],
  ['connect', 5, `${MQTT5} 42 003c 00 0001 61 0001 70`],
  ['connect', 5, `${MQTT5} 06 003c 05 1100000001 0001 61 05 1800000001 0001 77 0001 78`],
  ['connack', 4, '01 00'],
  ['connack', 5, '00 00 00'],
  ['connack', 5, '00 87 04 1f 0001 61'],
  ['publish', 4, '0001 61'],
  ['publish', 5, '0000 03 230001'],
  ['publish', 4, '3b | 0001 61 0001 78'],
  ['ack', 4, '0001'],
  ['ack', 5, '0001 10'],
  ['ack', 5, '0001 00 00'],
  ['ack', 5, '62 | 0001 92 04 1f 0001 61'],
  ['subscribe', 4, '0001 0001 61 02'],
  ['subscribe', 5, '0001 02 0b01 0001 61 2e'],
  ['filterAck', 4, '0001 00 01 02 80'],
  ['filterAck', 5, '0001 00 97'],
  ['filterAck', 4, 'b0 | 0001'],
  ['filterAck', 5, 'b0 | 0001 00 11'],
  ['unsubscribe', 4, '0001 0001 61'],
  ['unsubscribe', 5, '0001 00 0001 61 0001 62'],
  ['clientDisconnect', 4, ''],
  ['clientDisconnect', 5, '04 05 1100000001'],
  ['serverDisconnect', 5, '8e 00'],
];

const MALFORMED: readonly Row[] = [
  ['connect', 4, ''],
  ['connect', 4, '0004 4d5154'],
  ['connect', 4, MQTT4],
  ['connect', 4, `${MQTT4} 03 003c 0001 61`],
  ['connect', 4, `${MQTT4} 0a 003c 0001 61`],
  ['connect', 4, `${MQTT4} 22 003c 0001 61`],
  ['connect', 4, `${MQTT4} 1e 003c 0001 61 0001 77 0000`],
  ['connect', 4, `${MQTT4} 42 003c 0001 61 0001 70`],
  ['connect', 4, `${MQTT4} 02 003c 0001 61 00`],
  ['connect', 4, `${MQTT4} 82 003c 0001 61`],
  ['connect', 4, `${MQTT4} 02 003c 0001 ff`],
  ['connect', 4, `${MQTT4} 02 003c 0001 00`],
  ['connect', 5, `${MQTT5} 02 003c 0001 61`],
  ['connect', 5, `${MQTT5} 02 003c 03 160000 0001 61`],
  ['connect', 5, `${MQTT5} 06 003c 00 0001 61 05 1100000001 0001 77 0000`],
  ['connect', 4, '0004 4d515454 03 02 003c 0001 61'],
  ['connect', 4, '0003 4d5154 04 02 003c 0001 61'],
  ['connack', 4, '00'],
  ['connack', 4, '02 00'],
  ['connack', 4, '00 06'],
  ['connack', 4, '01 05'],
  ['connack', 4, '00 00 00'],
  ['connack', 5, '00 00'],
  ['connack', 5, '00 01 00'],
  ['connack', 5, '00 00 00 00'],
  ['publish', 4, ''],
  ['publish', 4, '00'],
  ['publish', 4, '0005 61'],
  ['publish', 4, '0002 61'],
  ['publish', 4, '0000'],
  ['publish', 5, '0000 00'],
  ['publish', 5, '0001 61'],
  ['publish', 4, '32 | 0001 61'],
  ['publish', 4, '32 | 0001 61 00'],
  ['publish', 4, '32 | 0001 61 0000'],
  ['publish', 4, '36 | 0001 61 0001'],
  ['publish', 4, '38 | 0001 61'],
  ['ack', 4, '00'],
  ['ack', 4, '0000'],
  ['ack', 4, '0001 00'],
  ['ack', 5, '0001 96'],
  ['ack', 5, '0001 92'],
  ['ack', 5, '62 | 0001 10'],
  ['ack', 5, '0001 00 00 00'],
  ['ack', 5, '0001 00 03 230001'],
  ['subscribe', 4, '0001'],
  ['subscribe', 4, '0000 0001 61 00'],
  ['subscribe', 4, '0001 0001 61'],
  ['subscribe', 4, '0001 0001 61 03'],
  ['subscribe', 4, '0001 0001 61 04'],
  ['subscribe', 5, '0001 00 0001 61 30'],
  ['subscribe', 5, '0001 00 0001 61 40'],
  ['subscribe', 5, '0001 00'],
  ['subscribe', 4, '0001 0001 ff 00'],
  ['filterAck', 4, '0000 00'],
  ['filterAck', 4, '0001 03'],
  ['filterAck', 4, '0001 87'],
  ['filterAck', 5, '0001 00 03'],
  ['filterAck', 4, 'b0 | 0001 00'],
  ['filterAck', 5, 'b0 | 0001 00 97'],
  ['unsubscribe', 4, '0001'],
  ['unsubscribe', 5, '0001 00'],
  ['unsubscribe', 4, '0001 0002 61'],
  ['unsubscribe', 4, '0001 0000'],
  ['clientDisconnect', 4, '00'],
  ['clientDisconnect', 5, '8b'],
  ['clientDisconnect', 5, '00 04 1c 0001 61'],
  ['clientDisconnect', 5, '00 00 00'],
  ['serverDisconnect', 5, '04'],
  ['serverDisconnect', 5, '8b 05 1100000001'],
];

const header = new FixedHeader();

/** First byte and body of a row. */
function bytesOf([parser, , text]: Row): [first: number, body: Buffer] {
  const [first, rest] = text.includes('|') ? (text.split('|') as [string, string]) : [FIRST[parser], text];
  return [Number.parseInt(first, 16), Buffer.from(rest.replaceAll(' ', ''), 'hex')];
}

function parse(row: Row): void {
  const [first, body] = bytesOf(row);
  // A byte behind the packet that must not be read.
  const buf = Buffer.concat([Buffer.of(first, body.length), body, Buffer.of(0x31)]);
  assert.ok(readFixedHeader(buf, 0, buf.length, header));
  PARSERS[row[0]](buf, header.body, header.end, row[1]);
}

for (const row of VALID) {
  test(`${row.join(' ')} is read`, () => parse(row));
}

for (const row of MALFORMED) {
  test(`${row.join(' ')} is refused`, () => {
    assert.throws(
      () => parse(row),
      (error) => error instanceof MqttError,
    );
  });
}

/** What a parser makes of a body: what it read, or the error that it threw. Any other error is thrown on. */
function outcome([parser, version]: Row, first: number, body: Uint8Array, behind: number): unknown {
  // Odd offsets, and bytes around that must not be read.
  const buf = Buffer.concat([Buffer.of(first, 0), body, Buffer.alloc(8, behind)]);
  try {
    const read = PARSERS[parser](buf, 2, 2 + body.length, version) as Record<string, unknown> | undefined;
    return JSON.stringify(read, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    return `${error.fault} ${error.code} ${error.message}`;
  }
}

test('whatever the bytes, a parser reads them or throws its own error, and looks at nothing behind the packet', () => {
  const row = fc.constantFrom(...VALID, ...MALFORMED);
  const edit = fc.record({ at: fc.nat(), cut: fc.nat(3), add: fc.uint8Array({ maxLength: 3 }) });
  const property = fc.property(row, fc.array(edit, { maxLength: 4 }), (r, edits) => {
    const [first, body] = bytesOf(r);
    const bytes = edits.reduce((b, { at, cut, add }) => {
      const pos = b.length === 0 ? 0 : at % b.length;
      return Buffer.concat([b.subarray(0, pos), add, b.subarray(pos + cut)]);
    }, body);
    assert.equal(outcome(r, first, bytes, 0x00), outcome(r, first, bytes, 0xff));
  });
  fc.assert(property, { numRuns: 3000 });
});

test('every cut of a valid packet is a shorter valid one or an error of the parser', () => {
  for (const row of VALID) {
    const [first, body] = bytesOf(row);
    for (let n = 0; n < body.length; n++) outcome(row, first, body.subarray(0, n), 0xff);
  }
});
