/** From the bytes of lists to the index that workers look certificates up in. */
import { buildRevocationIndex, type IndexedList } from '../../../policies/revocation/build-index.ts';
import { readCrl } from '../../../policies/revocation/crl.ts';
import type { CrlIssuer } from '../../../policies/revocation/crl-check.ts';
import { CrlError } from '../../../policies/revocation/crl-error.ts';
import type { HighestNumbers } from '../../../policies/revocation/highest-numbers.ts';
import { type NamedCrl, selectLists } from '../../../policies/revocation/issuer-lists.ts';
import { PemError, readBlocks } from '../../../policies/revocation/pem.ts';
import type { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import { verifySignature } from './verify-signature.ts';

/** How far clocks of authorities may be ahead or behind, in milliseconds. */
const CLOCK_SKEW = 60_000;
/** keyUsage: cRLSign (RFC 5280 4.2.1.3). */
const CRL_SIGN = 1 << 6;

/** A file or what a URL held. */
export interface ListSource {
  /** For people. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One trust store with the lists that are read for it. */
export interface StoreLists {
  readonly store: string;
  readonly authorities: readonly ChainCertificate[];
  readonly sources: readonly ListSource[];
  /** Milliseconds. */
  readonly maxStaleness: number;
}

/** A list in force, as operators are shown it. Times in milliseconds since the epoch. */
export interface ListFacts {
  readonly store: string;
  readonly name: string;
  readonly issuer: string;
  readonly number: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  readonly freshUntil: number;
  readonly entries: number;
}

export interface BuiltLists {
  readonly index: SharedArrayBuffer;
  readonly lists: readonly ListFacts[];
  /** Lists that are not used: a message each. */
  readonly refused: readonly string[];
  readonly highest: HighestNumbers;
}

/** Reads the lists in a file. @throws CrlError, PemError */
export function readLists({ name, bytes }: ListSource): NamedCrl[] {
  const blocks = readBlocks(bytes).filter(({ label }) => label !== 'CERTIFICATE');
  return blocks.map(({ der }, i) => ({
    name: blocks.length === 1 ? name : `${name} (list ${i + 1})`,
    crl: readCrl(der),
  }));
}

/** Why a file holds no list that can be read; undefined: it does. */
export function listProblem(source: ListSource): string | undefined {
  try {
    return readLists(source).length === 0 ? 'holds no revocation list' : undefined;
  } catch (error) {
    if (error instanceof CrlError || error instanceof PemError) return `is no revocation list: ${error.message}`;
    throw error;
  }
}

/** When the first of the lists in these bytes is to be replaced, in milliseconds since the epoch; null: none says so. */
export function nextUpdateIn(bytes: Uint8Array): number | null {
  try {
    const due = readLists({ name: '', bytes }).flatMap(({ crl: { nextUpdate } }) => nextUpdate ?? []);
    return due.length === 0 ? null : Math.min(...due);
  } catch (error) {
    if (error instanceof CrlError || error instanceof PemError) return null;
    throw error;
  }
}

/**
 * Takes of all lists the newest of each authority. What cannot be used is reported and hinders no other. A
 * microsecond for each entry: for the control plane.
 */
export function buildLists(stores: readonly StoreLists[], highest: HighestNumbers, now: number): BuiltLists {
  const indexed: IndexedList[] = [];
  const lists: ListFacts[] = [];
  const refused: string[] = [];
  let seen = highest;
  for (const { store, authorities, sources, maxStaleness } of stores) {
    const named = sources.flatMap((source) => {
      try {
        return readLists(source);
      } catch (error) {
        if (!(error instanceof CrlError || error instanceof PemError)) throw error;
        refused.push(`${store}: ${source.name} is not used: ${error.message}`);
        return [];
      }
    });
    const used = new Set<string>();
    /** Two authorities of one name: the list of one is no list of the other. */
    const reasons = new Map<string, string>();
    for (const authority of distinct(authorities)) {
      const issuer = issuerOf(authority);
      const options = { now, skew: CLOCK_SKEW, maxStaleness, highest: seen, verify: verifySignature };
      const { usable, notUsed, highest: after } = selectLists(named, issuer, options);
      seen = after;
      for (const { name, list, freshUntil } of usable) {
        used.add(name);
        indexed.push({ store, name, issuerKeyHash: issuer.keyHash, list, freshUntil });
        const { number, thisUpdate, nextUpdate = null, count } = list.delta ?? list.complete;
        const facts = { number: String(number ?? ''), thisUpdate, nextUpdate, freshUntil, entries: count };
        lists.push({ store, name, issuer: authority.subjectText, ...facts });
      }
      for (const { name, why, reason } of notUsed) {
        if (why === 'superseded') used.add(name);
        else reasons.set(name, reason);
      }
    }
    for (const name of new Set(named.map((one) => one.name))) {
      if (used.has(name)) continue;
      refused.push(`${store}: ${name} is not used: ${reasons.get(name) ?? 'no authority of the store issued it'}`);
    }
  }
  return { index: buildRevocationIndex(indexed), lists, refused, highest: seen };
}

/** A renewed certificate of the same authority has the same lists. */
function distinct(authorities: readonly ChainCertificate[]): readonly ChainCertificate[] {
  return [...new Map(authorities.map((one) => [`${one.keySha256} ${one.subject}`, one])).values()];
}

function issuerOf(authority: ChainCertificate): CrlIssuer {
  const { keyUsage, subjectKeyId } = authority.extensions;
  const { subject, publicKey } = authority.certificate;
  return {
    name: authority.bytes(subject),
    spki: authority.bytes(publicKey),
    keyHash: Buffer.from(authority.keySha256, 'hex'),
    keyId: subjectKeyId === undefined ? undefined : Buffer.from(subjectKeyId, 'hex'),
    signsCrls: keyUsage === undefined || (keyUsage & CRL_SIGN) !== 0,
  };
}
