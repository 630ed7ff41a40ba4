import type { Name } from '../../types.ts';

/**
 * What two names have in common when they are equal after RFC 5280 7.1: one text per RDN. Case is
 * folded, white space at the ends dropped and within folded to one space, Unicode brought to NFKC
 * (RFC 4518); the order within an RDN and the string type do not count.
 */
export function comparableRdns(name: Name): readonly string[] {
  return name.map((rdn) =>
    rdn
      .map(({ oid, value }) => `${oid}=${fold(value)}`)
      .sort()
      // Values hold no control characters (policies/x509/strings.ts), so separators cannot be forged.
      .join('\t'),
  );
}

/** One text for the whole name. */
export function comparableName(name: Name): string {
  return comparableRdns(name).join('\n');
}

/** Does the name begin with all RDNs of the base? Both as `comparableRdns`. */
export function isWithinDirectory(name: readonly string[], base: readonly string[]): boolean {
  return base.every((rdn, index) => rdn === name[index]);
}

function fold(value: string): string {
  return value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
}
