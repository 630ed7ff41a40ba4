/** Writes revocation lists for tests, right or wrong as they need it. */
import { attribute, CN, extension, integer, name, oid, sequence, tlv, utcTime, utf8 } from '../../x509/der-writer.ts';
import { ECDSA_SHA256, ecdsa, type TestKey } from './signing.ts';

export const ISSUER = name([attribute(CN, utf8('Test CA'))]);
export const TRUE = tlv(0x01, [0xff]);
export const enumerated = (code: number) => tlv(0x0a, [code]);

export const CRL_NUMBER = '2.5.29.20';
export const DELTA_INDICATOR = '2.5.29.27';
export const DISTRIBUTION_POINT = '2.5.29.28';
export const AUTHORITY_KEY_ID = '2.5.29.35';
export const REASON_CODE = '2.5.29.21';

export const crlNumber = (...octets: number[]) => extension(CRL_NUMBER, integer(...octets));
export const deltaOf = (...octets: number[]) => extension(DELTA_INDICATOR, integer(...octets), TRUE);
export const scopeOf = (...parts: readonly Uint8Array[]) => extension(DISTRIBUTION_POINT, sequence(...parts), TRUE);
export const namedPoint = (...uris: readonly string[]) =>
  tlv(0xa0, tlv(0xa0, ...uris.map((uri) => tlv(0x86, Buffer.from(uri)))));
export const reasonCode = (code: number) => extension(REASON_CODE, enumerated(code));

/** One entry; `parts` are what stands behind the serial number and the date. */
export const entry = (serial: readonly number[], date = '250601000000Z', ...extensions: readonly Uint8Array[]) =>
  sequence(integer(...serial), utcTime(date), ...(extensions.length === 0 ? [] : [sequence(...extensions)]));

/** Parts of a list; what is left out is as in a plain valid one. `[]` as extensions leaves [0] out. */
export interface CrlParts {
  readonly version?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly outerAlgorithm?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly thisUpdate?: Uint8Array;
  readonly nextUpdate?: Uint8Array;
  readonly entries?: readonly Uint8Array[];
  /** In place of `entries` and what is around them. */
  readonly revoked?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  readonly afterTbs?: Uint8Array;
  /** Default: a signature of zeros, or that of `key`. */
  readonly signature?: Uint8Array;
  readonly key?: TestKey;
  readonly after?: Uint8Array;
}

export function crl(parts: CrlParts = {}): Buffer {
  const algorithm = parts.algorithm ?? ECDSA_SHA256;
  const nothing = Buffer.alloc(0);
  const entries = parts.entries ?? [entry([0x4a, 0x01])];
  const extensions = parts.extensions ?? [crlNumber(7)];
  const tbs = large(
    0x30,
    parts.version ?? integer(1),
    algorithm,
    parts.issuer ?? ISSUER,
    parts.thisUpdate ?? utcTime('260101000000Z'),
    parts.nextUpdate ?? utcTime('270101000000Z'),
    parts.revoked ?? (entries.length === 0 ? nothing : large(0x30, ...entries)),
    extensions.length === 0 ? nothing : tlv(0xa0, sequence(...extensions)),
    parts.afterTbs ?? nothing,
  );
  const signature = parts.key === undefined ? Buffer.alloc(8) : ecdsa(tbs, parts.key);
  return large(
    0x30,
    tbs,
    parts.outerAlgorithm ?? algorithm,
    parts.signature ?? tlv(0x03, [0], signature),
    parts.after ?? nothing,
  );
}

/** A list of `count` entries with the serial numbers of `largeSerial`; every second one has a reason. */
export function largeCrl(count: number, parts: CrlParts = {}): Buffer {
  const entries = Array.from({ length: count }, (_, i) =>
    entry([...largeSerial(i)], '250601000000Z', ...(i % 2 === 0 ? [] : [reasonCode(1)])),
  );
  return crl({ ...parts, entries });
}

/** Serial number `i` of a large list: 16 octets. */
export function largeSerial(i: number): Buffer {
  const serial = Buffer.alloc(16, 0x5a);
  serial.writeUInt32BE(Math.imul(i, 0x9e3779b1) >>> 0, 4);
  serial.writeUInt32BE(i, 12);
  return serial;
}

/** Any size of content. */
function large(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  if (size < 0x10000) return tlv(tag, ...content);
  const header = Buffer.from([tag, 0x84, 0, 0, 0, 0]);
  header.writeUInt32BE(size, 2);
  // Three octets where they are enough: DER has the shortest length.
  const short = size < 0x1000000 ? Buffer.from([tag, 0x83, ...header.subarray(3)]) : header;
  return Buffer.concat([short, ...content]);
}

export const algorithmOf = (id: string) => sequence(oid(id));
