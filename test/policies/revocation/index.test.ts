import assert from 'node:assert/strict';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { buildRevocationIndex, type IndexedList } from '../../../policies/revocation/build-index.ts';
import { readCrl } from '../../../policies/revocation/crl.ts';
import { RevocationIndex } from '../../../policies/revocation/index.ts';
import { KeyMaker } from '../../../policies/revocation/index-layout.ts';
import { extension, utf8 } from '../x509/der-writer.ts';
import {
  crl,
  crlNumber,
  deltaOf,
  entry,
  largeCrl,
  largeSerial,
  namedPoint,
  reasonCode,
  scopeOf,
} from './support/crl-writer.ts';
import { sha256 } from './support/signing.ts';

const ISSUER_A = sha256(Buffer.from('issuer a'));
const ISSUER_B = sha256(Buffer.from('issuer b'));
const DAY = 86_400_000;

const indexed = (issuerKeyHash: Uint8Array, der: Uint8Array, name = 'a.crl', delta?: Uint8Array): IndexedList => ({
  name,
  issuerKeyHash,
  list: { complete: readCrl(der), delta: delta === undefined ? undefined : readCrl(delta) },
  freshUntil: Date.UTC(2027, 0, 1),
});
const open = (...lists: readonly IndexedList[]) => new RevocationIndex(buildRevocationIndex(lists));

test('a revoked certificate is found with its reason, date and list', () => {
  const index = open(indexed(ISSUER_A, crl({ entries: [entry([0, 0xff], '250601123456Z', reasonCode(4))] })));
  const found = index.lookup(ISSUER_A, Buffer.from([0xff]));
  assert.deepEqual(found, { list: 0, reason: 4, date: Date.UTC(2025, 5, 1, 12, 34, 56) });
  assert.equal(index.list(0).name, 'a.crl');
});

test('the serial number counts with its issuer only, and leading zeros not at all', () => {
  const index = open(indexed(ISSUER_A, crl({ entries: [entry([0x4a, 0x01])] })));
  assert.ok(index.lookup(ISSUER_A, Buffer.from([0x4a, 0x01])));
  assert.ok(index.lookup(ISSUER_A, Buffer.from([0, 0, 0x4a, 0x01])));
  assert.equal(index.lookup(ISSUER_B, Buffer.from([0x4a, 0x01])), undefined);
  assert.equal(index.lookup(ISSUER_A, Buffer.from([0x4a])), undefined);
  assert.equal(index.lookup(ISSUER_A, Buffer.from([0x4a, 0x01, 0])), undefined);
  assert.equal(index.lookup(ISSUER_A, Buffer.alloc(0)), undefined);
  assert.equal(index.lookup(ISSUER_A, Buffer.alloc(21, 1)), undefined);
});

test('every bit of a key counts', () => {
  const index = open(indexed(ISSUER_A, crl({ entries: [entry([1])] })));
  const key = new KeyMaker().issuer(ISSUER_A).key(Uint8Array.of(1), 0, 1);
  assert.ok(index.probe(key));
  for (let bit = 0; bit < 128; bit++) {
    const other = Buffer.from(key);
    other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(index.probe(other), undefined, `${bit}`);
  }
});

test('an empty index finds nothing', () => {
  const index = open();
  assert.equal(index.lookup(ISSUER_A, Buffer.from([1])), undefined);
  assert.deepEqual(index.listsOf(ISSUER_A), []);
});

test('where a certificate is listed twice, the earlier date holds, with its reason', () => {
  const [early, late] = [entry([1], '250101000000Z', reasonCode(6)), entry([1], '250601000000Z', reasonCode(1))];
  for (const entries of [
    [early, late],
    [late, early],
  ]) {
    const index = open(indexed(ISSUER_A, crl({ entries })));
    assert.deepEqual(index.lookup(ISSUER_A, Buffer.from([1])), { list: 0, reason: 6, date: Date.UTC(2025, 0, 1) });
    assert.equal(index.entries, 1);
  }
});

test('dates that do not fit are brought to the nearest that does', () => {
  const index = open(indexed(ISSUER_A, crl({ entries: [entry([1], '500101000000Z')] })));
  assert.equal(index.lookup(ISSUER_A, Buffer.from([1]))?.date, 0);
});

test('what a delta adds is found, what it removes is not', () => {
  const change = crl({
    extensions: [crlNumber(8), deltaOf(7)],
    entries: [entry([1], '250601000000Z', reasonCode(8)), entry([3])],
  });
  const index = open(indexed(ISSUER_A, crl({ entries: [entry([1]), entry([2])] }), 'a.crl', change));
  const found = [1, 2, 3].map((serial) => index.lookup(ISSUER_A, Buffer.from([serial])) !== undefined);
  assert.deepEqual(found, [false, true, true]);
  assert.deepEqual([index.list(0).number, index.list(0).count], ['8', 4]);
});

test('the lists of an issuer are told, whatever others there are', () => {
  const scoped = crl({ extensions: [crlNumber(3), scopeOf(namedPoint('http://b'))], entries: [] });
  const others = Array.from({ length: 20 }, (_, i) =>
    indexed(sha256(Buffer.from([i])), crl({ entries: [] }), `other-${i}`),
  );
  const index = open(
    ...others,
    indexed(ISSUER_B, crl(), 'b1.crl'),
    indexed(ISSUER_A, crl()),
    indexed(ISSUER_B, scoped, 'b2.crl'),
  );
  assert.deepEqual(
    index.listsOf(ISSUER_B).map(({ name }) => name),
    ['b1.crl', 'b2.crl'],
  );
  assert.deepEqual(index.listsOf(ISSUER_B)[1], {
    name: 'b2.crl',
    number: '3',
    thisUpdate: Date.UTC(2026, 0, 1),
    nextUpdate: Date.UTC(2027, 0, 1),
    freshUntil: Date.UTC(2027, 0, 1),
    count: 0,
    scope: { certificates: 'all', someReasons: false, names: ['http://b'] },
  });
  assert.deepEqual(index.listsOf(sha256(Buffer.from('nobody'))), []);
  for (let i = 0; i < 20; i++) assert.equal(index.listsOf(sha256(Buffer.from([i]))).length, 1);
  assert.throws(() => index.list(23), RangeError);
});

