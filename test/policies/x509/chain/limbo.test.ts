import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildAnchors } from '../../../../policies/x509/chain/anchors.ts';
import { DEFAULT_KEY_RULES } from '../../../../policies/x509/chain/key-rules.ts';
import {
  DEFAULT_CHAIN_LIMITS,
  DEFAULT_SKEW_SUSPICION,
  type ValidationOptions,
} from '../../../../policies/x509/chain/options.ts';
import { validateChain } from '../../../../policies/x509/chain/validate.ts';
import { X509Error } from '../../../../policies/x509/der.ts';
import { type LimboCase, limboCases, pemToDer, withoutLimbo } from './limbo-cases.ts';
import { CONTRADICTED, DIFFERENT, LENIENT_EKU, NEEDS_CRL, NOT_APPLICABLE } from './limbo-verdicts.ts';

/** For cases that name no time: their certificates are valid for centuries. */
const ANY_TIME = Date.UTC(2026, 0, 1);
const IMPORTANT: readonly LimboCase['importance'][] = ['high', 'critical'];

function options(limbo: LimboCase, issuance: boolean): ValidationOptions {
  const depth = limbo.max_chain_depth;
  return {
    now: limbo.validation_time === null ? ANY_TIME : Date.parse(limbo.validation_time),
    skew: 0,
    purpose: limbo.extended_key_usage.includes('serverAuth') ? 'serverAuth' : 'clientAuth',
    eku: LENIENT_EKU.has(limbo.id) ? 'lenient' : 'strict',
    keys: DEFAULT_KEY_RULES,
    issuance,
    // Depth counts intermediates, a chain also its leaf and its anchor.
    limits: depth === null ? DEFAULT_CHAIN_LIMITS : { ...DEFAULT_CHAIN_LIMITS, chain: depth + 2 },
    suspicion: DEFAULT_SKEW_SUSPICION,
  };
}

/** `SUCCESS`, or the cause; an anchor that cannot be read would never get into a store. */
function judged(limbo: LimboCase, issuance: boolean): string {
  try {
    const certificates = limbo.trusted_certs.map(pemToDer);
    const anchors = buildAnchors([{ name: 'limbo', certificates, partial: true }]);
    const presented = limbo.untrusted_intermediates.map(pemToDer);
    const result = validateChain(pemToDer(limbo.peer_certificate), presented, anchors, options(limbo, issuance));
    return result.ok ? 'SUCCESS' : result.cause;
  } catch (error) {
    if (error instanceof X509Error) return 'anchor-unreadable';
    throw error;
  }
}

const agrees = (limbo: LimboCase, verdict: string) => (verdict === 'SUCCESS') === (limbo.expected_result === 'SUCCESS');
const ids = (exceptions: readonly { readonly id: string }[]) => exceptions.map(({ id }) => id);

describe('x509-limbo, client authentication', { skip: withoutLimbo }, () => {
  let cases: readonly LimboCase[];
  let disagreeing: readonly LimboCase[];

  before(() => {
    cases = limboCases();
    disagreeing = cases.filter((limbo) => !agrees(limbo, judged(limbo, true)));
  });

  test('all cases are there', () => {
    assert.equal(cases.length, 193);
  });

  test('exactly the listed cases are judged differently', () => {
    const listed = [...DIFFERENT, ...CONTRADICTED, ...NOT_APPLICABLE, ...NEEDS_CRL];
    assert.deepEqual(ids(disagreeing).toSorted(), ids(listed).toSorted());
  });

  test('none of high or critical importance is among them, and at least 98 % of the applicable agree', (context) => {
    const apart = new Set(ids([...CONTRADICTED, ...NOT_APPLICABLE, ...NEEDS_CRL]));
    const applicable = cases.filter(({ id }) => !apart.has(id));
    const different = applicable.filter((limbo) => disagreeing.includes(limbo));
    context.diagnostic(`of ${cases.length} cases ${cases.length - disagreeing.length} agree`);
    for (const importance of new Set(cases.map((limbo) => limbo.importance))) {
      const count = (list: readonly LimboCase[]) => list.filter((limbo) => limbo.importance === importance).length;
      context.diagnostic(`${importance}: ${count(applicable)} applicable, ${count(different)} judged differently`);
    }
    assert.deepEqual(
      different.filter(({ importance }) => IMPORTANT.includes(importance)),
      [],
    );
    assert.ok(1 - different.length / applicable.length >= 0.98);
  });

  test('contradicted cases name the case they contradict', () => {
    for (const { id, reason } of CONTRADICTED) {
      const limbo = cases.find((other) => other.id === id);
      assert.ok(
        limbo?.conflicts_with.some((other) => reason.includes(other)),
        id,
      );
    }
  });

  test('without the rules for issuers the important cases are judged the same', () => {
    const important = cases.filter(({ importance }) => IMPORTANT.includes(importance));
    const wrong = important.filter((limbo) => !agrees(limbo, judged(limbo, false)));
    assert.deepEqual(ids(wrong).toSorted(), ids(NEEDS_CRL).toSorted());
  });
});
