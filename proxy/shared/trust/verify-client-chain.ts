import type { Cause } from '../../../policies/causes.ts';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../policies/identity/anonymous.ts';
import type { ChainRefused as ValidationRefused } from '../../../policies/x509/chain/result.ts';
import type { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { validateChain } from '../../../policies/x509/chain/validate.ts';
import { type ChainElement, chainElements } from './chain-element.ts';
import type { ChainVerdict } from './chain-verdict.ts';
import { chainKey } from './chain-verdict-cache.ts';
import type { ListenerTrust, TrustStore } from './listener-trust.ts';

const NOBODY: ChainVerdict = { store: ANONYMOUS, chain: [], facts: NO_CERTIFICATE };

/** A chain that is not trusted; `message` tells the operator why. */
export class ChainRefused extends Error {
  readonly why: Cause;

  constructor(why: Cause, message: string) {
    super(message);
    this.name = 'ChainRefused';
    this.why = why;
  }
}

/**
 * Judges the chain of a finished handshake at `now` (milliseconds since the epoch) by the rules. What is
 * revoked or denied is another question (standing.ts).
 * @throws ChainRefused
 */
export function verifyClientChain(
  presented: readonly Buffer[],
  trust: ListenerTrust,
  now: number,
  signatures: SignatureCache,
): ChainVerdict {
  const [leaf, ...others] = presented;
  if (leaf === undefined) {
    if (trust.terms.clientAuth !== 'required') return NOBODY;
    throw new ChainRefused('no-certificate', 'the client sent no certificate');
  }
  const key = chainKey(presented);
  const seen = trust.seen?.find(key, now);
  if (seen !== undefined) return seen;
  const result = validateChain(leaf, others, trust.anchors, trust.options(now, signatures));
  if (!result.ok) throw new ChainRefused(result.cause, messageOf(result));
  const { store: name, path } = result;
  const chain = chainElements(path);
  const store = trust.stores.get(name) as TrustStore;
  if (!holdsPin(chain, store)) {
    throw new ChainRefused('pin-mismatch', `no certificate of the chain has a key that the trust store ${name} pins`);
  }
  const verdict = { store: name, chain, facts: (chain[0] as ChainElement).certificate };
  trust.seen?.keep(key, verdict);
  return verdict;
}

/** Has a certificate of the chain a key that the store pins, if it pins any? */
export function holdsPin(chain: readonly ChainElement[], { pins }: TrustStore): boolean {
  return pins.size === 0 || chain.some(({ keySha256 }) => pins.has(keySha256));
}

/** The sentence, which certificate it is about, and the rule. */
function messageOf({ reason, rule, certificate }: ValidationRefused): string {
  const at =
    certificate === undefined || certificate.index <= 0 ? '' : ` [issuer ${certificate.index}: ${certificate.subject}]`;
  return `${reason}${at} (${rule})`;
}
