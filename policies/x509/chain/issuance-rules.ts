import { DerReader, TAG, X509Error } from '../der.ts';
import type { ChainCertificate } from './chain-certificate.ts';
import { EXTENSION, KEY_USAGE } from './extensions.ts';
import { readGeneralName } from './general-names.ts';
import { isDnsName, looksLikeIpv4 } from './host-names.ts';
import type { Finding } from './result.ts';

/** Place of a certificate in its path. */
export type Role = 'leaf' | 'issuer' | 'anchor';

interface IssuanceRule {
  readonly rule: string;
  readonly reason: string;
  readonly broken: (certificate: ChainCertificate, role: Role) => boolean;
}

/** What RFC 5280 section 4 asks of those who issue and section 6 does not ask of those who validate. */
const RULES: readonly IssuanceRule[] = [
  {
    rule: 'RFC 5280 4.2.1.1',
    reason: 'it has no authorityKeyIdentifier, and is neither self-issued nor an anchor',
    broken: ({ extensions, selfIssued }, role) =>
      role !== 'anchor' && !selfIssued && extensions.authorityKeyId === undefined,
  },
  {
    rule: 'RFC 5280 4.2.1.1',
    reason: 'its authorityKeyIdentifier has no key identifier, or issuer and serial number are not both there',
    broken: ({ extensions: { authorityKeyId: id } }) =>
      id !== undefined && (id.keyId === undefined || id.issuer !== id.serial),
  },
  {
    rule: 'RFC 5280 4.2.1.1',
    reason: 'it is a self-issued anchor, and its two key identifiers differ',
    broken: ({ extensions: { authorityKeyId, subjectKeyId }, selfIssued }, role) =>
      role === 'anchor' && selfIssued && (authorityKeyId?.keyId ?? subjectKeyId) !== subjectKeyId,
  },
  {
    rule: 'RFC 5280 4.2.1.2',
    reason: 'it is an authority without subjectKeyIdentifier',
    broken: ({ extensions, ca }) => ca && extensions.subjectKeyId === undefined,
  },
  {
    rule: 'RFC 5280 4.2.1.3',
    reason: 'its keyUsage and its basicConstraints differ on whether it signs certificates',
    broken: ({ extensions: { keyUsage }, ca }) =>
      keyUsage !== undefined && ca !== ((keyUsage & (1 << KEY_USAGE.keyCertSign)) !== 0),
  },
  {
    rule: 'RFC 5280 4.2.1.6',
    reason: 'its subject is empty and its subjectAltName is not critical',
    broken: ({ certificate, extensions }) =>
      certificate.facts.subject.length === 0 && !extensions.critical.has(EXTENSION.subjectAltName),
  },
  {
    rule: 'RFC 5280 4.2.1.6',
    reason: 'a DNS name of its subjectAltName is not in the preferred name syntax',
    broken: ({ certificate }) => !certificate.facts.san.dns.every(isDnsPattern),
  },
  {
    rule: 'RFC 5280 4.2.1.9',
    reason: 'it is an authority whose basicConstraints is not critical',
    broken: ({ extensions, ca }) => ca && !extensions.critical.has(EXTENSION.basicConstraints),
  },
  {
    rule: 'RFC 5280 4.2.1.11',
    reason: 'it has a policyConstraints that is not critical',
    broken: (certificate) => certificate.extension(EXTENSION.policyConstraints) !== undefined,
  },
  {
    rule: 'RFC 5280 4.2.2.1',
    reason: 'its authorityInfoAccess is malformed',
    broken: (certificate) => {
      const value = certificate.extension(EXTENSION.authorityInfoAccess);
      return value !== undefined && !isInfoAccess(value);
    },
  },
];

/** The first rule for issuers that a certificate breaks; critical extensions that are not enforced were refused before. */
export function issuanceFinding(certificate: ChainCertificate, role: Role): Finding | undefined {
  const found = RULES.find(({ broken }) => broken(certificate, role));
  return found && { cause: 'chain-rejected', rule: found.rule, reason: found.reason };
}

/** With an asterisk for the first label or without. */
function isDnsPattern(text: string): boolean {
  const name = text.startsWith('*.') ? text.slice(2) : text;
  return isDnsName(name) && !looksLikeIpv4(name);
}

/** AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName } */
function isInfoAccess(value: Uint8Array): boolean {
  const reader = new DerReader(value);
  try {
    const sequence = reader.enter(TAG.sequence, 'authorityInfoAccess');
    reader.done('authorityInfoAccess');
    do {
      const description = sequence.enter(TAG.sequence, 'an access description');
      description.oid('an access method');
      readGeneralName(description, 'an access location');
      description.done('an access description');
    } while (sequence.more);
    return true;
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}
