import type { ChainCertificate } from './chain-certificate.ts';
import { KEY_USAGE } from './extensions.ts';
import { keyFault } from './key-rules.ts';
import type { Purpose, ValidationOptions } from './options.ts';
import type { Finding } from './result.ts';
import { validityFault } from './validity.ts';

const PURPOSE_OID: Record<Purpose, string> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};
const ANY_PURPOSE = '2.5.29.37.0';

/** What holds for the leaf alone, whoever issued it. */
export function leafFinding(leaf: ChainCertificate, options: ValidationOptions): Finding | undefined {
  return (
    commonFinding(leaf, options) ??
    altNamesFinding(leaf, options.limits.sans) ??
    leafUsageFinding(leaf) ??
    leafConstraintsFinding(leaf) ??
    leafPurposeFinding(leaf, options)
  );
}

/** What holds for everything above the leaf, the anchor included (RFC 5280 6.1.4 (k) to (n), (o)). */
export function issuerFinding(issuer: ChainCertificate, options: ValidationOptions): Finding | undefined {
  return (
    commonFinding(issuer, options) ??
    authorityFinding(issuer) ??
    issuerUsageFinding(issuer) ??
    issuerPurposeFinding(issuer, options)
  );
}

/** May an issuer's key have made the signature of a certificate, by the certificate's algorithm? Computes nothing. */
export function algorithmFinding(
  certificate: ChainCertificate,
  issuer: ChainCertificate,
  { keys }: ValidationOptions,
): Finding | undefined {
  const { algorithm } = certificate;
  const rule = 'RFC 5280 4.1.1.2';
  if (typeof algorithm === 'string') return { cause: 'weak-key', rule, reason: algorithm };
  if (!keys.signatures.has(algorithm.name)) {
    return { cause: 'weak-key', rule, reason: `the profile does not accept ${algorithm.name} signatures` };
  }
  const { kind } = issuer.key;
  if (kind === 'refused' || algorithm.keys.includes(kind)) return undefined;
  return { cause: 'bad-signature', rule, reason: `an ${algorithm.name} signature is not made with a ${kind} key` };
}

function commonFinding(certificate: ChainCertificate, options: ValidationOptions): Finding | undefined {
  const validity = validityFault(certificate.certificate.facts, options);
  if (validity !== undefined) return validity;
  const [unknown] = certificate.extensions.unknownCritical;
  if (unknown !== undefined) {
    const reason = `its extension ${unknown} is critical, and headgate does not enforce it`;
    return { cause: 'unknown-critical-extension', rule: 'RFC 5280 4.2', reason };
  }
  const key = keyFault(certificate.key, options.keys);
  return key === undefined ? undefined : { cause: 'weak-key', rule: 'RFC 5280 4.1.2.7', reason: key };
}

function altNamesFinding({ extensions }: ChainCertificate, limit: number): Finding | undefined {
  const count = extensions.altNames?.length ?? 0;
  if (count <= limit) return undefined;
  const reason = `it has ${count} subject alternative names, more than ${limit}`;
  return { cause: 'chain-rejected', rule: 'RFC 5280 4.2.1.6', reason };
}

/** A client proves its key by a signature, in every version of TLS that is spoken here. */
function leafUsageFinding(leaf: ChainCertificate): Finding | undefined {
  if (allows(leaf, KEY_USAGE.digitalSignature)) return undefined;
  return { cause: 'key-usage', rule: 'RFC 5280 4.2.1.3', reason: 'its keyUsage lacks digitalSignature' };
}

function leafConstraintsFinding({ extensions, ca }: ChainCertificate): Finding | undefined {
  if (extensions.nameConstraints === undefined || ca) return undefined;
  const reason = 'it has nameConstraints and is no authority';
  return { cause: 'chain-rejected', rule: 'RFC 5280 4.2.1.10', reason };
}

function leafPurposeFinding(leaf: ChainCertificate, { purpose, eku }: ValidationOptions): Finding | undefined {
  const rule = 'RFC 5280 4.2.1.12';
  const purposes = leaf.extensions.extKeyUsage;
  if (purposes === undefined) {
    if (eku === 'lenient') return undefined;
    return { cause: 'wrong-eku', rule, reason: `it has no extKeyUsage, so it does not say ${purpose}` };
  }
  if (purposes.includes(PURPOSE_OID[purpose])) return undefined;
  const any = purposes.includes(ANY_PURPOSE);
  if (any && eku !== 'strict') return undefined;
  const reason = any ? `its extKeyUsage says any purpose, not ${purpose}` : `its extKeyUsage does not say ${purpose}`;
  return { cause: 'wrong-eku', rule, reason };
}

/** Version 1 certificates have no extensions, so they are refused here (RFC 5280 6.1.4 (k) leaves it open). */
function authorityFinding({ ca, extensions }: ChainCertificate): Finding | undefined {
  if (ca) return undefined;
  const missing = extensions.basicConstraints === undefined;
  const why = missing ? 'has no basicConstraints' : 'is no authority (cA is false)';
  return { cause: 'not-a-ca', rule: 'RFC 5280 4.2.1.9', reason: `it issued a certificate but ${why}` };
}

function issuerUsageFinding(issuer: ChainCertificate): Finding | undefined {
  if (allows(issuer, KEY_USAGE.keyCertSign)) return undefined;
  return { cause: 'key-usage', rule: 'RFC 5280 4.2.1.3', reason: 'its keyUsage lacks keyCertSign' };
}

/** The purposes of an authority bound those of what it issues: so do it Mozilla, Microsoft and OpenSSL; RFC 5280 is silent. */
function issuerPurposeFinding({ extensions }: ChainCertificate, { purpose }: ValidationOptions): Finding | undefined {
  const purposes = extensions.extKeyUsage;
  if (purposes === undefined || purposes.includes(PURPOSE_OID[purpose]) || purposes.includes(ANY_PURPOSE)) {
    return undefined;
  }
  const reason = `its extKeyUsage does not let it issue for ${purpose}`;
  return { cause: 'wrong-eku', rule: 'RFC 5280 4.2.1.12', reason };
}

/** Without keyUsage the key may be used for everything. */
function allows({ extensions }: ChainCertificate, usage: number): boolean {
  return extensions.keyUsage === undefined || (extensions.keyUsage & (1 << usage)) !== 0;
}
