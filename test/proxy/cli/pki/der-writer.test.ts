import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DerReader, TAG } from '../../../../policies/x509/der.ts';
import { readTime } from '../../../../policies/x509/time.ts';
import {
  bitString,
  generalizedTime,
  integer,
  octetString,
  oid,
  sequence,
} from '../../../../proxy/cli/pki/der-writer.ts';

const RUNS = { numRuns: 300 };

test('whole numbers are written in their shortest form', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const der = integer(value);
      const { content, end } = new DerReader(der).integer('n');
      assert.equal(BigInt(`0x${der.subarray(content, end).toString('hex')}`), BigInt(value));
      assert.ok((der[content] as number) < 0x80);
    }),
    RUNS,
  );
  assert.equal(integer(0).toString('hex'), '020100');
  assert.equal(integer(128).toString('hex'), '02020080');
});

test('object identifiers come back as they were written', () => {
  const component = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), fc.array(component), (a, b, rest) => {
      const text = [a, b, ...rest.slice(0, 9)].join('.');
      assert.equal(new DerReader(oid(text)).oid('o'), text);
    }),
    RUNS,
  );
});

for (const size of [0, 127, 128, 255, 256, 65_535, 65_536]) {
  test(`a content of ${size} bytes has the length that a strict reader wants`, () => {
    const content = Buffer.alloc(size, 7);
    const reader = new DerReader(sequence(octetString(content), bitString(content))).enter(TAG.sequence, 's');
    const octets = reader.read(TAG.octetString, 'o');
    assert.equal(octets.end - octets.content, size);
    const bits = reader.bitString('b');
    assert.equal(bits.end - bits.content, size + 1);
    reader.done('s');
  });
}

test('times are written to the second', () => {
  const der = generalizedTime(new Date('2049-12-31T23:59:58.999Z'));
  assert.equal(readTime(new DerReader(der), 't'), Date.parse('2049-12-31T23:59:58Z'));
});
