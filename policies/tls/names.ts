/**
 * Names of the numbers in a ClientHello, as people know them. Sources: the IANA registry of TLS
 * parameters; RFC 8446, 4.2.1 and 4.2.7; RFC 7919; RFC 8734; RFC 8998; RFC 9189;
 * draft-ietf-tls-ecdhe-mlkem; draft-ietf-tls-mlkem.
 */
const VERSIONS: Readonly<Record<number, string>> = {
  2: 'SSL 2.0',
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

const GROUPS: Readonly<Record<number, string>> = {
  19: 'P-192',
  21: 'P-224',
  22: 'secp256k1',
  23: 'P-256',
  24: 'P-384',
  25: 'P-521',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'x25519',
  30: 'x448',
  31: 'brainpoolP256r1tls13',
  32: 'brainpoolP384r1tls13',
  33: 'brainpoolP512r1tls13',
  34: 'GC256A',
  35: 'GC256B',
  36: 'GC256C',
  37: 'GC256D',
  38: 'GC512A',
  39: 'GC512B',
  40: 'GC512C',
  41: 'curveSM2',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'ML-KEM-512',
  513: 'ML-KEM-768',
  514: 'ML-KEM-1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  25497: 'X25519Kyber768Draft00',
};

/** A value that means nothing and is sent to keep servers tolerant (RFC 8701): 0x0a0a, 0x1a1a … 0xfafa. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** `TLS 1.3`; `0x7f1c` for a version that has no name here. */
export function versionName(version: number): string {
  return VERSIONS[version] ?? hex(version);
}

/** `x25519`, `P-256`; `0x4f2a` for a group that has no name here. */
export function groupName(group: number): string {
  return GROUPS[group] ?? hex(group);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
