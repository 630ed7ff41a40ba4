import type { Cause } from '../../policies/causes.ts';
import { coverage } from '../../policies/revocation/coverage.ts';
import { compileDenyList, type DenyFacts, type DenyList } from '../../policies/revocation/deny-list.ts';
import { type Found, revocationFacts } from '../../policies/revocation/facts.ts';
import { RevocationIndex } from '../../policies/revocation/index.ts';
import { listUrls } from '../../policies/revocation/list-urls.ts';
import { judgeRevocation } from '../../policies/revocation/verdict.ts';
import type { RevocationPart } from '../messages.ts';
import type { Link } from './chain.ts';
import type { TrustStore } from './listener-trust.ts';
import type { OcspAnswer } from './ocsp-answer.ts';

/** Why a client may not get in, or not go on. */
export interface Objection {
  readonly cause: Extract<Cause, 'revoked' | 'revocation-unknown' | 'expired'>;
  readonly words: string;
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
  denial(links: readonly Link[], principal: string | undefined, now: number): Objection | undefined {
    for (const { name, list } of this.#deny) {
      if (list.entries.length === 0) continue;
      for (let i = 0; i < Math.max(1, links.length); i++) {
        const entry = list.match(denyFacts(links, i, i === 0 ? principal : undefined), now);
        if (entry === undefined) continue;
        const { index, id, reason, target } = entry;
        const which = id === undefined ? `entry ${index + 1}` : `entry ${id}`;
        const why = reason === undefined ? '' : `: ${reason}`;
        return { cause: 'revoked', words: `denied by its ${target.kind} (${which} of ${name})${why}` };
      }
    }
    return undefined;
  }

  /**
   * Looks every certificate of a chain up but its anchor: in the lists of its issuer, and the leaf in what OCSP said.
   * @param links leaf first, anchor last
   */
  revoked(
    links: readonly Link[],
    { name, revocation }: TrustStore,
    ocsp: OcspAnswer | undefined,
    now: number,
  ): Objection | undefined {
    if (revocation.mode === 'off') return undefined;
    for (let i = 0; i < links.length - 1; i++) {
      const found = this.#lookUp(links[i] as Link, links[i + 1] as Link, name, i > 0, now);
      const why = found.coverage.state === 'none' ? unlisted(links[i] as Link, revocation) : undefined;
      const said = i === 0 ? ocsp : undefined;
      const facts = revocationFacts({ ...found, denied: undefined, unlisted: why, ocsp: said }, now);
      const verdict = judgeRevocation(revocation, facts);
      if (verdict.ok) continue;
      return { cause: verdict.cause, words: i === 0 ? verdict.words : `issuer ${i}: ${verdict.words}` };
    }
    return undefined;
  }

  #lookUp(
    { certificate, points }: Link,
    issuer: Link,
    store: string,
    isCa: boolean,
    now: number,
  ): Pick<Found, 'revoked' | 'coverage'> {
    const key = Buffer.from(issuer.keySha256, 'hex');
    const entry = this.#index.lookup(key, Buffer.from(certificate.serial, 'hex'));
    return {
      revoked: entry && { entry, list: this.#index.list(entry.list) },
      coverage: coverage(this.#index.listsOf(key, store), { isCa, points }, now),
    };
  }
}

/** Why the distribution points of a certificate brought no list, for the case that none covers it. */
function unlisted({ points }: Link, { crlHosts }: TrustStore['revocation']): string | undefined {
  if (crlHosts === undefined) return undefined;
  const { urls, unusable } = listUrls(points, crlHosts);
  const words = [...urls.map((url) => `the list of ${url} is not there or does not speak of it`), ...unusable];
  return words.length === 0 ? 'it names no distribution point' : words.join('; ');
}

function denyFacts(links: readonly Link[], i: number, principal: string | undefined): DenyFacts {
  const link = links[i];
  const issuer = links[i + 1];
  return {
    certificate: link?.certificate ?? NOBODY,
    sha256: link?.sha256 ?? '',
    spki: link?.keySha256 ?? '',
    issuer: issuer === undefined ? [] : [issuer.sha256, issuer.keySha256],
    principal,
  };
}

const NOBODY: DenyFacts['certificate'] = { serial: '', subject: [], issuer: [] };
