import { Buffer } from 'node:buffer';
import { attributeName } from '../../x509/attribute-types.ts';
import { isControl } from '../../x509/control.ts';
import { TAG } from '../../x509/der.ts';

/** One attribute of a subject. `tag` is the DER tag of its value; only attributes without a keyword need it. */
export interface PrintedAttribute {
  readonly oid: string;
  readonly value: string;
  readonly tag?: number;
}

/** The attribute types that RFC 2253 section 2.3 gives a keyword; Java writes all others in hexadecimal. */
const KEYWORDS: ReadonlySet<string> = new Set(['CN', 'C', 'L', 'ST', 'STREET', 'O', 'OU', 'DC', 'UID']);

const STRING_TAGS: ReadonlySet<number> = new Set([TAG.utf8String, TAG.printableString, TAG.ia5String]);

const encoder = new TextEncoder();

export type PrintedName = { readonly text: string } | { readonly problem: string };

/**
 * Prints a name, given in certificate order, as Java's `X500Principal.getName()` and thus Kafka does: RFC 2253,
 * the last RDN first, attributes of one RDN in certificate order, more characters escaped than the RFC asks for.
 * What Java prints in a way that hides something (control characters), or what cannot be
 * printed without its DER tag, is a problem.
 */
export function printName(name: readonly (readonly PrintedAttribute[])[]): PrintedName {
  const rdns: string[] = [];
  for (const rdn of name.toReversed()) {
    const attributes: string[] = [];
    for (const attribute of rdn) {
      const printed = printAttribute(attribute);
      if ('problem' in printed) return printed;
      attributes.push(printed.text);
    }
    rdns.push(attributes.join('+'));
  }
  return { text: rdns.join(',') };
}

function printAttribute({ oid, value, tag }: PrintedAttribute): PrintedName {
  for (let i = 0; i < value.length; i++) {
    if (isControl(value.charCodeAt(i))) return { problem: `the attribute ${oid} holds a control character` };
  }
  const keyword = attributeName(oid);
  if (KEYWORDS.has(keyword)) return { text: `${keyword}=${escapeValue(value)}` };
  if (tag === undefined || !STRING_TAGS.has(tag)) return { problem: `the attribute ${oid} has no known string type` };
  return { text: `${oid}=#${derHex(tag, encoder.encode(value))}` };
}

/** Spaces at both ends and the special characters everywhere. */
function escapeValue(value: string): string {
  const from = value.search(/[^ ]/);
  if (from < 0) return '\\ '.repeat(value.length);
  const to = value.length - (/ *$/.exec(value)?.[0].length ?? 0);
  const middle = value.slice(from, to).replace(/[,=+<>#;"\\]/g, '\\$&');
  return '\\ '.repeat(from) + middle + '\\ '.repeat(value.length - to);
}

/** The DER of a primitive value: tag, length in its shortest form, content. */
function derHex(tag: number, content: Uint8Array): string {
  const header = [tag];
  if (content.length < 0x80) header.push(content.length);
  else if (content.length <= 0xff) header.push(0x81, content.length);
  else if (content.length <= 0xffff) header.push(0x82, content.length >> 8, content.length & 0xff);
  else header.push(0x83, content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff);
  return Buffer.from([...header, ...content]).toString('hex');
}
