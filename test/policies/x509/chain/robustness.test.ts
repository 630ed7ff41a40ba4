import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildAnchors } from '../../../../policies/x509/chain/anchors.ts';
import { validateChain } from '../../../../policies/x509/chain/validate.ts';
import { DerReader, TAG, X509Error } from '../../../../policies/x509/der.ts';
import { altNames, oid, sequence, tlv } from '../der-writer.ts';
import {
  AUTHORITY,
  authority,
  authorityKeyId,
  CLIENT,
  client,
  directory,
  distinguishedName,
  dns,
  ecKey,
  email,
  ip,
  nameConstraints,
  root,
  subjectKeyId,
  uri,
} from './issue.ts';
import { ders, OPTIONS, store } from './validating.ts';

const constraints = nameConstraints(
  [dns('acme.test'), directory(distinguishedName('leaf')), ip(10, 0, 0, 0, 255, 0, 0, 0)],
  [uri('evil.test')],
);
const anchor = root('root', { extensions: [...AUTHORITY, constraints] });
const plant = authority(anchor, 'leaf');
const names = altNames(dns('a.acme.test'), uri('spiffe://acme.test/d1'), email('a@acme.test'), ip(10, 1, 2, 3));
const leaf = client(plant, { extensions: [...CLIENT, names] });
const anchors = buildAnchors([store('plant', [anchor])]);

type Change = (der: Buffer) => Buffer;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => (der: Buffer) => {
    const copy = Buffer.from(der);
    const index = at % copy.length;
    copy[index] = (copy[index] as number) ^ mask;
    return copy;
  }),
  fc.nat().map((at) => (der: Buffer) => der.subarray(0, at % der.length)),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([at, bytes]) => (der: Buffer) => {
    const index = at % der.length;
    return Buffer.concat([der.subarray(0, index), bytes, der.subarray(index)]);
  }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 32 })).map(([at, count]) => (der: Buffer) => {
    const index = at % der.length;
    return Buffer.concat([der.subarray(0, index), der.subarray(index + count)]);
  }),
);
const changed = (changes: readonly Change[], der: Buffer) =>
  changes.reduce((result, apply) => (result.length === 0 ? result : apply(result)), der);

const verdictOf = (first: Uint8Array, presented: readonly Uint8Array[]) =>
  validateChain(first, presented, anchors, OPTIONS);

describe('chains that someone changed', () => {
  test('the chain itself is trusted', () => {
    assert.deepEqual(verdictOf(leaf.der, [plant.der]).ok, true);
  });

  test('a changed leaf, or a changed issuer, is refused and never thrown out of', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, ofLeaf) => {
        const mutant = changed(changes, ofLeaf ? leaf.der : plant.der);
        fc.pre(!mutant.equals(ofLeaf ? leaf.der : plant.der));
        const result = ofLeaf ? verdictOf(mutant, [plant.der]) : verdictOf(leaf.der, [mutant]);
        assert.equal(result.ok, false);
        assert.match(result.ok ? '' : result.rule, /^RFC \d+ /);
        assert.notEqual(result.ok ? '' : result.reason, '');
      }),
      { numRuns: 3000 },
    );
  });

  test('signed extensions with anything in them are judged or refused, never thrown out of', () => {
    const genuine = [...AUTHORITY, ...CLIENT, constraints, names, subjectKeyId('a'), authorityKeyId('b')];
    const key = ecKey();
    fc.assert(
      fc.property(fc.nat(genuine.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }), (index, changes) => {
        // Behind its OID an extension has a value of our choice; the signature is right.
        const [der] = genuine.slice(index) as [Buffer];
        const extension = new DerReader(der).enter(TAG.sequence, 'extension');
        const id = extension.oid('extension');
        if (extension.peek() === TAG.boolean) extension.boolean('critical');
        const { content, end } = extension.read(TAG.octetString, 'value');
        const value = changed(changes, der.subarray(content, end));
        const extensions = [sequence(oid(id), tlv(0x04, value))];
        const issuer = authority(anchor, 'leaf', { extensions: extensions, key });
        for (const chain of [
          [client(plant, { extensions, key }), plant],
          [client(issuer, { key }), issuer],
        ] as const) {
          const [first, ...presented] = ders(chain) as [Buffer, Buffer];
          const result = verdictOf(first, presented);
          assert.ok(result.ok || result.reason !== '');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what else is presented does not undo a good chain', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.boolean()), { maxLength: 8 }), (junk) => {
        const extra = junk.map(([apply, ofLeaf]) => apply(ofLeaf ? leaf.der : plant.der));
        assert.equal(verdictOf(leaf.der, [...extra, plant.der]).ok, true);
      }),
      { numRuns: 300 },
    );
  });

  test('a changed anchor is refused when the store is read, or trusts as a certificate of its own', () => {
    fc.assert(
      fc.property(change, (apply) => {
        try {
          const changedAnchors = buildAnchors([{ name: 'plant', certificates: [apply(anchor.der)] }]);
          validateChain(leaf.der, ders([plant]), changedAnchors, OPTIONS);
        } catch (error) {
          assert.ok(error instanceof X509Error);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
