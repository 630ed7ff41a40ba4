import { type DerReader, TAG, X509Error } from '../x509/der.ts';
import { generalNameText } from '../x509/strings.ts';

const OCSP = '1.3.6.1.5.5.7.48.1';
const URI = 0x86;
const MAX_ACCESSES = 32;

/**
 * URLs of the responders that may be asked about a certificate: AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF
 * SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName } (RFC 5280 4.2.2.1). `reader` stands inside
 * the value of extension 1.3.6.1.5.5.7.1.1. Other methods and other kinds of locations are passed over.
 * @throws X509Error
 */
export function readOcspUrls(reader: DerReader): readonly string[] {
  const what = 'authorityInfoAccess';
  const list = reader.enter(TAG.sequence, what);
  reader.done(what);
  if (!list.more) throw new X509Error(`${what} is empty`, list.at);
  const urls: string[] = [];
  for (let count = 1; list.more; count++) {
    if (count > MAX_ACCESSES) throw new X509Error(`${what} has more than ${MAX_ACCESSES} entries`, list.at);
    const access = list.enter(TAG.sequence, `an entry of ${what}`);
    const method = access.oid('accessMethod');
    const location = access.any('accessLocation');
    access.done(`an entry of ${what}`);
    if (method === OCSP && location.tag === URI) urls.push(generalNameText(access, location, 'the URL of a responder'));
  }
  return urls;
}
