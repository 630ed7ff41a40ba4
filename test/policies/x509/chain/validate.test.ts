import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { generalizedTime, sequence, set, tlv, utcTime } from '../der-writer.ts';
import { authority, client, type Issued, issue, root } from './issue.ts';
import { validate, verdict } from './validating.ts';

const anchor = root();
const expiredAnchor = root('old', { notAfter: generalizedTime('20260501000000Z') });
const plant = authority(anchor, 'plant');

interface Case {
  readonly what: string;
  readonly chain: () => readonly [Issued, ...Issued[]];
  readonly trust?: () => readonly Issued[];
  readonly expect: ReturnType<typeof verdict>;
}

const CASES: readonly Case[] = [
  { what: 'a leaf of the anchor', chain: () => [client(anchor)], expect: 'trusted' },
  { what: 'a leaf with its intermediate', chain: () => [client(plant), plant], expect: 'trusted' },
  { what: 'the anchor among the presented', chain: () => [client(plant), plant, anchor], expect: 'trusted' },
  {
    what: 'presented in any order, with a stranger and a repetition',
    chain: () => {
      const line = authority(plant, 'line');
      return [client(line), root('stranger'), plant, line, line, plant];
    },
    expect: 'trusted',
  },
  {
    what: 'an issuer name in other case and spacing',
    chain: () => [client(anchor, { issuer: issue({ subject: '  ROOT ' }).subject })],
    expect: 'trusted',
  },
  {
    what: 'a foreign authority',
    chain: () => [client(root('other'))],
    expect: ['unknown-ca', 0, 'RFC 5280 6.1.1 (d)'],
  },
  {
    what: 'a missing intermediate',
    chain: () => [client(plant)],
    expect: ['unknown-ca', 0, 'RFC 5280 6.1.1 (d)'],
  },
  {
    what: 'a whole chain to a foreign root, all presented',
    chain: () => {
      const other = root('other');
      const intermediate = authority(other, 'intermediate');
      return [client(intermediate), intermediate, other];
    },
    expect: ['unknown-ca', 2, 'RFC 5280 6.1.1 (d)'],
  },
  {
    what: 'a foreign leaf that is expired as well: unknown comes first',
    chain: () => [client(root('other'), { notAfter: utcTime('260101000000Z') })],
    expect: ['unknown-ca', 0, 'RFC 5280 6.1.1 (d)'],
  },
  {
    what: 'a signature by another key in the name of the anchor',
    chain: () => [client(root())],
    expect: ['bad-signature', 0, 'RFC 5280 6.1.3 (a) (1)'],
  },
  {
    what: 'an intermediate with a forged signature: the one nearest to the anchor is told',
    chain: () => {
      const forged = authority(root(), 'forged');
      return [client(authority(root(), 'forged')), forged];
    },
    expect: ['bad-signature', 1, 'RFC 5280 6.1.3 (a) (1)'],
  },
  {
    what: 'an expired leaf',
    chain: () => [client(anchor, { notAfter: utcTime('260501000000Z') })],
    expect: ['expired', 0, 'RFC 5280 4.1.2.5'],
  },
  {
    what: 'an expired intermediate',
    chain: () => {
      const old = authority(anchor, 'old', { notAfter: utcTime('260501000000Z') });
      return [client(old), old];
    },
    expect: ['expired', 1, 'RFC 5280 4.1.2.5'],
  },
  {
    what: 'an expired anchor',
    chain: () => [client(expiredAnchor)],
    trust: () => [expiredAnchor],
    expect: ['expired', 1, 'RFC 5280 4.1.2.5'],
  },
  {
    what: 'a leaf of next year',
    chain: () => [client(anchor, { notBefore: utcTime('270601000000Z') })],
    expect: ['not-yet-valid', 0, 'RFC 5280 4.1.2.5'],
  },
  {
    what: 'a leaf that cannot be read',
    chain: () => [{ ...client(anchor), der: Buffer.from('30030201', 'hex') }],
    expect: ['certificate-unreadable', 0, 'RFC 5280 4.1'],
  },
  {
    what: 'an issuer that cannot be read',
    chain: () => [client(plant), { ...plant, der: plant.der.subarray(1) }],
    expect: ['certificate-unreadable', -1, 'RFC 5280 4.1'],
  },
  {
    what: 'an unreadable certificate that no path needs',
    chain: () => [client(plant), { ...plant, der: tlv(0x30, sequence(set())) }, plant],
    expect: 'trusted',
  },
];

describe('validateChain', () => {
  for (const { what, chain, trust, expect } of CASES) {
    test(what, () => {
      assert.deepEqual(verdict(validate(chain(), trust?.() ?? [anchor])), expect);
    });
  }

  test('the path goes from the leaf to the anchor, and the store is named', () => {
    const leaf = client(plant);
    const result = validate([leaf, plant], [anchor]);
    assert.ok(result.ok);
    assert.equal(result.store, 'plant');
    assert.deepEqual(
      result.path.map(({ certificate }) => certificate.der),
      [leaf.der, plant.der, anchor.der],
    );
  });

  test('a refusal tells which certificate, by subject, serial and hash, and why in words', () => {
    const old = authority(anchor, 'old line', { notAfter: utcTime('260501000000Z') });
    const result = validate([client(old), old], [anchor]);
    assert.ok(!result.ok);
    assert.equal(result.certificate?.subject, 'CN=old line');
    assert.match(result.certificate.serial, /^40[0-9A-F]{4}$/);
    assert.match(result.certificate.sha256, /^[0-9a-f]{64}$/);
    assert.equal(result.reason, 'it expired on 2026-05-01T00:00:00Z, 31 d ago');
  });

  test('names of others are cut in refusals', () => {
    const result = validate([client(root('other'), { subject: 'x'.repeat(4000) })], [anchor]);
    assert.ok(!result.ok);
    assert.equal(result.certificate?.subject.length, 256);
  });
});
