import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authority, client, issue, keyUsage, root } from './issue.ts';
import { store, validate, verdict } from './validating.ts';

const anchor = root();

const pathOf = (result: ReturnType<typeof validate>) =>
  result.ok ? result.path.map(({ certificate }) => certificate.der) : result.cause;

describe('trust stores', () => {
  test('anchors of two stores are ambiguous, wherever they stand in the path', () => {
    const plant = authority(anchor, 'plant');
    const leaf = client(plant);
    const same = validate([leaf, plant], [store('a', [anchor]), store('b', [anchor])]);
    assert.deepEqual(verdict(same), ['ambiguous-trust', 0, 'RFC 5280 6.1.1 (d)']);
    assert.ok(!same.ok);
    assert.equal(same.reason, 'it has paths to anchors of two trust stores, a and b');
    const nested = validate([leaf, plant], [store('a', [anchor]), store('b', [plant], true)]);
    assert.deepEqual(verdict(nested), ['ambiguous-trust', 0, 'RFC 5280 6.1.1 (d)']);
    const pinned = validate([leaf, plant], [store('a', [leaf], true), store('b', [anchor])]);
    assert.deepEqual(verdict(pinned), ['ambiguous-trust', 0, 'RFC 5280 6.1.1 (d)']);
  });

  test('two anchors of one store are not, nor is a store whose path does not hold', () => {
    const plant = authority(anchor, 'plant');
    const leaf = client(plant);
    assert.equal(verdict(validate([leaf, plant], [store('a', [anchor, plant], true)])), 'trusted');
    assert.equal(verdict(validate([leaf, plant], [store('a', [anchor, plant], true), store('b', [])])), 'trusted');
    const twin = root();
    const result = validate([leaf, plant], [store('a', [anchor]), store('b', [twin])]);
    assert.ok(result.ok);
    assert.equal(result.store, 'a');
  });

  test('an intermediate is an anchor only in a partial store', () => {
    const plant = authority(anchor, 'plant');
    const leaf = client(plant);
    assert.deepEqual(pathOf(validate([leaf], [store('a', [plant], true)])), [leaf.der, plant.der]);
    assert.deepEqual(verdict(validate([leaf], [store('a', [plant])])), ['unknown-ca', 1, 'RFC 5280 6.1.1 (d)']);
  });

  test('a client certificate is an anchor only in a partial store, and its own rules hold', () => {
    const selfSigned = issue({ extensions: [keyUsage(0x80)], subject: 'device' });
    const partial = [store('a', [selfSigned], true)];
    const lenient = { eku: 'lenient' } as const;
    assert.deepEqual(pathOf(validate([selfSigned], partial, lenient)), [selfSigned.der]);
    assert.deepEqual(verdict(validate([selfSigned], partial)), ['wrong-eku', 0, 'RFC 5280 4.2.1.12']);
    const other = issue({ extensions: [keyUsage(0x80)], subject: 'device' });
    assert.deepEqual(verdict(validate([other], partial, lenient)), ['not-a-ca', 1, 'RFC 5280 4.2.1.9']);
    assert.deepEqual(verdict(validate([selfSigned], [store('a', [selfSigned])], lenient)), [
      'unknown-ca',
      0,
      'RFC 5280 6.1.1 (d)',
    ]);
  });

  test('an intermediate in a store helps clients that do not send it', () => {
    const plant = authority(anchor, 'plant');
    const leaf = client(plant);
    assert.deepEqual(pathOf(validate([leaf], [store('a', [anchor, plant])])), [leaf.der, plant.der, anchor.der]);
  });

  test('a certificate of a store that cannot be read is named', () => {
    assert.throws(
      () => validate([client(anchor)], [{ name: 'plant', certificates: [anchor.der, Buffer.from('00')] }]),
      {
        name: 'X509Error',
        message: /^certificate 2 of the trust store plant: /,
      },
    );
  });
});
