import type { Name } from '../types.ts';
import { attributeName, attributeOid } from '../x509/attribute-types.ts';
import { isControl } from '../x509/control.ts';

/** The text is no distinguished name; the message is for the one who wrote it. */
export class DistinguishedNameError extends Error {
  override readonly name = 'DistinguishedNameError';
}

/** Characters of one name. */
const MAX_TEXT = 2048;
const OID = /^[0-2](\.(0|[1-9]\d{0,15})){1,20}$/;
const SPECIAL = '"+,;<>\\=# ';

type Attributes = readonly { readonly type: string; readonly value: string }[];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads `CN=Plant CA,O=Acme` (RFC 4514: the most specific RDN first, `\` before special characters or two
 * hexadecimal digits; white space around `,`, `+` and `=` does not count) into the form that `comparable` makes.
 * @throws DistinguishedNameError
 */
export function comparableText(text: string): string {
  if (text.length > MAX_TEXT) throw new DistinguishedNameError(`is longer than ${MAX_TEXT} characters`);
  if (text.trim() === '') throw new DistinguishedNameError('is empty');
  return join(
    split(text, ',')
      .reverse()
      .map((rdn) => split(rdn, '+').map(readAttribute)),
  );
}

/**
 * A text that two names share when they are the same: letter case and repeated white space in values do not count (RFC
 * 5280 7.1, without its mapping of other characters), nor does the order inside an RDN.
 */
export function comparable(name: Name): string {
  return join(name);
}

function join(name: readonly Attributes[]): string {
  const rdns = name.map((rdn) => rdn.map(({ type, value }) => `${type}=${fold(value)}`).sort());
  // Control characters stand in no name, so that nothing runs together.
  return rdns.map((rdn) => rdn.join('\u0001')).join('\u0000');
}

function fold(value: string): string {
  return value.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Cuts at a separator that is not escaped. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function readAttribute(text: string): { type: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 0) throw new DistinguishedNameError(`has a part without "=", as in CN=Plant CA,O=Acme`);
  return { type: readType(text.slice(0, equals).trim()), value: readValue(text.slice(equals + 1)) };
}

function readType(written: string): string {
  if (OID.test(written)) return attributeName(written);
  const upper = written.toUpperCase();
  if (attributeOid(upper) !== undefined) return upper;
  throw new DistinguishedNameError('has an attribute that is neither known nor an OID, as in CN=Plant CA,O=Acme');
}

function readValue(written: string): string {
  const octets: number[] = [];
  // Unescaped white space at the ends is layout, escaped is content.
  const text = written.trimStart().replace(/(?<!\\) +$/, '');
  if (text === '') throw new DistinguishedNameError('has an attribute without a value');
  if (text.startsWith('#')) throw new DistinguishedNameError('has a value in hexadecimal DER ("#…"): write its text');
  for (let i = 0; i < text.length; i++) {
    const char = String.fromCodePoint(text.codePointAt(i) as number);
    if (char === '\\') {
      const pair = /^[0-9A-Fa-f]{2}/.exec(text.slice(i + 1, i + 3))?.[0];
      const next = text[i + 1] ?? '';
      if (pair !== undefined) {
        octets.push(Number.parseInt(pair, 16));
        i += 2;
      } else if (next !== '' && SPECIAL.includes(next)) {
        octets.push(next.charCodeAt(0));
        i++;
      } else throw new DistinguishedNameError('has a "\\" before a character that needs none');
    } else if ('";<>'.includes(char)) {
      throw new DistinguishedNameError(`has ${char} without "\\" before it`);
    } else {
      octets.push(...encoder.encode(char));
      i += char.length - 1;
    }
  }
  return decode(octets);
}

function decode(octets: readonly number[]): string {
  let text: string;
  try {
    text = decoder.decode(Uint8Array.from(octets));
  } catch {
    throw new DistinguishedNameError('has a value that is not valid UTF-8');
  }
  for (const char of text) {
    if (isControl(char.charCodeAt(0))) throw new DistinguishedNameError('has a value with a control character');
  }
  return text;
}
