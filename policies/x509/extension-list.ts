import { type DerReader, type DerValue, TAG, X509Error } from './der.ts';

/** What is right for lists, their entries and answers: the longest in use hold six. */
const USUAL_MAX = 32;

export interface Extension {
  /** Dotted OID. */
  readonly oid: string;
  readonly critical: boolean;
  /** The DER inside the OCTET STRING is `[content, end)`. */
  readonly value: DerValue;
}

/**
 * Extensions ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE,
 * extnValue OCTET STRING } (RFC 5280 4.1); each OID once, at most `max`. `what` names the whole in
 * errors; nothing may follow them in `reader`.
 * @throws X509Error
 */
export function readExtensionList(reader: DerReader, what: string, max = USUAL_MAX): readonly Extension[] {
  const list = reader.enter(TAG.sequence, what);
  reader.done(what);
  if (!list.more) throw new X509Error(`${what} are empty`, list.at);
  const extensions: Extension[] = [];
  while (list.more) {
    const start = list.at;
    if (extensions.length === max) throw new X509Error(`${what}: more than ${max} extensions`, start);
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
