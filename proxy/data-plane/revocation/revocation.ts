import type { Cause } from '../../../policies/causes.ts';
import { compileDenyList, type DenyFacts, type DenyList } from '../../../policies/revocation/deny-list.ts';
import { revocationFacts } from '../../../policies/revocation/facts.ts';
import { RevocationIndex } from '../../../policies/revocation/index.ts';
import { listUrls } from '../../../policies/revocation/list-urls.ts';
import { revocationVerdict } from '../../../policies/revocation/verdict.ts';
import type { RevocationPart } from '../../messages.ts';
import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import { objectionToSigner } from '../../shared/trust/ocsp-signer.ts';
import { lookUp } from '../../shared/trust/revocation-lookup.ts';

/** Why a client may not get in, or not go on. */
export interface RevocationRefusal {
  readonly cause: Extract<Cause, 'revoked' | 'revocation-unknown' | 'expired'>;
  readonly message: string;
}

/** Revocation and deny lists of a generation, as a worker asks them. Times in milliseconds since the epoch. */
export class Revocation {
  readonly version: string;
  readonly #index: RevocationIndex;
  readonly #deny: readonly { readonly name: string; readonly list: DenyList }[];

  /** @throws DenyListError */
  constructor(version: string, { index, deny }: RevocationPart) {
    this.version = version;
    this.#index = new RevocationIndex(index);
    this.#deny = deny.map(({ name, entries }) => ({ name, list: compileDenyList(entries, name) }));
  }

  /**
   * Is a certificate of the chain, or who its client is, on a deny list? The anchor counts as well.
   * @param principal undefined while it is not known, and for clients without a certificate
   */
  denial(chain: readonly ChainElement[], principal: string | undefined, now: number): RevocationRefusal | undefined {
    for (const { name, list } of this.#deny) {
      if (list.entries.length === 0) continue;
      for (let i = 0; i < Math.max(1, chain.length); i++) {
        const entry = list.match(denyFacts(chain, i, i === 0 ? principal : undefined), now);
        if (entry === undefined) continue;
        const { index, id, reason, target } = entry;
        const which = id === undefined ? `entry ${index + 1}` : `entry ${id}`;
        const why = reason === undefined ? '' : `: ${reason}`;
        return { cause: 'revoked', message: `denied by its ${target.kind} (${which} of ${name})${why}` };
      }
    }
    return undefined;
  }

  /**
   * Looks every certificate of a chain up but its anchor: in the lists of its issuer, and the leaf in what OCSP said.
   * @param chain leaf first, anchor last
   */
  revoked(
    chain: readonly ChainElement[],
    store: TrustStore,
    ocsp: OcspResult | undefined,
    now: number,
  ): RevocationRefusal | undefined {
    const { name, revocation } = store;
    if (revocation.mode === 'off') return undefined;
    const distrust = ocsp && this.#distrust(ocsp, chain, store, now);
    const heard = distrust === undefined ? ocsp : undefined;
    for (let i = 0; i < chain.length - 1; i++) {
      const element = chain[i] as ChainElement;
      const { certificate, points } = element;
      const { keySha256 } = chain[i + 1] as ChainElement;
      const found = lookUp(this.#index, { serial: certificate.serial, points, isCa: i > 0 }, keySha256, name, now);
      const unlistedBy = found.coverage.state === 'none' ? unlisted(element, revocation) : undefined;
      const said = i === 0 ? heard : undefined;
      const facts = revocationFacts({ ...found, denied: undefined, unlisted: unlistedBy, ocsp: said }, now);
      const verdict = revocationVerdict(revocation, facts);
      if (verdict.ok) continue;
      if (i > 0) return { cause: verdict.cause, message: `issuer ${i}: ${verdict.message}` };
      const more = distrust === undefined ? '' : `; the OCSP answer does not count: ${distrust}`;
      return { cause: verdict.cause, message: `${verdict.message}${more}` };
    }
    return undefined;
  }

  /** Is an answer about the leaf of a chain to be believed, as far as who signed it may himself be revoked? */
  believes(answer: OcspResult, chain: readonly ChainElement[], store: TrustStore, now: number): boolean {
    return this.#distrust(answer, chain, store, now) === undefined;
  }

  #distrust(
    { signer }: OcspResult,
    chain: readonly ChainElement[],
    { name, revocation: { mode, onStale } }: TrustStore,
    now: number,
  ): string | undefined {
    const issuer = chain[1];
    if (signer === undefined || issuer === undefined) return undefined;
    return objectionToSigner(this.#index, signer, issuer.keySha256, { store: name, mode, onStale }, now);
  }
}

/** Why the distribution points of a certificate brought no list, for the case that none covers it. */
function unlisted({ points }: ChainElement, { crlHosts }: TrustStore['revocation']): string | undefined {
  if (crlHosts === undefined) return undefined;
  const { urls, unusable } = listUrls(points, crlHosts);
  const reasons = [...urls.map((url) => `the list of ${url} is not there or does not speak of it`), ...unusable];
  return reasons.length === 0 ? 'it names no distribution point' : reasons.join('; ');
}

function denyFacts(chain: readonly ChainElement[], i: number, principal: string | undefined): DenyFacts {
  const element = chain[i];
  const issuer = chain[i + 1];
  return {
    certificate: element?.certificate ?? NOBODY,
    sha256: element?.sha256 ?? '',
    spki: element?.keySha256 ?? '',
    issuer: issuer === undefined ? [] : [issuer.sha256, issuer.keySha256],
    principal,
  };
}

const NOBODY: DenyFacts['certificate'] = { serial: '', subject: [], issuer: [] };
