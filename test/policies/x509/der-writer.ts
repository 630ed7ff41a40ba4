/** Writes DER for tests, right or wrong as they need it. */

export function tlv(tag: number, ...content: readonly (Uint8Array | readonly number[])[]): Buffer {
  const body = Buffer.concat(content.map((part) => Uint8Array.from(part)));
  return Buffer.concat([Buffer.from([tag, ...length(body.length)]), body]);
}

function length(size: number): number[] {
  if (size < 0x80) return [size];
  if (size < 0x100) return [0x81, size];
  return [0x82, size >> 8, size & 0xff];
}

export const sequence = (...content: readonly Uint8Array[]) => tlv(0x30, ...content);
export const set = (...content: readonly Uint8Array[]) => tlv(0x31, ...content);
export const integer = (...octets: number[]) => tlv(0x02, octets);
export const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
export const ascii = (tag: number, text: string) => tlv(tag, Buffer.from(text, 'latin1'));
export const utcTime = (text: string) => ascii(0x17, text);
export const generalizedTime = (text: string) => ascii(0x18, text);

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tlv(0x06, [first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(component: number): number[] {
  const octets = [component & 0x7f];
  for (let rest = component >>> 7; rest > 0; rest >>>= 7) octets.unshift((rest & 0x7f) | 0x80);
  return octets;
}

export const CN = '2.5.4.3';

export const attribute = (type: string, value: Uint8Array) => sequence(oid(type), value);
export const name = (...rdns: readonly (readonly Uint8Array[])[]) => sequence(...rdns.map((rdn) => set(...rdn)));
export const extension = (id: string, value: Uint8Array, critical?: Uint8Array) =>
  sequence(oid(id), ...(critical === undefined ? [] : [critical]), tlv(0x04, value));
export const altNames = (...names: readonly Uint8Array[]) => extension('2.5.29.17', sequence(...names));

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Parts of a certificate; what is left out is as in a plain valid one. `[]` as extensions leaves [3] out. */
export interface Parts {
  version?: Uint8Array;
  serial?: Uint8Array;
  algorithm?: Uint8Array;
  outerAlgorithm?: Uint8Array;
  issuer?: Uint8Array;
  notBefore?: Uint8Array;
  notAfter?: Uint8Array;
  subject?: Uint8Array;
  publicKey?: Uint8Array;
  extensions?: readonly Uint8Array[];
  extensionsRaw?: Uint8Array;
  afterTbs?: Uint8Array;
  signature?: Uint8Array;
}

/** An unsigned certificate: the signature is zeros. */
export function certificate(parts: Parts = {}): Buffer {
  const algorithm = parts.algorithm ?? ECDSA_SHA256;
  const extensions = parts.extensions ?? [altNames(ascii(0x86, 'spiffe://acme/p1/d1'))];
  const raw = parts.extensionsRaw ?? (extensions.length === 0 ? Buffer.alloc(0) : tlv(0xa3, sequence(...extensions)));
  return sequence(
    sequence(
      parts.version ?? tlv(0xa0, integer(2)),
      parts.serial ?? integer(0x4a, 0x01),
      algorithm,
      parts.issuer ?? name([attribute(CN, utf8('Test CA'))]),
      sequence(parts.notBefore ?? utcTime('250101000000Z'), parts.notAfter ?? utcTime('350101000000Z')),
      parts.subject ?? name([attribute(CN, utf8('pump-1'))]),
      parts.publicKey ?? sequence(ECDSA_SHA256, tlv(0x03, [0, 4, 1, 2])),
      raw,
      parts.afterTbs ?? Buffer.alloc(0),
    ),
    parts.outerAlgorithm ?? algorithm,
    parts.signature ?? tlv(0x03, [0, 0, 0, 0]),
  );
}
