import { type DerReader, type DerValue, TAG, X509Error } from '../x509/der.ts';
import { readExtensionList } from '../x509/extension-list.ts';
import { type CrlScope, readScope, WHOLE_SCOPE } from './crl-scope.ts';

/** What the extensions of a list say (RFC 5280 5.2). */
export interface CrlExtensions {
  /** CRLNumber, which grows from one list to the next. */
  readonly number: bigint | undefined;
  /** BaseCRLNumber of a delta: the list that it adds to; undefined: a complete list. */
  readonly base: bigint | undefined;
  /** keyIdentifier of the key that signed. */
  readonly authorityKeyId: Uint8Array | undefined;
  readonly scope: CrlScope;
}

export const NO_EXTENSIONS: CrlExtensions = {
  number: undefined,
  base: undefined,
  authorityKeyId: undefined,
  scope: WHOLE_SCOPE,
};

const AUTHORITY_KEY_ID = '2.5.29.35';
const CRL_NUMBER = '2.5.29.20';
const DELTA_INDICATOR = '2.5.29.27';
const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';

/** RFC 5280 5.2.3. */
const MAX_NUMBER_BYTES = 20;
const KEY_IDENTIFIER = 0x80;
const AUTHORITY_CERT_ISSUER = 0xa1;
const AUTHORITY_CERT_SERIAL = 0x82;

/** @throws X509Error for an unknown critical extension, too, and for a critical one that must not be. */
export function readCrlExtensions(reader: DerReader): CrlExtensions {
  let found = NO_EXTENSIONS;
  for (const { oid, critical, value } of readExtensionList(reader, 'the extensions of the list')) {
    const inside = (what: string) => reader.inside(value, what);
    switch (oid) {
      case CRL_NUMBER:
        if (critical) throw new X509Error('CRLNumber is critical, which it must not be', value.start);
        found = { ...found, number: readNumber(inside('CRLNumber'), 'CRLNumber') };
        break;
      case DELTA_INDICATOR:
        found = { ...found, base: readNumber(inside('BaseCRLNumber'), 'BaseCRLNumber') };
        break;
      case AUTHORITY_KEY_ID:
        found = { ...found, authorityKeyId: readKeyId(inside('authorityKeyIdentifier')) };
        break;
      case ISSUING_DISTRIBUTION_POINT:
        found = { ...found, scope: readScope(inside('issuingDistributionPoint')) };
        break;
      default:
        if (critical) throw new X509Error(`the list has the unknown critical extension ${oid}`, value.start);
    }
  }
  return found;
}

/** CRLNumber ::= INTEGER (0..MAX) */
function readNumber(reader: DerReader, what: string): bigint {
  const { content, end } = reader.integer(what);
  reader.done(what);
  if ((reader.bytes[content] as number) >= 0x80) throw new X509Error(`${what} is negative`, content);
  if (end - content > MAX_NUMBER_BYTES) throw new X509Error(`${what} has over ${MAX_NUMBER_BYTES} octets`, content);
  let number = 0n;
  for (let i = content; i < end; i++) number = number * 256n + BigInt(reader.bytes[i] as number);
  return number;
}

/** AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber } */
function readKeyId(reader: DerReader): Uint8Array | undefined {
  const what = 'authorityKeyIdentifier';
  const identifier = reader.enter(TAG.sequence, what);
  reader.done(what);
  let keyId: DerValue | undefined;
  if (identifier.peek() === KEY_IDENTIFIER) keyId = identifier.any('keyIdentifier');
  if (identifier.peek() === AUTHORITY_CERT_ISSUER) identifier.any('authorityCertIssuer');
  if (identifier.peek() === AUTHORITY_CERT_SERIAL) identifier.any('authorityCertSerialNumber');
  identifier.done(what);
  return keyId === undefined ? undefined : reader.bytes.subarray(keyId.content, keyId.end);
}
