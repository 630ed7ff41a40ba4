import type { Certificate } from '../certificate.ts';
import { DerReader, TAG, X509Error } from '../der.ts';
import { EXT_KEY_USAGE, readExtKeyUsage } from '../ext-key-usage.ts';
import { type GeneralName, readGeneralName } from './general-names.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints-extension.ts';

export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extKeyUsage: EXT_KEY_USAGE,
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const;

/** Bits of KeyUsage (RFC 5280 4.2.1.3) that matter here, by number. */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/**
 * Extensions that may be critical because they are enforced. certificatePolicies asks for nothing
 * as long as no policy is required; policyConstraints and inhibitAnyPolicy would, so they are not here.
 */
const ENFORCED: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.extKeyUsage,
]);

export interface BasicConstraints {
  readonly ca: boolean;
  /** Most certificates between this one and the leaf that are not self-issued; undefined: no bound. */
  readonly pathLength: number | undefined;
}

export interface AuthorityKeyIdentifier {
  /** Hexadecimal. */
  readonly keyId: string | undefined;
  /** authorityCertIssuer is there. */
  readonly issuer: boolean;
  /** authorityCertSerialNumber is there. */
  readonly serial: boolean;
}

/** Values of the extensions that decide about a path. What is absent is undefined. */
export interface ChainExtensions {
  readonly critical: ReadonlySet<string>;
  /** OIDs of critical extensions that are not enforced here. */
  readonly unknownCritical: readonly string[];
  readonly basicConstraints: BasicConstraints | undefined;
  /** Bit `n` is set where the usage of number n is asserted. */
  readonly keyUsage: number | undefined;
  /** OIDs of purposes. */
  readonly extKeyUsage: readonly string[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly altNames: readonly GeneralName[] | undefined;
  /** Hexadecimal. */
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: AuthorityKeyIdentifier | undefined;
}

/**
 * Reads the extensions that RFC 5280 section 6 works with.
 * @throws X509Error when one of them is not its strict DER.
 */
export function readChainExtensions({ der, extensions }: Certificate): ChainExtensions {
  const read = <T>(oid: string, reader: (value: DerReader) => T): T | undefined => {
    const found = extensions.find((extension) => extension.oid === oid);
    return found && reader(new DerReader(der, found.value.content, found.value.end));
  };
  const critical = new Set(extensions.filter((extension) => extension.critical).map(({ oid }) => oid));
  return {
    critical,
    unknownCritical: [...critical].filter((oid) => !ENFORCED.has(oid)),
    basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
    keyUsage: read(EXTENSION.keyUsage, readKeyUsage),
    extKeyUsage: read(EXTENSION.extKeyUsage, readExtKeyUsage),
    nameConstraints: read(EXTENSION.nameConstraints, readNameConstraints),
    altNames: read(EXTENSION.subjectAltName, readAltNameKinds),
    subjectKeyId: read(EXTENSION.subjectKeyIdentifier, readSubjectKeyId),
    authorityKeyId: read(EXTENSION.authorityKeyIdentifier, readAuthorityKeyId),
  };
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL } */
function readBasicConstraints(reader: DerReader): BasicConstraints {
  const sequence = reader.enter(TAG.sequence, 'basicConstraints');
  reader.done('basicConstraints');
  const start = sequence.at;
  const ca = sequence.peek() === TAG.boolean && sequence.boolean('cA');
  if (!ca && sequence.at !== start) throw new X509Error('cA is written although it is the default', start);
  const pathLength = sequence.more ? pathLengthOf(sequence) : undefined;
  sequence.done('basicConstraints');
  return { ca, pathLength };
}

function pathLengthOf(reader: DerReader): number {
  const { content, end } = reader.integer('pathLenConstraint');
  const octets = reader.bytes.subarray(content, end);
  if ((octets[0] as number) >= 0x80) throw new X509Error('pathLenConstraint is negative', content);
  // Four octets and more are beyond every chain: exact values no longer matter.
  return octets.length > 4 ? Number.MAX_SAFE_INTEGER : octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** KeyUsage ::= BIT STRING of named bits: DER drops trailing zeros (X.690 11.2.2); at least one is set (RFC 5280 4.2.1.3). */
function readKeyUsage(reader: DerReader): number {
  const { content, end } = reader.read(TAG.bitString, 'keyUsage');
  reader.done('keyUsage');
  const octets = reader.bytes.subarray(content + 1, end);
  const unused = reader.bytes[content] as number;
  const last = octets.at(-1) ?? 0;
  // The last bit in use is the lowest one that is set.
  if (content === end || octets.length > 2 || unused !== 31 - Math.clz32(last & -last)) {
    throw new X509Error('keyUsage is no canonical list of bits', content);
  }
  let usage = 0;
  for (let bit = 0; bit < octets.length * 8; bit++) {
    if (((octets[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0) usage |= 1 << bit;
  }
  return usage;
}

/** Counted and judged as subjectAltName by policies/x509/alt-names.ts before; here with the kinds that constraints need. */
function readAltNameKinds(reader: DerReader): GeneralName[] {
  const sequence = reader.enter(TAG.sequence, 'subjectAltName');
  const names: GeneralName[] = [];
  while (sequence.more) names.push(readGeneralName(sequence, 'a subjectAltName'));
  return names;
}

function readSubjectKeyId(reader: DerReader): string {
  const { content, end } = reader.read(TAG.octetString, 'subjectKeyIdentifier');
  reader.done('subjectKeyIdentifier');
  return hex(reader.bytes, content, end);
}

/** SEQUENCE { keyIdentifier [0], authorityCertIssuer [1] GeneralNames, authorityCertSerialNumber [2] }, all optional. */
function readAuthorityKeyId(reader: DerReader): AuthorityKeyIdentifier {
  const sequence = reader.enter(TAG.sequence, 'authorityKeyIdentifier');
  reader.done('authorityKeyIdentifier');
  const optional = (tag: number) => (sequence.peek() === tag ? sequence.any('authorityKeyIdentifier') : undefined);
  const keyId = optional(0x80);
  const issuer = optional(0xa1);
  const serial = optional(0x82);
  sequence.done('authorityKeyIdentifier');
  return {
    keyId: keyId && hex(reader.bytes, keyId.content, keyId.end),
    issuer: issuer !== undefined,
    serial: serial !== undefined,
  };
}

function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
}
