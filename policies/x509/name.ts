import type { Name, NameAttribute } from '../types.ts';
import { attributeName } from './attribute-types.ts';
import { type DerReader, TAG, X509Error } from './der.ts';
import { attributeText } from './strings.ts';

export const MAX_RDNS = 16;
/** Attributes of one multi-valued RDN. */
export const MAX_ATTRIBUTES = 16;

/**
 * Name ::= SEQUENCE OF RelativeDistinguishedName
 * RelativeDistinguishedName ::= SET SIZE (1..MAX) OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
 *
 * The order inside a SET is taken as it comes: it carries no meaning, and authorities that do
 * not sort it as DER asks are many.
 */
export function readName(reader: DerReader, what: string): Name {
  const sequence = reader.enter(TAG.sequence, what);
  const name: NameAttribute[][] = [];
  while (sequence.more) {
    if (name.length === MAX_RDNS) throw new X509Error(`${what} has more than ${MAX_RDNS} RDNs`, sequence.at);
    name.push(readRdn(sequence, what));
  }
  return name;
}

function readRdn(reader: DerReader, what: string): NameAttribute[] {
  const start = reader.at;
  const set = reader.enter(TAG.set, `an RDN of the ${what}`);
  const rdn: NameAttribute[] = [];
  while (set.more) {
    if (rdn.length === MAX_ATTRIBUTES) {
      throw new X509Error(`an RDN of the ${what} has more than ${MAX_ATTRIBUTES} attributes`, set.at);
    }
    const attribute = set.enter(TAG.sequence, `an attribute of the ${what}`);
    const oid = attribute.oid(`an attribute type of the ${what}`);
    const type = attributeName(oid);
    const tag = attribute.peek();
    const value = attributeText(attribute, `${what} attribute ${type}`);
    attribute.done(`${what} attribute ${type}`);
    rdn.push({ oid, type, value, tag });
  }
  if (rdn.length === 0) throw new X509Error(`an RDN of the ${what} is empty`, start);
  return rdn;
}

/**
 * RFC 4514 text of a name, most specific RDN first: `CN=pump-1,OU=plant 7,O=Acme`. For people
 * and logs; never matched against. An attribute without a short name shows its OID and its text,
 * where the RFC asks for hexadecimal BER: people have to read it.
 */
export function nameText(name: Name): string {
  return name
    .toReversed()
    .map((rdn) => rdn.map(({ type, value }) => `${type}=${escapeValue(value)}`).join('+'))
    .join(',');
}

/** RFC 4514 section 2.4. Control characters, which `readName` refuses, are written as hexadecimal pairs. */
function escapeValue(value: string): string {
  let text = '';
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string;
    const code = value.charCodeAt(i);
    const special = '"+,;<>\\'.includes(char);
    const edge = (i === 0 && (char === ' ' || char === '#')) || (i === value.length - 1 && char === ' ');
    if (special || edge) text += `\\${char}`;
    else if (code < 0x20 || code === 0x7f) text += `\\${code.toString(16).padStart(2, '0').toUpperCase()}`;
    else text += char;
  }
  return text;
}
