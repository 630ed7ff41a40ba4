import type { KeyFacts, KeyKind } from './keys.ts';
import type { SignatureName } from './signature-algorithms.ts';

/** Keys and signatures that a profile accepts anywhere in a chain. */
export interface KeyRules {
  /** Bits, both inclusive. */
  readonly rsaMin: number;
  readonly rsaMax: number;
  readonly keys: ReadonlySet<KeyKind>;
  readonly signatures: ReadonlySet<SignatureName>;
}

/** Keys and signatures that are accepted where a TLS profile states nothing else. */
export const DEFAULT_KEY_RULES: KeyRules = {
  rsaMin: 2048,
  rsaMax: 8192,
  keys: new Set(['rsa', 'P-256', 'P-384', 'P-521', 'ed25519', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87']),
  signatures: new Set([
    'rsa-pkcs1-sha256',
    'rsa-pkcs1-sha384',
    'rsa-pkcs1-sha512',
    'rsa-pss-sha256',
    'rsa-pss-sha384',
    'rsa-pss-sha512',
    'ecdsa-sha256',
    'ecdsa-sha384',
    'ecdsa-sha512',
    'ed25519',
    'ml-dsa-44',
    'ml-dsa-65',
    'ml-dsa-87',
  ]),
};

/** Why the rules do not accept a key; undefined when they do. */
export function keyFault(key: KeyFacts, rules: KeyRules): string | undefined {
  if (key.kind === 'refused') return key.reason;
  if (!rules.keys.has(key.kind)) return `the profile does not accept ${key.kind} keys`;
  if (key.kind !== 'rsa') return undefined;
  const { bits } = key;
  if (bits < rules.rsaMin) return `the RSA key has ${bits} bits, fewer than ${rules.rsaMin}`;
  if (bits > rules.rsaMax) return `the RSA key has ${bits} bits, more than ${rules.rsaMax}`;
  // No known tool makes such a key of its own accord.
  return bits % 8 === 0 ? undefined : `the RSA key has ${bits} bits, which is no multiple of 8`;
}
