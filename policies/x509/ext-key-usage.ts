import { type DerReader, TAG, X509Error } from './der.ts';

/** OID of the extended key usage extension (RFC 5280, 4.2.1.12). */
export const EXT_KEY_USAGE = '2.5.29.37';

const MAX_PURPOSES = 64;

/**
 * ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER (RFC 5280 4.2.1.12); dotted OIDs.
 * @throws X509Error
 */
export function readExtKeyUsage(reader: DerReader): string[] {
  const sequence = reader.enter(TAG.sequence, 'extKeyUsage');
  reader.done('extKeyUsage');
  if (!sequence.more) throw new X509Error('extKeyUsage is empty', sequence.at);
  const purposes: string[] = [];
  while (sequence.more) {
    if (purposes.length === MAX_PURPOSES) throw new X509Error(`more than ${MAX_PURPOSES} purposes`, sequence.at);
    purposes.push(sequence.oid('a purpose of extKeyUsage'));
  }
  return purposes;
}
