/** Writes DER (X.690 section 10) for what the certificate library does not know: OCSP, CRL numbers. */
import { TAG } from '../../../policies/x509/der.ts';

/** Constructed or primitive, as the tag says. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOctets(size)), ...content]);
}

/** SEQUENCE of encodings. */
export const sequence = (...content: readonly Uint8Array[]): Buffer => tlv(TAG.sequence, ...content);
/** OCTET STRING of bytes. */
export const octetString = (content: Uint8Array): Buffer => tlv(TAG.octetString, content);
/** A BIT STRING of whole octets. */
export const bitString = (content: Uint8Array): Buffer => tlv(TAG.bitString, Uint8Array.of(0), content);
/** `[number]` around other values: EXPLICIT, or IMPLICIT over a constructed type. */
export const tagged = (number: number, ...content: readonly Uint8Array[]): Buffer => tlv(0xa0 | number, ...content);
/** From 0 to 127. */
export const enumerated = (value: number): Buffer => tlv(0x0a, Uint8Array.of(value));
/** NULL. */
export const nothing = (): Buffer => tlv(0x05);

/** A number from 0 up to 2^53 - 1 in its shortest form. */
export function integer(value: number): Buffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) > 0x7f) hex = `00${hex}`;
  return tlv(TAG.integer, Buffer.from(hex, 'hex'));
}

/** From dotted text whose components are below 2^31. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tlv(TAG.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** `YYYYMMDDHHMMSSZ`: seconds, without fractions. */
export function generalizedTime(date: Date): Buffer {
  const digits = date.toISOString().slice(0, 19).replace(/\D/g, '');
  return tlv(TAG.generalizedTime, Buffer.from(`${digits}Z`, 'latin1'));
}

/** Extension ::= SEQUENCE { extnID, extnValue OCTET STRING } of RFC 5280 4.1, not critical. */
export const extension = (id: string, value: Uint8Array): Buffer => sequence(oid(id), octetString(value));

/** Text of RFC 7468. */
export function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g) as string[];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function lengthOctets(size: number): number[] {
  if (size < 0x80) return [size];
  const octets: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

function base128(component: number): number[] {
  const octets = [component & 0x7f];
  for (let rest = component >>> 7; rest > 0; rest >>>= 7) octets.unshift((rest & 0x7f) | 0x80);
  return octets;
}
