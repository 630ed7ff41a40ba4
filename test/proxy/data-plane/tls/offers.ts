import type { ConnectionOptions } from 'node:tls';
import type { KeyName } from './credentials.ts';

/**
 * One thing that a client may insist on, everything else being open: what it allows, and which
 * keys the server needs so that it is up to the server alone.
 */
export interface Offer {
  readonly name: string;
  readonly client: ConnectionOptions;
  readonly serverKeys: readonly KeyName[];
}

/** Whatever the OpenSSL of the client can do at all. */
export const ANYTHING = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
const TLS13_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];
const TLS12_SUITES = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['ECDHE-ECDSA-AES128-CCM', 'ECDHE-ECDSA-AES256-CCM', 'ECDHE-ECDSA-AES128-CCM8'],
  // CBC
  ...['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA'],
  // without forward secrecy
  ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA'],
  // finite fields
  ...['DHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-CHACHA20-POLY1305', 'DHE-RSA-AES256-SHA256'],
  'ECDHE-ECDSA-ARIA128-GCM-SHA256',
];
const GROUPS = [
  ...['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024', 'MLKEM512', 'MLKEM768', 'MLKEM1024'],
  ...['X25519', 'X448', 'P-256', 'P-384', 'P-521', 'ffdhe2048', 'ffdhe3072', 'ffdhe4096'],
  ...['brainpoolP256r1tls13', 'brainpoolP384r1tls13', 'brainpoolP512r1tls13'],
];
/** Named curves that exist in TLS 1.2 only. */
const GROUPS_TLS12 = ['brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'];
const SIGNATURES: readonly (readonly [name: string, key: KeyName])[] = [
  ['ecdsa_secp256r1_sha256', 'P256'],
  ['ecdsa_secp384r1_sha384', 'P384'],
  ['ecdsa_secp521r1_sha512', 'P521'],
  ['ecdsa_brainpoolP256r1tls13_sha256', 'brainpoolP256r1'],
  ['ecdsa_brainpoolP384r1tls13_sha384', 'brainpoolP384r1'],
  ['ecdsa_brainpoolP512r1tls13_sha512', 'brainpoolP512r1'],
  ['rsa_pss_rsae_sha256', 'RSA3072'],
  ['rsa_pss_rsae_sha384', 'RSA3072'],
  ['rsa_pss_rsae_sha512', 'RSA3072'],
  ['rsa_pss_pss_sha256', 'RSA-PSS'],
  ['rsa_pss_pss_sha384', 'RSA-PSS'],
  ['rsa_pss_pss_sha512', 'RSA-PSS'],
  ['ed25519', 'Ed25519'],
  ['mldsa65', 'ML-DSA-65'],
  ['mldsa87', 'ML-DSA-87'],
];
/** TLS 1.3 has no such signatures in handshakes. */
const SIGNATURES_TLS12: readonly (readonly [name: string, key: KeyName])[] = [
  ['rsa_pkcs1_sha256', 'RSA3072'],
  ['rsa_pkcs1_sha384', 'RSA3072'],
  ['rsa_pkcs1_sha512', 'RSA3072'],
  ['RSA+SHA1', 'RSA3072'],
  ['ECDSA+SHA1', 'P256'],
];

const ALL_KEYS: readonly KeyName[] = ['P256', 'RSA3072', 'ML-DSA-87'];
const only = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): ConnectionOptions => ({
  minVersion: version,
  maxVersion: version,
});
const tls13 = { ...only('TLSv1.3'), ciphers: `${TLS13_SUITES.join(':')}:${ANYTHING}` };
const tls12 = { ...only('TLSv1.2'), ciphers: ANYTHING };
/** A client whose groups would not be those of the profile by default. */
const anyGroup = { ecdhCurve: GROUPS.join(':') };
const anySignature = { sigalgs: [...SIGNATURES, ...SIGNATURES_TLS12].map(([name]) => name).join(':') };

export const VERSIONS: readonly Offer[] = [
  { name: 'TLSv1.1', client: { ...only('TLSv1.1'), ciphers: ANYTHING, ...anySignature }, serverKeys: ALL_KEYS },
  { name: 'TLSv1.2', client: { ...tls12, ...anySignature }, serverKeys: ALL_KEYS },
  { name: 'TLSv1.3', client: { ...tls13, ...anyGroup, ...anySignature }, serverKeys: ALL_KEYS },
];

export const SUITES: readonly Offer[] = [
  ...TLS13_SUITES.map((name) => ({
    name,
    client: { ...only('TLSv1.3'), ...anyGroup, ...anySignature, ciphers: `${name}:${ANYTHING}` },
    serverKeys: ALL_KEYS,
  })),
  ...TLS12_SUITES.map((name) => ({
    name,
    client: { ...only('TLSv1.2'), ...anySignature, ciphers: `${name}:@SECLEVEL=0` },
    serverKeys: ALL_KEYS,
  })),
];

export const KEY_AGREEMENTS: readonly Offer[] = [
  ...GROUPS.map((name) => ({ name, client: { ...tls13, ...anySignature, ecdhCurve: name }, serverKeys: ALL_KEYS })),
  ...GROUPS_TLS12.map((name) => ({
    name,
    // RSA: a curve offered alone must not have to be that of the certificate, too.
    client: { ...tls12, ...anySignature, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', ecdhCurve: name },
    serverKeys: ALL_KEYS,
  })),
];

export const SIGNATURE_SCHEMES: readonly Offer[] = [
  ...SIGNATURES.map(([name, key]) => ({ name, client: { ...tls13, ...anyGroup, sigalgs: name }, serverKeys: [key] })),
  ...SIGNATURES_TLS12.map(([name, key]) => ({ name, client: { ...tls12, sigalgs: name }, serverKeys: [key] })),
];
