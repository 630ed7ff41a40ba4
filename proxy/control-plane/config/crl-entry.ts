/** Endings of files with revocation lists in a directory. */
export const CRL_ENDINGS: readonly string[] = ['.crl', '.pem', '.der'];

/** What an entry of `trust.*.revocation.crl` names: `cdp` stands for what certificates name (RFC 5280, 4.2.1.13). */
export type CrlEntryKind = 'cdp' | 'url' | 'file';

/** The kind of an entry of `crl`; a file may be a directory. */
export function crlEntryKind(written: string): CrlEntryKind {
  if (written === 'cdp') return 'cdp';
  return /^https?:\/\//.test(written) ? 'url' : 'file';
}
