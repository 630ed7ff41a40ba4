import { isControl } from './control.ts';
import { type DerReader, type DerValue, TAG, X509Error } from './der.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const PRINTABLE = new Uint8Array(128);
// X.680 41.4; `*` and `&` do not belong to it, yet are common and, as ASCII, cannot be misread.
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?*&") {
  PRINTABLE[char.charCodeAt(0)] = 1;
}

/**
 * Text of an attribute value: UTF8String, PrintableString or IA5String. The other string types
 * (BMP, Teletex, Universal) are read differently by different programs, so they are refused, as
 * are empty values and control characters (C0, DEL, C1): a name is read by people and by policies.
 */
export function attributeText(reader: DerReader, what: string): string {
  const value = reader.any(what);
  if (value.content === value.end) throw new X509Error(`${what} is empty`, value.content);
  switch (value.tag) {
    case TAG.utf8String:
      return utf8Text(reader.bytes, value, what);
    case TAG.printableString:
      return asciiText(reader.bytes, value, `${what} (PrintableString)`, (octet) => PRINTABLE[octet] === 1);
    case TAG.ia5String:
      return asciiText(reader.bytes, value, `${what} (IA5String)`, (octet) => octet >= 0x20 && octet < 0x7f);
    default:
      throw new X509Error(`${what} is neither UTF8String, PrintableString nor IA5String`, value.start);
  }
}

/** URI, DNS name or e-mail address: IA5String without controls and spaces, not empty. */
export function generalNameText(reader: DerReader, value: DerValue, what: string): string {
  if (value.content === value.end) throw new X509Error(`${what} is empty`, value.content);
  return asciiText(reader.bytes, value, what, (octet) => octet > 0x20 && octet < 0x7f);
}

function utf8Text(bytes: Uint8Array, value: DerValue, what: string): string {
  let text: string;
  try {
    text = utf8.decode(bytes.subarray(value.content, value.end));
  } catch {
    throw new X509Error(`${what} is not valid UTF-8`, value.content);
  }
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) throw new X509Error(`${what} holds a control character`, value.content);
  }
  return text;
}

function asciiText(bytes: Uint8Array, value: DerValue, what: string, allowed: (octet: number) => boolean): string {
  let text = '';
  for (let i = value.content; i < value.end; i++) {
    const octet = bytes[i] as number;
    if (isControl(octet)) throw new X509Error(`${what} holds a control character`, i);
    if (octet >= 0x80 || !allowed(octet)) throw new X509Error(`${what} holds a character outside its alphabet`, i);
    text += String.fromCharCode(octet);
  }
  return text;
}
