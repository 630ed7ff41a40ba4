import { type Anchors, buildAnchors } from '../../../policies/x509/chain/anchors.ts';
import {
  DEFAULT_CHAIN_LIMITS,
  DEFAULT_SKEW_SUSPICION,
  type ValidationOptions,
} from '../../../policies/x509/chain/options.ts';
import type { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import type { StorePlan, TlsMaterial } from '../listener-plan.ts';
import { chainKeyRules } from '../tls/key-rules.ts';
import { ChainVerdictCache } from './chain-verdict-cache.ts';
import { certificatesOf } from './pem.ts';

/** What a listener asks of its clients' chains beside its stores. */
export type ClientTerms = Pick<TlsMaterial, 'clientAuth' | 'eku' | 'clockSkew' | 'profile'>;

/** What a trust store asks of the chains that end in it. */
export interface TrustStore {
  readonly name: string;
  /** SHA-256 of the certificates that chains may end in, lower-case hex. */
  readonly anchors: ReadonlySet<string>;
  /** SHA-256 of public keys, one of which every chain must hold; empty: any. */
  readonly pins: ReadonlySet<string>;
  readonly revocation: StorePlan['revocation'];
}

/** The trust stores of one listener, read once for all its handshakes in a generation. */
export class ListenerTrust {
  readonly terms: ClientTerms;
  readonly anchors: Anchors;
  readonly stores: ReadonlyMap<string, TrustStore>;
  /** Null where a chain may lead to one of several stores: with time another path of it may become valid. */
  readonly seen: ChainVerdictCache | null;

  /** @throws X509Error when a certificate of a store cannot be read */
  constructor(plans: Readonly<Record<string, StorePlan>>, terms: ClientTerms) {
    this.terms = terms;
    const entries = Object.entries(plans);
    this.seen = entries.length === 1 ? new ChainVerdictCache() : null;
    this.anchors = buildAnchors(
      entries.map(([name, plan]) => ({
        name,
        certificates: certificatesOf(plan.certificates),
        partial: plan.anchors === 'any',
      })),
    );
    this.stores = new Map(
      entries.map(([name, plan]) => {
        const anchors = new Set(this.anchors.of(name).map(({ sha256 }) => sha256));
        return [name, { name, anchors, pins: new Set(plan.pins), revocation: plan.revocation }];
      }),
    );
  }

  /** How chains of clients are validated at `now` (milliseconds since the epoch). */
  options(now: number, verdicts: SignatureCache): ValidationOptions {
    return {
      now,
      skew: this.terms.clockSkew,
      purpose: 'clientAuth',
      eku: this.terms.eku,
      keys: chainKeyRules(this.terms.profile),
      issuance: false,
      limits: DEFAULT_CHAIN_LIMITS,
      suspicion: DEFAULT_SKEW_SUSPICION,
      verdicts,
    };
  }
}
