import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CHAIN_LIMITS } from '../../../../policies/x509/chain/options.ts';
import { altNames } from '../der-writer.ts';
import {
  AUTHORITY,
  authority,
  basicConstraints,
  CLIENT,
  client,
  dns,
  type Issued,
  keyUsage,
  nameConstraints,
  root,
} from './issue.ts';
import { store, validate, verdict } from './validating.ts';

const anchor = root();

const limits = (changed: Partial<typeof DEFAULT_CHAIN_LIMITS>) => ({ limits: { ...DEFAULT_CHAIN_LIMITS, ...changed } });

describe('length of a path', () => {
  const chain = (...extensions: readonly (readonly Buffer[])[]) => {
    const issuers = [anchor];
    for (const [index, list] of extensions.entries()) {
      issuers.unshift(authority(issuers[0] as Issued, `level ${index}`, { extensions: list }));
    }
    return [client(issuers[0] as Issued), ...issuers] as const;
  };
  const bounded = (pathLength: number) => [basicConstraints(true, pathLength), keyUsage(0x04)];

  test('pathLenConstraint counts the authorities below it, not the leaf', () => {
    assert.equal(verdict(validate(chain(bounded(0)), [anchor])), 'trusted');
    assert.equal(verdict(validate(chain(bounded(1), bounded(0)), [anchor])), 'trusted');
    const result = validate(chain(bounded(1), AUTHORITY, AUTHORITY), [anchor]);
    assert.deepEqual(verdict(result), ['path-length', 3, 'RFC 5280 4.2.1.9']);
  });

  test('a self-issued authority (a change of its key) counts neither for it nor for the limit', () => {
    const plant = authority(anchor, 'plant', { extensions: bounded(0) });
    const renewed = authority(plant, 'plant');
    const leaf = client(renewed);
    assert.equal(verdict(validate([leaf, renewed, plant], [anchor], limits({ chain: 3 }))), 'trusted');
    const line = authority(plant, 'line');
    const result = validate([client(line), line, plant], [anchor]);
    assert.deepEqual(verdict(result), ['path-length', 2, 'RFC 5280 4.2.1.9']);
  });

  test('the limit counts leaf and anchor', () => {
    const presented = chain(AUTHORITY, AUTHORITY);
    assert.equal(verdict(validate(presented, [anchor], limits({ chain: 4 }))), 'trusted');
    const result = validate(presented, [anchor], limits({ chain: 3 }));
    assert.deepEqual(verdict(result), ['chain-too-long', 3, 'RFC 5280 6.1.4']);
  });

  test('too many certificates beside the leaf are not even read', () => {
    const junk = { ...anchor, der: Buffer.from('junk') };
    const result = validate([client(anchor), junk, junk, junk], [anchor], limits({ presented: 2 }));
    assert.deepEqual(verdict(result), ['chain-too-long', 0, 'RFC 8446 4.4.2']);
  });
});

describe('bounds of the work', () => {
  test('many issuers of one name: candidates and signatures run out', () => {
    const twins = Array.from({ length: 10 }, () => authority(anchor, 'twin'));
    const leaf = client(authority(anchor, 'twin'));
    const chain = [leaf, ...twins] as const;
    const expected = ['chain-too-costly', 0, 'RFC 4158 8'];
    assert.deepEqual(verdict(validate(chain, [anchor], limits({ signatures: 12 }))), expected);
    assert.deepEqual(verdict(validate(chain, [anchor], limits({ candidates: 12, signatures: 100 }))), expected);
    // Ten signatures of twins by the anchor, ten of the leaf by twins.
    assert.deepEqual(verdict(validate(chain, [anchor], limits({ signatures: 20 }))), [
      'bad-signature',
      0,
      'RFC 5280 6.1.3 (a) (1)',
    ]);
  });

  test('the search ends at the first path where there is one store', () => {
    const leaf = client(anchor);
    const twins = Array.from({ length: 5 }, () => authority(anchor, 'root'));
    assert.equal(verdict(validate([leaf, ...twins], [anchor], limits({ candidates: 1 }))), 'trusted');
  });

  test('a signature that stands in several paths is computed once', () => {
    const plant = authority(anchor, 'plant');
    const stores = [store('a', [anchor]), store('b', [anchor])];
    const result = validate([client(plant), plant], stores, limits({ signatures: 2 }));
    assert.deepEqual(verdict(result), ['ambiguous-trust', 0, 'RFC 5280 6.1.1 (d)']);
  });

  test('alternative names of the leaf are counted', () => {
    const named = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => dns(`d${index}.test`));
      return [client(anchor, { extensions: [...CLIENT, altNames(...names)] })] as const;
    };
    assert.equal(verdict(validate(named(2), [anchor], limits({ sans: 2 }))), 'trusted');
    assert.deepEqual(verdict(validate(named(3), [anchor], limits({ sans: 2 }))), [
      'chain-rejected',
      0,
      'RFC 5280 4.2.1.6',
    ]);
  });

  test('names against constraints run out', () => {
    const names = Array.from({ length: 60 }, (_, index) => dns(`d${index}.test`));
    const plant = authority(anchor, 'plant', { extensions: [...AUTHORITY, nameConstraints([], names)] });
    const result = validate([client(plant), plant], [anchor], limits({ comparisons: 50 }));
    assert.deepEqual(verdict(result), ['chain-too-costly', 0, 'RFC 4158 8']);
  });

  test('strangers’ certificates cost no signature', () => {
    const plant = authority(root('stranger'), 'plant');
    const result = validate([client(plant), plant], [anchor], limits({ signatures: 0 }));
    assert.deepEqual(verdict(result), ['unknown-ca', 1, 'RFC 5280 6.1.1 (d)']);
  });
});
