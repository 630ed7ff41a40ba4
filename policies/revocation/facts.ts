import type { ListRecord } from './build-index.ts';
import type { Coverage } from './coverage.ts';
import { reasonText } from './crl-reasons.ts';
import type { DenyEntry } from './deny-entry.ts';
import type { RevokedEntry } from './index.ts';
import type { CertStatus } from './ocsp-single.ts';
import type { RevocationFacts, SourceState } from './verdict.ts';

/** What was looked up about one certificate. */
export interface Found {
  readonly denied: DenyEntry | undefined;
  /** Of the index, with the list that names the certificate. */
  readonly revoked: { readonly entry: RevokedEntry; readonly list: ListRecord } | undefined;
  readonly coverage: Coverage;
  /** Where there is no list: why none could be fetched from the distribution points; undefined: nobody tried. */
  readonly unlisted?: string | undefined;
  /** The newest answer that holds; undefined: nobody was asked, or there is none. */
  readonly ocsp: { readonly status: CertStatus; readonly freshUntil: number } | undefined;
}

/** Puts what was found into the terms of the verdict. `now` in milliseconds since the epoch. */
export function revocationFacts(found: Found, now: number): RevocationFacts {
  const { denied, revoked, coverage, unlisted, ocsp } = found;
  const details: { deny?: string; crl?: string; ocsp?: string } = {};
  if (denied !== undefined) details.deny = denyWords(denied);
  if (revoked !== undefined) {
    const { name, number } = revoked.list;
    details.crl = `${name}, number ${number}, since ${since(revoked.entry)}`;
  } else if (coverage.state === 'stale' && coverage.list !== undefined) {
    const { name, number, freshUntil } = coverage.list;
    details.crl = `${name}, number ${number}, counted until ${iso(freshUntil)}`;
  } else if (unlisted !== undefined) details.crl = unlisted;
  if (ocsp?.status.kind === 'revoked') details.ocsp = `since ${since(ocsp.status)}`;
  else if (ocsp !== undefined && now > ocsp.freshUntil) details.ocsp = `it counted until ${iso(ocsp.freshUntil)}`;
  return {
    denied: denied !== undefined,
    crl: revoked === undefined ? coverage.state : 'revoked',
    ocsp: ocspState(ocsp, now),
    details,
  };
}

/** An old "unknown" is no more than no answer. */
function ocspState(ocsp: Found['ocsp'], now: number): SourceState {
  if (ocsp === undefined) return 'none';
  const { status, freshUntil } = ocsp;
  if (status.kind === 'revoked') return 'revoked';
  if (status.kind === 'unknown') return now <= freshUntil ? 'unknown' : 'none';
  return now <= freshUntil ? 'good' : 'stale';
}

function denyWords({ index, id, reason, target }: DenyEntry): string {
  const entry = id === undefined ? `entry ${index + 1}` : `entry "${id}"`;
  return `${entry}, by ${target.kind}${reason === undefined ? '' : `: ${reason}`}`;
}

function since({ date, reason }: { readonly date: number; readonly reason: number }): string {
  return `${iso(date)} (${reasonText(reason)})`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
