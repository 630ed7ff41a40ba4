/**
 * What published guidelines say about TLS, as data: a moving target, so each profile names its
 * source and its date. All of ours have forward secrecy and authenticated encryption only, put
 * post-quantum groups first, and leave out what a source merely tolerates; `notes` say what.
 */

export const TLS_PROFILE_NAMES = [
  'mozilla-modern',
  'mozilla-intermediate',
  'nist-800-52r2',
  'bsi-tr-02102-2',
  'cnsa2',
] as const;

/** The profiles that a configuration can name. */
export type TlsProfileName = (typeof TLS_PROFILE_NAMES)[number];

/** As Node names them. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** Versions, cipher suites, groups, signature algorithms and key sizes that a listener accepts. */
export interface TlsProfile {
  readonly name: TlsProfileName;
  readonly source: string;
  /** When the source was published: YYYY-MM-DD. */
  readonly date: string;
  /** Oldest first. */
  readonly versions: readonly TlsVersion[];
  /** Cipher suites by version, as OpenSSL names them, the preferred first. */
  readonly suites: Readonly<Record<TlsVersion, readonly string[]>>;
  /** Key agreement, as OpenSSL names it, the preferred first. Post-quantum ones need TLS 1.3. */
  readonly groups: { readonly postQuantum: readonly string[]; readonly classic: readonly string[] };
  /** Signature schemes of handshakes, ours and the clients', as OpenSSL names them. */
  readonly signatures: readonly string[];
  /** Whose order of suites counts. */
  readonly order: 'client' | 'server';
  readonly keys: KeyRules;
  /** Longest life of a certificate in days; undefined where the source sets none. */
  readonly certificateDays: number | undefined;
  readonly notes: readonly string[];
}

/** Keys that certificates of servers and clients may have. */
export interface KeyRules {
  /** Bits; undefined: no RSA. */
  readonly rsaMin: number | undefined;
  /** Elliptic curves, as OpenSSL names them. */
  readonly curves: readonly string[];
  /** Further key types of node:crypto. */
  readonly types: readonly string[];
}

const ECDHE_GCM_128 = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'];
const ECDHE_GCM_256 = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'];
const ECDHE_CHACHA = ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'];
const ECDHE_CCM = ['ECDHE-ECDSA-AES128-CCM', 'ECDHE-ECDSA-AES256-CCM'];

const RSA_PSS = ['256', '384', '512'].flatMap((bits) => [`rsa_pss_rsae_sha${bits}`, `rsa_pss_pss_sha${bits}`]);
const RSA_PKCS1 = ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512'];
const ECDSA_NIST = ['ecdsa_secp256r1_sha256', 'ecdsa_secp384r1_sha384', 'ecdsa_secp521r1_sha512'];
const ECDSA_BRAINPOOL = ['256r1tls13_sha256', '384r1tls13_sha384', '512r1tls13_sha512'].map(
  (rest) => `ecdsa_brainpoolP${rest}`,
);

