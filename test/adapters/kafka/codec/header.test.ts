import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import { RequestHeader, readRequestHeader, readResponseHeader } from '../../../../adapters/kafka/codec/header.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';

const HEAD = '00000007';

/** As the session does, which looks the API up by the key first. */
function readInto(bytes: Buffer, head: RequestHeader): boolean {
  const key = bytes.length < 2 ? -1 : bytes.readInt16BE(0);
  return readRequestHeader(APIS.get(key) ?? null, bytes, 0, bytes.length, head);
}

function read(hex: string): RequestHeader | false {
  const bytes = Buffer.from(hex, 'hex');
  const head = new RequestHeader();
  return readInto(bytes, head) && head;
}

const CASES: readonly { what: string; hex: string; clientId: string | null; body: number }[] = [
  { what: 'of the old form', hex: `00030001${HEAD}000161`, clientId: 'a', body: 11 },
  { what: 'without a client id', hex: `00030001${HEAD}ffff`, clientId: null, body: 10 },
  {
    what: 'of the flexible form, in which the client id is not compact',
    hex: `00030009${HEAD}00016100`,
    clientId: 'a',
    body: 12,
  },
  { what: 'with tags', hex: `00030009${HEAD}000161010001ff`, clientId: 'a', body: 15 },
  { what: 'of ApiVersions, old', hex: `00120002${HEAD}000161`, clientId: 'a', body: 11 },
  { what: 'of ApiVersions, flexible', hex: `00120003${HEAD}00016100`, clientId: 'a', body: 12 },
  { what: 'of ApiVersions in a version to come', hex: `0012007f${HEAD}00016100`, clientId: 'a', body: -1 },
  { what: 'of ApiVersions in a negative version', hex: `0012ffff${HEAD}000161`, clientId: 'a', body: -1 },
  { what: 'of an unknown API: no more is read', hex: `03e70000${HEAD}`, clientId: null, body: -1 },
  { what: 'of an unknown version', hex: `0001007f${HEAD}fffe`, clientId: null, body: -1 },
  { what: 'of a version that brokers do not offer', hex: `00160006${HEAD}ffff00`, clientId: null, body: -1 },
];

for (const { what, hex, clientId, body } of CASES) {
  test(`a header ${what}`, () => {
    const head = read(hex);
    assert.ok(head !== false);
    assert.deepEqual([head.correlationId, head.clientId, head.body], [7, clientId, body]);
    assert.equal(Buffer.from(hex, 'hex').readInt16BE(0), head.key);
    assert.equal(Buffer.from(hex, 'hex').readInt16BE(2), head.version);
  });
}

const REFUSED: readonly { hex: string; words: string }[] = [
  { hex: `00030001${HEAD}fffe`, words: 'a length of -2 at byte 8' },
  { hex: `00030001${HEAD}0001ff`, words: 'a string that is not UTF-8 at byte 10' },
  { hex: `00030009${HEAD}ffff0201000100`, words: 'tag 1 behind tag 1 at byte 13' },
  { hex: `00030009${HEAD}ffff8000`, words: 'a varint that is not in its shortest form at byte 10' },
  { hex: `00120006${HEAD}ffff8000`, words: 'a varint that is not in its shortest form at byte 10' },
  { hex: `0012007f${HEAD}0001ff`, words: 'a string that is not UTF-8 at byte 10' },
];

for (const { hex, words } of REFUSED) {
  test(`a header is refused: ${words}`, () => {
    assert.throws(() => read(hex), { name: 'KafkaError', why: 'malformed', message: words });
  });
}

test('a tag of which a part has arrived asks for more', () => {
  assert.equal(read(`00030009${HEAD}ffff010005aabb`), false);
});

test('what is malformed is not taken for what has not arrived, also behind a header that had not', () => {
  assert.equal(read(`00030001${HEAD}00`), false);
  assert.throws(() => read(`00030001${HEAD}fffe`), { name: 'KafkaError' });
});

test('an object that is filled again keeps nothing of the header before', () => {
  const head = new RequestHeader();
  const first = Buffer.from(`00030001${HEAD}000161`, 'hex');
  readInto(first, head);
  const second = Buffer.from('03e7000000000008', 'hex');
  readInto(second, head);
  assert.deepEqual({ ...head }, { key: 999, version: 0, correlationId: 8, clientId: null, body: -1 });
});

test('the header of a response is flexible with its version, but never that of ApiVersions', () => {
  const bytes = Buffer.from(`${HEAD}010001ff`, 'hex');
  const at = (key: number, version: number): number =>
    readResponseHeader(APIS.get(key) as Api, version, bytes, 0, bytes.length);
  assert.equal(at(3, 8), 4);
  assert.equal(at(3, 9), 8);
  assert.equal(at(18, 3), 4);
  assert.throws(() => readResponseHeader(APIS.get(3) as Api, 9, bytes, 0, 7), {
    message: '1 bytes needed, 0 left at byte 7',
  });
});
