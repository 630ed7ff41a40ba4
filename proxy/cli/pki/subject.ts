import { attributeOid } from '../../../policies/x509/attribute-types.ts';

/**
 * A distinguished name as data, in certificate order: one record per RDN, short name or OID to
 * value or values. `[{ O: 'Acme' }, { CN: 'x', OU: 'y' }]` ends in a multi-valued RDN.
 */
export type NameParts = readonly Readonly<Record<string, string | readonly string[]>>[];

type DirectoryString = { printableString: string } | { ia5String: string } | { utf8String: string };

/** A name as the certificate library takes it: OID to values. */
export type LibraryName = Record<string, DirectoryString[]>[];

const C = '2.5.4.6';
const DC = '0.9.2342.19200300.100.1.25';
const E = '1.2.840.113549.1.9.1';

/**
 * Reads `O=Acme,OU=plant 7,CN=pump-1`: comma between RDNs, `+` between the attributes of one
 * RDN, backslash before a character that stands for itself. Attributes come into the
 * certificate in the order in which they are written (RFC 4514 text is the reverse of that).
 * @throws Error with a message for the user when the text does not have that form.
 */
export function parseSubject(text: string): NameParts {
  const parts: Record<string, string[]>[] = [];
  for (const rdn of splitUnescaped(text, ',')) {
    const attributes: Record<string, string[]> = {};
    for (const attribute of splitUnescaped(rdn, '+')) {
      const equals = attribute.indexOf('=');
      if (equals < 1) throw new Error(`"${attribute.trim()}" in the subject is not of the form NAME=value`);
      const name = attribute.slice(0, equals).trim();
      const value = withoutBackslashes(attribute.slice(equals + 1).trimStart());
      if (value === '') throw new Error(`the subject attribute ${name} has no value`);
      const values = attributes[name] ?? [];
      attributes[name] = values;
      values.push(value);
    }
    parts.push(attributes);
  }
  return parts;
}

/** @throws Error when an attribute name is neither a known short name nor an OID. */
export function libraryName(parts: NameParts): LibraryName {
  return parts.map((rdn) => {
    const out: Record<string, DirectoryString[]> = {};
    for (const [name, values] of Object.entries(rdn)) {
      const oid = attributeOid(name.toUpperCase()) ?? (/^[0-2](\.\d+)+$/.test(name) ? name : undefined);
      if (oid === undefined) throw new Error(`unknown subject attribute "${name}"`);
      out[oid] = (typeof values === 'string' ? [values] : values).map((value) => directoryString(oid, value));
    }
    return out;
  });
}

/** RFC 5280 4.1.2.4 and appendix A: country is a PrintableString, DC and e-mail IA5String, the rest UTF8String. */
function directoryString(oid: string, value: string): DirectoryString {
  if (oid === C) return { printableString: value };
  if (oid === DC || oid === E) return { ia5String: value };
  return { utf8String: value };
}

function splitUnescaped(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\') piece += char + (text[++i] ?? '');
    else if (char === separator) {
      pieces.push(piece);
      piece = '';
    } else piece += char;
  }
  pieces.push(piece);
  return pieces;
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
