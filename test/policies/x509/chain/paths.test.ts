import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RevocationCheck } from '../../../../policies/x509/chain/options.ts';
import { DEFAULT_CHAIN_LIMITS } from '../../../../policies/x509/chain/options.ts';
import { utcTime } from '../der-writer.ts';
import {
  AUTHORITY,
  authority,
  authorityKeyId,
  basicConstraints,
  client,
  ecKey,
  type Issued,
  keyUsage,
  root,
  subjectKeyId,
} from './issue.ts';
import { NOW, store, validate, verdict } from './validating.ts';

const OLD = { notAfter: utcTime('260501000000Z') };
const anchor = root();

const limits = (changed: Partial<typeof DEFAULT_CHAIN_LIMITS>) => ({ limits: { ...DEFAULT_CHAIN_LIMITS, ...changed } });
const pathOf = (result: ReturnType<typeof validate>) =>
  result.ok ? result.path.map(({ certificate }) => certificate.der) : result.cause;

describe('several paths', () => {
  test('a cross-signed authority is trusted by the old root and by the new one', () => {
    const [oldRoot, newRoot, key] = [root('old'), root('new'), ecKey()];
    const byOld = authority(oldRoot, 'plant', { key });
    const byNew = authority(newRoot, 'plant', { key });
    const leaf = client(byOld);
    assert.deepEqual(pathOf(validate([leaf, byOld, byNew], [oldRoot])), [leaf.der, byOld.der, oldRoot.der]);
    assert.deepEqual(pathOf(validate([leaf, byOld, byNew], [newRoot])), [leaf.der, byNew.der, newRoot.der]);
  });

  test('an expired cross certificate does not stand in the way of a good one', () => {
    const key = ecKey();
    const expired = authority(anchor, 'plant', { key, ...OLD });
    const good = authority(anchor, 'plant', { key });
    const leaf = client(good);
    for (const presented of [[expired, good] as const, [good, expired] as const]) {
      assert.deepEqual(pathOf(validate([leaf, ...presented], [anchor])), [leaf.der, good.der, anchor.der]);
    }
  });

  test('two roots of one name, another key each: the one that signed is found', () => {
    const other = root();
    const leaf = client(anchor);
    assert.deepEqual(pathOf(validate([leaf], [store('plant', [other, anchor])])), [leaf.der, anchor.der]);
  });

  test('the issuer whose key identifier fits is tried first', () => {
    const named = (id: string) => root('root', { extensions: [...AUTHORITY, subjectKeyId(id)] });
    const roots = ['a', 'b', 'c', 'd'].map(named);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
      const leaf = client(roots[index] as Issued, { extensions: [authorityKeyId(id)] });
      const result = validate([leaf], [store('plant', roots)], { eku: 'lenient', ...limits({ signatures: 1 }) });
      assert.equal(verdict(result), 'trusted');
    }
  });

  test('authorities that signed each other are no endless path', () => {
    const [a, b] = [ecKey(), ecKey()];
    const [rootA, rootB] = [root('a', { key: a }), root('b', { key: b })];
    const aByB = authority(rootB, 'a', { key: a });
    const bByA = authority(rootA, 'b', { key: b });
    const leaf = client(rootA);
    assert.deepEqual(verdict(validate([leaf, aByB, bByA], [anchor])), ['unknown-ca', 2, 'RFC 5280 6.1.1 (d)']);
    assert.equal(verdict(validate([leaf, aByB, bByA], [rootB])), 'trusted');
  });

  test('of the paths that end nowhere the longest is told', () => {
    const [key, top] = [ecKey(), root('top')];
    const middle = authority(top, 'middle');
    const [long, short] = [authority(middle, 'plant', { key }), authority(root('x'), 'plant', { key })];
    const leaf = client(long);
    for (const presented of [[long, middle, short] as const, [short, long, middle] as const]) {
      assert.deepEqual(verdict(validate([leaf, ...presented], [anchor])), ['unknown-ca', 2, 'RFC 5280 6.1.1 (d)']);
    }
  });

  test('the path that got furthest is told', () => {
    const key = ecKey();
    const noAuthority = authority(anchor, 'plant', { key, extensions: [basicConstraints(false)] });
    const tooDeep = authority(anchor, 'top', { extensions: [basicConstraints(true, 0), keyUsage(0x04)] });
    const plant = authority(tooDeep, 'plant', { key });
    const leaf = client(plant);
    for (const presented of [[noAuthority, plant, tooDeep] as const, [tooDeep, plant, noAuthority] as const]) {
      const result = validate([leaf, ...presented], [anchor]);
      assert.deepEqual(verdict(result), ['path-length', 2, 'RFC 5280 4.2.1.9']);
    }
  });
});

describe('revocation', () => {
  const plant = authority(anchor, 'plant');
  const leaf = client(plant);
  const revoked = { cause: 'revoked', rule: 'RFC 5280 6.3', reason: 'it is on the list' } as const;

  test('is asked for every certificate but the anchor, from the anchor down, when all else holds', () => {
    const asked: string[] = [];
    const isRevoked: RevocationCheck = (certificate, issuer, name) => {
      asked.push(`${certificate.subjectText} by ${issuer.subjectText} in ${name}`);
      return undefined;
    };
    assert.equal(verdict(validate([leaf, plant], [anchor], { isRevoked })), 'trusted');
    assert.deepEqual(asked, ['CN=plant by CN=root in plant', 'CN=leaf by CN=plant in plant']);
    validate([leaf, plant], [anchor], { isRevoked, now: NOW * 2 });
    assert.equal(asked.length, 2);
  });

  test('of an intermediate ends its path, not another one', () => {
    const isRevoked: RevocationCheck = ({ certificate }) => (certificate.der === plant.der ? revoked : undefined);
    assert.deepEqual(verdict(validate([leaf, plant], [anchor], { isRevoked })), ['revoked', 1, 'RFC 5280 6.3']);
    const again = authority(anchor, 'plant', { key: plant.key });
    assert.equal(verdict(validate([leaf, plant, again], [anchor], { isRevoked })), 'trusted');
  });

  test('of the leaf in one store is not undone by another store', () => {
    const isRevoked: RevocationCheck = ({ certificate }, _, name) =>
      certificate.der === leaf.der && name === 'b' ? revoked : undefined;
    for (const names of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const stores = names.map((name) => store(name, [anchor]));
      assert.deepEqual(verdict(validate([leaf, plant], stores, { isRevoked })), ['revoked', 0, 'RFC 5280 6.3']);
    }
  });
});