const MOZILLA = {
  source: 'Mozilla, Server Side TLS guidelines 6.0',
  date: '2026-04-06',
  groups: { postQuantum: ['X25519MLKEM768'], classic: ['X25519', 'P-256', 'P-384'] },
  order: 'client',
} as const;
const MOZILLA_TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** Hybrids of curves that NIST and BSI approve with ML-KEM; X25519 is on the list of neither. */
const APPROVED_HYBRIDS = ['SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
const NO_FINITE_FIELDS = 'DHE is allowed and left out: its cost lets a client exhaust a server (CVE-2002-20001).';
const NO_CBC = 'CBC suites are tolerated for TLS 1.2 and left out: they are open to padding attacks (Lucky Thirteen).';

/** The profiles by name. */
export const TLS_PROFILES: Readonly<Record<TlsProfileName, TlsProfile>> = {
  'mozilla-modern': {
    ...MOZILLA,
    name: 'mozilla-modern',
    versions: ['TLSv1.3'],
    suites: { 'TLSv1.3': MOZILLA_TLS13, 'TLSv1.2': [] },
    signatures: ECDSA_NIST,
    keys: { rsaMin: undefined, curves: ['prime256v1', 'secp384r1'], types: [] },
    certificateDays: 90,
    notes: ['For clients that all speak TLS 1.3.'],
  },
  'mozilla-intermediate': {
    ...MOZILLA,
    name: 'mozilla-intermediate',
    versions: ['TLSv1.2', 'TLSv1.3'],
    suites: { 'TLSv1.3': MOZILLA_TLS13, 'TLSv1.2': [...ECDHE_GCM_128, ...ECDHE_GCM_256, ...ECDHE_CHACHA] },
    signatures: [...ECDSA_NIST, 'rsa_pss_rsae_sha256', 'rsa_pss_pss_sha256', 'rsa_pkcs1_sha256'],
    keys: { rsaMin: 2048, curves: ['prime256v1', 'secp384r1'], types: [] },
    certificateDays: 366,
    notes: ['Certificates of 90 days are recommended.', 'DHE left the guidelines with 6.0.'],
  },
  'nist-800-52r2': {
    name: 'nist-800-52r2',
    source: 'NIST SP 800-52 Revision 2',
    date: '2019-08-29',
    versions: ['TLSv1.2', 'TLSv1.3'],
    suites: {
      'TLSv1.3': ['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256', 'TLS_AES_128_CCM_SHA256'],
      'TLSv1.2': [...ECDHE_GCM_256, ...ECDHE_GCM_128, ...ECDHE_CCM],
    },
    groups: { postQuantum: APPROVED_HYBRIDS, classic: ['P-256', 'P-384', 'P-521'] },
    signatures: ['ecdsa_secp256r1_sha256', 'ecdsa_secp384r1_sha384', ...RSA_PSS, ...RSA_PKCS1],
    order: 'client',
    keys: { rsaMin: 2048, curves: ['prime256v1', 'secp384r1'], types: [] },
    certificateDays: 1095,
    notes: [
      'The hybrids are younger than the source: ML-KEM is FIPS 203, the curves are of SP 800-186.',
      'No ChaCha20 and no X25519: neither is an approved algorithm.',
      'EC keys from 224 bits are allowed; those of P-256 and P-384 have a signature scheme in the list.',
      'CCM_8 is allowed and left out: its tag has only 64 bits.',
      NO_FINITE_FIELDS,
      NO_CBC,
      'The parameters alone make no validated module: FIPS 140 is a matter of the OpenSSL that runs.',
    ],
  },
  'bsi-tr-02102-2': {
    name: 'bsi-tr-02102-2',
    source: 'BSI TR-02102-2, version 2026-01',
    date: '2026-01-23',
    versions: ['TLSv1.2', 'TLSv1.3'],
    suites: {
      'TLSv1.3': ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_AES_128_CCM_SHA256'],
      'TLSv1.2': [...ECDHE_GCM_128, ...ECDHE_GCM_256, ...ECDHE_CCM],
    },
    groups: {
      postQuantum: APPROVED_HYBRIDS,
      classic: [
        ...['P-256', 'P-384', 'P-521'],
        // One set of code points for TLS 1.3 (RFC 8734), one for TLS 1.2 (RFC 7027).
        ...['brainpoolP256r1tls13', 'brainpoolP384r1tls13', 'brainpoolP512r1tls13'],
        ...['brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'],
      ],
    },
    signatures: [...ECDSA_NIST, ...ECDSA_BRAINPOOL, ...RSA_PSS],
    order: 'server',
    keys: {
      rsaMin: 3000,
      curves: ['prime256v1', 'secp384r1', 'secp521r1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'],
      types: [],
    },
    certificateDays: undefined,
    notes: [
      'TLS 1.2 is recommended until the end of 2031.',
      'Key agreement without a post-quantum part is recommended until the end of 2031 (very high protection: 2030).',
      'Which hybrids of TLS the source names could not be verified; these combine ML-KEM with its curves.',
      'No RSA signatures with PKCS #1 v1.5.',
      `${NO_FINITE_FIELDS} BSI recommends it until the end of 2029.`,
      NO_CBC,
    ],
  },
  cnsa2: {
    name: 'cnsa2',
    source: 'draft-becker-cnsa2-tls-profile-05',
    date: '2026-07-19',
    versions: ['TLSv1.3'],
    suites: { 'TLSv1.3': ['TLS_AES_256_GCM_SHA384'], 'TLSv1.2': [] },
    groups: { postQuantum: ['MLKEM1024'], classic: [] },
    signatures: ['mldsa87'],
    order: 'client',
    keys: { rsaMin: undefined, curves: [], types: ['ml-dsa-87'] },
    certificateDays: undefined,
    notes: [
      'No hybrids: the source wants ML-KEM-1024 alone.',
      'Certificates of servers and clients need ML-DSA-87 keys.',
    ],
  },
};