test('a list counts in the store that reads it, but whom it names is revoked in all', () => {
  const of = (name: string, store?: string): IndexedList => ({
    ...indexed(ISSUER_A, crl({ entries: [entry([1])] }), name),
    ...(store !== undefined && { store }),
  });
  const index = open(of('a', 'iot'), of('b', 'partner'), of('c'));
  const names = (store?: string) => index.listsOf(ISSUER_A, store).map(({ name }) => name);
  assert.deepEqual(names('iot'), ['a', 'c']);
  assert.deepEqual(names('partner'), ['b', 'c']);
  assert.deepEqual(names('other'), ['c']);
  assert.deepEqual(names(), ['a', 'b', 'c']);
  assert.ok(index.lookup(ISSUER_A, Uint8Array.of(1)));
  assert.equal(index.entries, 1);
});

test('the index answers as a map of all entries does', () => {
  const serial = fc
    .uint8Array({ minLength: 1, maxLength: 3 })
    .filter((octets) => octets[0] !== 0 || octets.length === 1);
  const list = fc.array(fc.tuple(serial, fc.nat(400)), { maxLength: 40 });
  const encode = (octets: Uint8Array) => ((octets[0] as number) >= 0x80 ? [0, ...octets] : [...octets]);
  const date = (days: number) => new Date(Date.UTC(2024, 0, 1) + days * DAY);
  fc.assert(
    fc.property(list, list, fc.array(serial, { maxLength: 20 }), (a, b, asked) => {
      const expected = new Map<string, number>();
      const der = [a, b].map((entries, which) => {
        for (const [octets, days] of entries) {
          const id = `${which} ${Buffer.from(octets).toString('hex')}`;
          expected.set(id, Math.min(expected.get(id) ?? Number.POSITIVE_INFINITY, date(days).getTime()));
        }
        return crl({
          entries: entries.map(([octets, days]) =>
            entry(encode(octets), `${date(days).toISOString().slice(2, 19).replace(/\D/g, '')}Z`),
          ),
        });
      });
      const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = der;
      const index = open(indexed(ISSUER_A, first), indexed(ISSUER_B, second));
      assert.equal(index.entries, expected.size);
      for (const [which, issuer] of [ISSUER_A, ISSUER_B].entries()) {
        for (const octets of [...a, ...b].map(([one]) => one).concat(asked)) {
          const id = `${which} ${Buffer.from(octets).toString('hex')}`;
          assert.equal(index.lookup(issuer, octets)?.date, expected.get(id));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a hundred thousand entries take 36 bytes each, and each is found', () => {
  const list = readCrl(largeCrl(100_000));
  const buffer = buildRevocationIndex([
    { name: 'large', issuerKeyHash: ISSUER_A, list: { complete: list, delta: undefined }, freshUntil: 0 },
  ]);
  assert.ok(buffer.byteLength / list.count < 36.1, `${buffer.byteLength}`);
  const index = new RevocationIndex(buffer);
  assert.equal(index.entries, 100_000);
  for (let i = 0; i < 100_000; i += 97) {
    const serial = largeSerial(i);
    assert.equal(index.lookup(ISSUER_A, serial)?.reason, i % 2);
    assert.equal(index.lookup(ISSUER_B, serial), undefined);
  }
});

test('another thread reads the same buffer', async () => {
  const buffer = buildRevocationIndex([indexed(ISSUER_A, crl({ entries: [entry([0x4a, 0x01])] }))]);
  const index = JSON.stringify(import.meta.resolve('../../../policies/revocation/index.ts'));
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(${index}).then(({ RevocationIndex }) => {
      const found = new RevocationIndex(workerData.buffer).lookup(workerData.issuer, Uint8Array.of(0x4a, 1));
      parentPort.postMessage(found);
    });`;
  const worker = new Worker(code, { eval: true, workerData: { buffer, issuer: ISSUER_A } });
  const found = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  assert.deepEqual(found, { list: 0, reason: 0, date: Date.UTC(2025, 5, 1) });
  await worker.terminate();
});

test('buffers that hold no index are refused', () => {
  const genuine = new Uint8Array(buildRevocationIndex([indexed(ISSUER_A, crl())]));
  for (const word of [0, 1, 2, 4, 5]) {
    const damaged = new Uint8Array(genuine);
    damaged[word * 4 + 3] = 0x7f;
    assert.throws(() => new RevocationIndex(damaged.buffer), RangeError, `${word}`);
  }
  assert.throws(() => new RevocationIndex(new ArrayBuffer(0)), RangeError);
});

test('entries with extensions that mean nothing are indexed like others', () => {
  const odd = entry([5], '250601000000Z', extension('1.2.3.4', utf8('x')), reasonCode(1));
  assert.equal(open(indexed(ISSUER_A, crl({ entries: [odd] }))).lookup(ISSUER_A, Buffer.from([5]))?.reason, 1);
});
