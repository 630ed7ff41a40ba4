import type { Cause } from '../../policies/causes.ts';
import { coverage } from '../../policies/revocation/coverage.ts';
import { compileDenyList, type DenyFacts, type DenyList } from '../../policies/revocation/deny-list.ts';
import { RevocationIndex } from '../../policies/revocation/index.ts';
import type { RevocationPart } from '../messages.ts';
import type { Link } from './chain.ts';
import type { TrustStore } from './listener-trust.ts';

/** Why a client may not get in, or not go on. */
export interface Objection {
  readonly cause: Extract<Cause, 'revoked' | 'revocation-unknown' | 'expired'>;
  readonly words: string;
}

/** CRLReason (RFC 5280 5.3.1). */
const REASONS: Readonly<Record<number, string>> = {
  1: 'key compromise',
  2: 'CA compromise',
  3: 'affiliation changed',
  4: 'superseded',
  5: 'cessation of operation',
  6: 'certificate hold',
  9: 'privilege withdrawn',
  10: 'AA compromise',
};

type Found = 'good' | 'stale' | 'none' | { readonly words: string };

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
   * Looks every certificate of a chain up in the lists of its issuer, but for the anchor.
   * @param links leaf first, anchor last
   */
  revoked(links: readonly Link[], { name, revocation }: TrustStore, now: number): Objection | undefined {
    if (revocation.mode === 'off') return undefined;
    for (let i = 0; i < links.length - 1; i++) {
      const found = this.#lookUp(links[i] as Link, links[i + 1] as Link, i > 0, now);
      if (found === 'good') continue;
      const who = i === 0 ? 'the certificate' : `issuer ${i}`;
      if (typeof found === 'object') return { cause: 'revoked', words: `${who} is revoked: ${found.words}` };
      if (found === 'none' && revocation.mode === 'prefer') continue;
      if (found === 'stale' && revocation.onStale === 'allow') continue;
      const why = found === 'none' ? 'no list of its issuer' : 'the lists of its issuer are out of date';
      return {
        cause: 'revocation-unknown',
        words: `whether ${who} is revoked is not known: ${why} (trust store ${name})`,
      };
    }
    return undefined;
  }

  #lookUp({ certificate, points }: Link, issuer: Link, isCa: boolean, now: number): Found {
    const key = Buffer.from(issuer.keySha256, 'hex');
    const entry = this.#index.lookup(key, Buffer.from(certificate.serial, 'hex'));
    if (entry === undefined) return coverage(this.#index.listsOf(key), { isCa, points }, now).state;
    const { name, number } = this.#index.list(entry.list);
    const reason = REASONS[entry.reason];
    const since = new Date(entry.date).toISOString();
    return { words: `${reason === undefined ? '' : `${reason}, `}since ${since}, by list ${number} of ${name}` };
  }
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
