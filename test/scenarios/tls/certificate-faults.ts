/** Chains that are refused because one certificate of them breaks a rule, whoever issued it. */
import {
  ANY_PURPOSE,
  AUTHORITY,
  authority,
  basicConstraints,
  CLIENT,
  CLIENT_AUTH,
  dns,
  ecKey,
  extKeyUsage,
  keyUsage,
  nameConstraints,
  type Request,
  rsaKey,
  SERVER_AUTH,
  unknownCritical,
} from '../../policies/x509/chain/issue.ts';
import { oid, sequence, utcTime } from '../../policies/x509/der-writer.ts';
import { anchor, device, fromNow, NAMES, type RefusedChain, shown } from './shown-chain.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The client's own certificate is at fault. */
const leaf = (more: Request) => () => shown(device(anchor, more));
/** The authority that issued the client's certificate is at fault. */
const issuer = (more: Request) => () => {
  const middle = authority(anchor, 'Line 1', more);
  return shown(device(middle), middle);
};
const LINE_1 = String.raw`\[issuer 1: CN=Line 1\]`;
const PAST = { notBefore: utcTime('240101000000Z'), notAfter: utcTime('250101000000Z') };
const EXPIRED = String.raw`^it expired on 2025-01-01T00:00:00Z, \d+ d ago`;
const SHA1 = { algorithm: sequence(oid('1.2.840.10045.4.1')), digest: 'sha1' };
/** OpenSSL's own client would not show such a key. */
const WEAK = { ciphers: 'DEFAULT@SECLEVEL=0' };

export const CERTIFICATE_FAULTS: readonly RefusedChain[] = [
  {
    what: 'a certificate that ran out',
    chain: leaf(PAST),
    cause: 'expired',
    reason: new RegExp(String.raw`${EXPIRED} \(RFC 5280 4\.1\.2\.5\)$`),
  },
  {
    what: 'an issuer that ran out',
    chain: issuer({ ...PAST, extensions: AUTHORITY }),
    cause: 'expired',
    reason: new RegExp(String.raw`${EXPIRED} ${LINE_1} \(RFC 5280 4\.1\.2\.5\)$`),
  },
  {
    what: 'a certificate of the day after tomorrow',
    chain: leaf({ notBefore: fromNow(48 * HOUR) }),
    cause: 'not-yet-valid',
    reason: /^it is not valid before \S+, 48 h from now \(RFC 5280 4\.1\.2\.5\)$/,
  },
  {
    what: 'a certificate of the next hour',
    chain: leaf({ notBefore: fromNow(HOUR) }),
    cause: 'clock-skew-suspected',
    reason: /not valid before \S+, \d+ min from now: is a clock wrong\? \(RFC 5280 4\.1\.2\.5\)$/,
  },
  {
    what: 'a certificate that ran out two minutes ago',
    chain: leaf({ notAfter: fromNow(-2 * MINUTE) }),
    cause: 'clock-skew-suspected',
    reason: /expired on \S+, \d+ (s|min) ago: not renewed, or is a clock wrong\? \(RFC 5280 4\.1\.2\.5\)$/,
  },
  {
    what: 'a certificate for servers only',
    chain: leaf({ extensions: [keyUsage(0x80), extKeyUsage(SERVER_AUTH), NAMES] }),
    cause: 'wrong-eku',
    reason: /^its extKeyUsage does not say clientAuth \(RFC 5280 4\.2\.1\.12\)$/,
  },
  {
    what: 'a certificate for any purpose',
    chain: leaf({ extensions: [keyUsage(0x80), extKeyUsage(ANY_PURPOSE), NAMES] }),
    cause: 'wrong-eku',
    reason: /^its extKeyUsage says any purpose, not clientAuth \(RFC 5280 4\.2\.1\.12\)$/,
  },
  {
    what: 'a certificate without a purpose',
    chain: leaf({ extensions: [keyUsage(0x80), NAMES] }),
    cause: 'wrong-eku',
    reason: /^it has no extKeyUsage, so it does not say clientAuth \(RFC 5280 4\.2\.1\.12\)$/,
  },
  {
    what: 'an issuer for servers only',
    chain: issuer({ extensions: [...AUTHORITY, extKeyUsage(SERVER_AUTH)] }),
    cause: 'wrong-eku',
    reason: new RegExp(`does not let it issue for clientAuth ${LINE_1}`),
  },
  {
    what: 'a key that may only encrypt',
    chain: leaf({ extensions: [keyUsage(0x20), extKeyUsage(CLIENT_AUTH), NAMES] }),
    cause: 'key-usage',
    reason: /^its keyUsage lacks digitalSignature \(RFC 5280 4\.2\.1\.3\)$/,
  },
  {
    what: 'an issuer whose key may not sign certificates',
    chain: issuer({ extensions: [basicConstraints(true), keyUsage(0x02)] }),
    cause: 'key-usage',
    reason: new RegExp(String.raw`its keyUsage lacks keyCertSign ${LINE_1} \(RFC 5280 4\.2\.1\.3\)$`),
  },
  {
    what: 'an unknown critical extension',
    chain: leaf({ extensions: [...CLIENT, NAMES, unknownCritical()] }),
    cause: 'unknown-critical-extension',
    reason: /^its extension 1\.3\.6\.1\.4\.1\.55555\.1 is critical, .* \(RFC 5280 4\.2\)$/,
  },
  {
    what: 'an unknown critical extension of an issuer',
    chain: issuer({ extensions: [...AUTHORITY, unknownCritical()] }),
    cause: 'unknown-critical-extension',
    reason: new RegExp(LINE_1),
  },
  {
    what: 'an RSA key of 1,024 bits',
    chain: leaf({ key: rsaKey(1024) }),
    tls: WEAK,
    cause: 'weak-key',
    reason: /^the RSA key has 1024 bits, fewer than 2048 \(RFC 5280 4\.1\.2\.7\)$/,
  },
  {
    what: 'an issuer with an RSA key of 1,024 bits',
    chain: issuer({ key: rsaKey(1024), extensions: AUTHORITY }),
    tls: WEAK,
    cause: 'weak-key',
    reason: new RegExp(`the RSA key has 1024 bits, fewer than 2048 ${LINE_1}`),
  },
  {
    what: 'a signature with SHA-1',
    chain: leaf(SHA1),
    tls: WEAK,
    cause: 'weak-key',
    reason: /1\.2\.840\.10045\.4\.1.* \(RFC 5280 4\.1\.1\.2\)$/,
  },
  {
    what: 'an issuer on the curve P-224',
    chain: issuer({ key: ecKey('secp224r1'), extensions: AUTHORITY }),
    tls: WEAK,
    cause: 'weak-key',
    reason: new RegExp(String.raw`1\.3\.132\.0\.33.* ${LINE_1}`),
  },
  {
    what: 'name constraints in a certificate that is no authority',
    chain: leaf({ extensions: [...CLIENT, NAMES, nameConstraints([dns('acme.example')])] }),
    cause: 'chain-rejected',
    reason: /nameConstraints and is no authority \(RFC 5280 4\.2\.1\.10\)$/,
  },
];
