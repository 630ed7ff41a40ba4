import { type DerReader, type DerValue, TAG, X509Error } from '../x509/der.ts';

/** Extensions of one list, entry or answer; the longest in use hold six. */
const MAX_EXTENSIONS = 32;

export interface Extension {
  /** Dotted OID. */
  readonly oid: string;
  readonly critical: boolean;
  /** The OCTET STRING; the DER inside is `[content, end)`. */
  readonly value: DerValue;
}

/**
 * Extensions ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE,
 * extnValue OCTET STRING } (RFC 5280 4.1); each OID once. `what` names the whole in errors.
 * @throws X509Error
 */
export function readExtensionList(reader: DerReader, what: string): readonly Extension[] {
  const list = reader.enter(TAG.sequence, what);
  if (!list.more) throw new X509Error(`${what} are empty`, list.at);
  const extensions: Extension[] = [];
  while (list.more) {
    const start = list.at;
    if (extensions.length === MAX_EXTENSIONS) throw new X509Error(`${what} are more than ${MAX_EXTENSIONS}`, start);
    const extension = list.enter(TAG.sequence, `one of ${what}`);
    const oid = extension.oid(`the identifier of one of ${what}`);
    let critical = false;
    if (extension.peek() === TAG.boolean) {
      critical = extension.boolean(`critical of extension ${oid}`);
      if (!critical) throw new X509Error(`critical of extension ${oid} is written although it is the default`, start);
    }
    const value = extension.read(TAG.octetString, `the value of extension ${oid}`);
    extension.done(`extension ${oid}`);
    if (extensions.some((other) => other.oid === oid)) throw new X509Error(`extension ${oid} occurs twice`, start);
    extensions.push({ oid, critical, value });
  }
  return extensions;
}
