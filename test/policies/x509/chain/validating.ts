import { type AnchorStore, buildAnchors } from '../../../../policies/x509/chain/anchors.ts';
import { DEFAULT_KEY_RULES } from '../../../../policies/x509/chain/key-rules.ts';
import {
  DEFAULT_CHAIN_LIMITS,
  DEFAULT_SKEW_SUSPICION,
  type ValidationOptions,
} from '../../../../policies/x509/chain/options.ts';
import type { ChainResult } from '../../../../policies/x509/chain/result.ts';
import { validateChain } from '../../../../policies/x509/chain/validate.ts';
import type { Issued } from './issue.ts';

/** Certificates of the tests are valid from 2025 to 2035. */
export const NOW = Date.UTC(2026, 5, 1);

export const OPTIONS: ValidationOptions = {
  now: NOW,
  skew: 0,
  purpose: 'clientAuth',
  eku: 'strict',
  keys: DEFAULT_KEY_RULES,
  issuance: false,
  limits: DEFAULT_CHAIN_LIMITS,
  suspicion: DEFAULT_SKEW_SUSPICION,
};

export const ders = (issued: readonly Issued[]) => issued.map(({ der }) => der);

export const store = (name: string, issued: readonly Issued[], partial = false): AnchorStore => ({
  name,
  certificates: ders(issued),
  partial,
});

/** `stores`: one store of that name or several. */
export function validate(
  [leaf, ...presented]: readonly [Issued, ...Issued[]],
  stores: readonly Issued[] | readonly AnchorStore[],
  options: Partial<ValidationOptions> = {},
): ChainResult {
  const named = stores.map((item) => ('certificates' in item ? item : store('plant', [item])));
  return validateChain(leaf.der, ders(presented), buildAnchors(named), { ...OPTIONS, ...options });
}

/** What a refusal is asserted on: cause, place of the certificate at fault, and rule. */
export function verdict(result: ChainResult): readonly [string, number | undefined, string] | 'trusted' {
  return result.ok ? 'trusted' : [result.cause, result.certificate?.index, result.rule];
}
