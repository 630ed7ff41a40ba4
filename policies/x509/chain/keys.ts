import { type DerRange, DerReader, TAG, X509Error } from '../der.ts';

export type KeyKind =
  | 'rsa'
  | 'P-256'
  | 'P-384'
  | 'P-521'
  | 'ed25519'
  | 'ed448'
  | 'ml-dsa-44'
  | 'ml-dsa-65'
  | 'ml-dsa-87';

/** What a SubjectPublicKeyInfo says about its key. */
export type KeyFacts =
  | { readonly kind: KeyKind; readonly bits: number }
  /** A key that is never accepted, and why. */
  | { readonly kind: 'refused'; readonly reason: string };

const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';

/** Named curves (RFC 5480 2.1.1.1) and the octets of one coordinate. */
const CURVES: ReadonlyMap<string, readonly [kind: KeyKind, octets: number, bits: number]> = new Map([
  ['1.2.840.10045.3.1.7', ['P-256', 32, 256]],
  ['1.3.132.0.34', ['P-384', 48, 384]],
  ['1.3.132.0.35', ['P-521', 66, 521]],
]);

/** Keys that are a string of fixed length: RFC 8410, RFC 9881. */
const RAW_KEYS: ReadonlyMap<string, readonly [kind: KeyKind, octets: number]> = new Map([
  ['1.3.101.112', ['ed25519', 32]],
  ['1.3.101.113', ['ed448', 57]],
  ['2.16.840.1.101.3.4.3.17', ['ml-dsa-44', 1312]],
  ['2.16.840.1.101.3.4.3.18', ['ml-dsa-65', 1952]],
  ['2.16.840.1.101.3.4.3.19', ['ml-dsa-87', 2592]],
]);

/** Longer public exponents only make verification slow. */
const MAX_EXPONENT_OCTETS = 5;

/**
 * Reads kind and size of a key from its SubjectPublicKeyInfo, without building the key: what is not
 * accepted never reaches the cryptography.
 * @throws X509Error when the encoding is broken.
 */
export function readKeyFacts(der: Uint8Array, spki: DerRange): KeyFacts {
  const info = new DerReader(der, spki.start, spki.end).enter(TAG.sequence, 'subjectPublicKeyInfo');
  const algorithm = info.enter(TAG.sequence, 'the key algorithm');
  const oid = algorithm.oid('the key algorithm');
  const key = info.bitString('the public key');
  const bytes = der.subarray(key.content + 1, key.end);
  if (oid === RSA) return rsaFacts(algorithm, new DerReader(der, key.content + 1, key.end));
  if (oid === EC) return ecFacts(algorithm, bytes);
  const raw = RAW_KEYS.get(oid);
  if (raw === undefined) return { kind: 'refused', reason: `the key algorithm ${oid} is not accepted` };
  const [kind, octets] = raw;
  if (algorithm.more) return { kind: 'refused', reason: `the ${kind} key has parameters` };
  if (bytes.length !== octets) return { kind: 'refused', reason: `the ${kind} key has ${bytes.length} bytes` };
  return { kind, bits: octets * 8 };
}

/** RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }; the parameters are NULL (RFC 3279 2.3.1). */
function rsaFacts(algorithm: DerReader, reader: DerReader): KeyFacts {
  const parameters = algorithm.read(0x05, 'the RSA parameters');
  if (parameters.content !== parameters.end) throw new X509Error('the RSA parameters are no NULL', parameters.content);
  const key = reader.enter(TAG.sequence, 'the RSA key');
  reader.done('the RSA key');
  const modulus = key.integer('the RSA modulus');
  const exponent = key.integer('the RSA exponent');
  key.done('the RSA key');
  const { bytes } = key;
  const start = bytes[modulus.content] === 0 ? modulus.content + 1 : modulus.content;
  const odd = ((bytes[modulus.end - 1] as number) & (bytes[exponent.end - 1] as number) & 1) === 1;
  const negative = ((bytes[modulus.content] as number) | (bytes[exponent.content] as number)) >= 0x80;
  const octets = exponent.end - exponent.content;
  const one = octets === 1 && bytes[exponent.content] === 1;
  if (!odd || negative || one || octets > MAX_EXPONENT_OCTETS) {
    return { kind: 'refused', reason: 'the RSA modulus or exponent is even, negative, one or too long' };
  }
  return { kind: 'rsa', bits: (modulus.end - start) * 8 - (Math.clz32(bytes[start] as number) - 24) };
}

/** RFC 5480 2.1.1: a named curve; explicit parameters let a certificate bring a curve of its own (CVE-2020-0601). */
function ecFacts(algorithm: DerReader, point: Uint8Array): KeyFacts {
  if (algorithm.peek() !== TAG.oid) return { kind: 'refused', reason: 'the EC key does not name its curve' };
  const oid = algorithm.oid('the curve');
  const curve = CURVES.get(oid);
  if (curve === undefined) return { kind: 'refused', reason: `the curve ${oid} is not accepted` };
  const [kind, octets, bits] = curve;
  if (point[0] !== 4 || point.length !== 1 + 2 * octets) {
    return { kind: 'refused', reason: `the ${kind} key is no uncompressed point` };
  }
  return { kind, bits };
}
