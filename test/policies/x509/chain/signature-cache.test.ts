import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CHAIN_LIMITS } from '../../../../policies/x509/chain/options.ts';
import { SignatureCache } from '../../../../policies/x509/chain/signature-cache.ts';
import { authority, client, root } from './issue.ts';
import { validate, verdict } from './validating.ts';

const anchor = root();
const plant = authority(anchor, 'plant');
const NO_SIGNATURES = { limits: { ...DEFAULT_CHAIN_LIMITS, signatures: 0 } };

describe('the cache of signatures', () => {
  test('a chain seen before costs no signature; another leaf of the same issuer costs one', () => {
    const verdicts = new SignatureCache();
    const leaf = client(plant);
    assert.equal(verdict(validate([leaf, plant], [anchor], { verdicts })), 'trusted');
    assert.equal(verdict(validate([leaf, plant], [anchor], { verdicts, ...NO_SIGNATURES })), 'trusted');
    const other = [client(plant), plant] as const;
    assert.deepEqual(verdict(validate(other, [anchor], { verdicts, ...NO_SIGNATURES }))[0], 'chain-too-costly');
    const one = { limits: { ...DEFAULT_CHAIN_LIMITS, signatures: 1 } };
    assert.equal(verdict(validate(other, [anchor], { verdicts, ...one })), 'trusted');
  });

  test('what failed is not kept, and a good signature counts under its own key only', () => {
    const verdicts = new SignatureCache();
    const twin = root();
    const leaf = client(anchor);
    assert.equal(verdict(validate([leaf], [twin], { verdicts }))[0], 'bad-signature');
    assert.equal(verdicts.size, 0);
    assert.equal(verdict(validate([leaf], [anchor], { verdicts })), 'trusted');
    assert.equal(verdict(validate([leaf], [twin], { verdicts }))[0], 'bad-signature');
  });

  test('rules are judged anew each time', () => {
    const verdicts = new SignatureCache();
    const chain = [client(plant), plant] as const;
    assert.equal(verdict(validate(chain, [anchor], { verdicts })), 'trusted');
    assert.equal(verdict(validate(chain, [anchor], { verdicts, now: Date.UTC(2040, 0, 1) }))[0], 'expired');
  });

  test('it is bounded, and forgets what was not used for longest', () => {
    const verdicts = new SignatureCache(2, 1);
    const [a, b, c] = [client(anchor), client(anchor), client(anchor)];
    for (const leaf of [a, b, a, c]) validate([leaf], [anchor], { verdicts });
    assert.equal(verdicts.size, 2);
    assert.equal(verdict(validate([a], [anchor], { verdicts, ...NO_SIGNATURES })), 'trusted');
    assert.equal(verdict(validate([b], [anchor], { verdicts, ...NO_SIGNATURES }))[0], 'chain-too-costly');
  });

  test('intermediates of good chains are kept, so that their keys are built once; others are not', () => {
    const verdicts = new SignatureCache();
    const stranger = authority(root('stranger'), 'stranger');
    const result = validate([client(plant), plant, stranger], [anchor], { verdicts });
    assert.ok(result.ok);
    assert.equal(verdicts.intermediate(result.path[1]?.sha256 ?? ''), result.path[1]);
    const again = validate([client(plant), plant], [anchor], { verdicts });
    assert.ok(again.ok);
    assert.equal(again.path[1], result.path[1]);
    const foreign = validate([client(stranger), stranger], [anchor], { verdicts });
    assert.ok(!foreign.ok);
    assert.equal(verdicts.intermediate(foreign.certificate?.sha256 ?? ''), undefined);
  });
});
