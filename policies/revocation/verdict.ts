/** What a store asks of the sources of revocation. */
export interface RevocationPolicy {
  /**
   * `require`: who is not known to be good is refused; `prefer`: only who is known to be bad; `off`: nobody but who is
   * denied.
   */
  readonly mode: 'require' | 'prefer' | 'off';
  /** What an old list or answer, by which nobody is revoked, is worth. */
  readonly onStale: 'deny' | 'allow';
}

/** What a list or responder says of a certificate: `stale`: it said good, but has expired. */
export type SourceState = 'revoked' | 'good' | 'stale' | 'unknown' | 'none';

/**
 * All that is known of one certificate. A list never says `unknown`; of a revoked one it does not matter how old the
 * source is.
 */
export interface RevocationFacts {
  readonly denied: boolean;
  readonly crl: Exclude<SourceState, 'unknown'>;
  /** `none`: nobody was asked, or nobody gave an answer that holds. */
  readonly ocsp: SourceState;
  /** What more an operator wants to know: which list, since when, why. */
  readonly details?: Partial<Record<RevocationSource, string>>;
}

export type RevocationSource = 'crl' | 'ocsp' | 'deny';

export type RevocationVerdict =
  /** `alarm`: accepted, but the operator must know why. */
  | { readonly ok: true; readonly alarm?: string }
  | {
      readonly ok: false;
      readonly cause: 'revoked' | 'revocation-unknown';
      readonly source: RevocationSource;
      readonly message: string;
    };

/** A row of the table: what it asks of facts and policy, and the verdict where all of that holds. */
export interface Row {
  readonly when: Partial<Omit<RevocationFacts, 'details'> & RevocationPolicy>;
  readonly verdict: RevocationVerdict;
}

const refuse = (
  cause: 'revoked' | 'revocation-unknown',
  source: RevocationSource,
  message: string,
): RevocationVerdict => ({ ok: false, cause, source, message: message });

/**
 * The first row whose conditions all hold decides. What is known to be bad goes before all; a fresh source that says
 * good before an old one; a responder that does not know the certificate before an old list that does not name it.
 */
export const TABLE: readonly Row[] = [
  { when: { denied: true }, verdict: refuse('revoked', 'deny', 'the certificate is on the deny list') },
  { when: { mode: 'off' }, verdict: { ok: true } },
  {
    when: { crl: 'revoked' },
    verdict: refuse('revoked', 'crl', 'the certificate is on the revocation list of its issuer'),
  },
  {
    when: { ocsp: 'revoked' },
    verdict: refuse('revoked', 'ocsp', 'the OCSP responder says that the certificate is revoked'),
  },
  { when: { crl: 'good' }, verdict: { ok: true } },
  { when: { ocsp: 'good' }, verdict: { ok: true } },
  {
    when: { crl: 'stale', onStale: 'deny' },
    verdict: refuse('revocation-unknown', 'crl', 'the revocation list of the issuer has expired'),
  },
  {
    when: { ocsp: 'stale', onStale: 'deny' },
    verdict: refuse('revocation-unknown', 'ocsp', 'the OCSP response has expired'),
  },
  {
    when: { ocsp: 'unknown', mode: 'require' },
    verdict: refuse('revocation-unknown', 'ocsp', 'the OCSP responder does not know the certificate'),
  },
  {
    when: { crl: 'stale' },
    verdict: { ok: true, alarm: 'accepted although the revocation list of the issuer has expired' },
  },
  {
    when: { ocsp: 'stale' },
    verdict: { ok: true, alarm: 'accepted although the OCSP response has expired' },
  },
  {
    when: { mode: 'require' },
    verdict: refuse('revocation-unknown', 'crl', 'no revocation list and no OCSP answer covers the certificate'),
  },
  { when: {}, verdict: { ok: true } },
];

/** May a certificate of which this is known be accepted? */
export function revocationVerdict(policy: RevocationPolicy, facts: RevocationFacts): RevocationVerdict {
  const { denied, crl, ocsp, details = {} } = facts;
  const known: Required<Row['when']> = { denied, crl, ocsp, mode: policy.mode, onStale: policy.onStale };
  const { verdict } = TABLE.find(({ when }) => holds(when, known)) as Row;
  const detail = verdict.ok ? undefined : details[verdict.source];
  return verdict.ok || detail === undefined ? verdict : { ...verdict, message: `${verdict.message}: ${detail}` };
}

function holds(when: Row['when'], known: Required<Row['when']>): boolean {
  return Object.entries(when).every(([key, value]) => known[key as keyof Row['when']] === value);
}
