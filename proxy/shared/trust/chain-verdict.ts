import type { Cause } from '../../../policies/causes.ts';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../policies/identity/anonymous.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import type * as chain from '../../../policies/x509/chain/result.ts';
import type { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { validateChain } from '../../../policies/x509/chain/validate.ts';
import { Refused } from '../../data-plane/connection/refused.ts';
import { type Link, linksOf } from './chain-element.ts';
import { chainKey } from './chain-verdict-cache.ts';
import type { ListenerTrust, TrustStore } from './listener-trust.ts';

/** Who stands at the other end, as far as certificates tell. */
export interface Verdict {
  /** Trust store that accepted the chain; ANONYMOUS: the client showed no certificate, and need not. */
  readonly store: string;
  /** Leaf first, anchor last; empty for a client without a certificate. */
  readonly links: readonly Link[];
  readonly facts: CertificateFacts;
}

const NOBODY: Verdict = { store: ANONYMOUS, links: [], facts: NO_CERTIFICATE };

/** A chain that is not trusted. */
export class ChainRefused extends Refused {
  constructor(why: Cause, reason: string) {
    super(why, reason, 'handshake');
    this.name = 'ChainRefused';
  }
}

/**
 * Judges the chain of a finished handshake at `now` (milliseconds since the epoch) by the rules. What is
 * revoked or denied is another question (standing.ts).
 * @throws ChainRefused
 */
export function judge(
  presented: readonly Buffer[],
  trust: ListenerTrust,
  now: number,
  signatures: SignatureCache,
): Verdict {
  const [leaf, ...others] = presented;
  if (leaf === undefined) {
    if (trust.terms.clientAuth !== 'required') return NOBODY;
    throw new ChainRefused('no-certificate', 'the client sent no certificate');
  }
  const key = chainKey(presented);
  const seen = trust.seen?.find(key, now);
  if (seen !== undefined) return seen;
  const result = validateChain(leaf, others, trust.anchors, trust.options(now, signatures));
  if (!result.ok) throw new ChainRefused(result.cause, words(result));
  const { store: name, path } = result;
  const links = linksOf(path);
  const store = trust.stores.get(name) as TrustStore;
  if (!holdsPin(links, store)) {
    throw new ChainRefused('pin-mismatch', `no certificate of the chain has a key that the trust store ${name} pins`);
  }
  const verdict = { store: name, links, facts: (links[0] as Link).certificate };
  trust.seen?.keep(key, verdict);
  return verdict;
}

/** Has a certificate of the chain a key that the store pins, if it pins any? */
export function holdsPin(links: readonly Link[], { pins }: TrustStore): boolean {
  return pins.size === 0 || links.some(({ keySha256 }) => pins.has(keySha256));
}

/** The sentence, which certificate it is about, and the rule. */
function words({ reason, rule, certificate }: chain.ChainRefused): string {
  const at =
    certificate === undefined || certificate.index <= 0 ? '' : ` [issuer ${certificate.index}: ${certificate.subject}]`;
  return `${reason}${at} (${rule})`;
}
