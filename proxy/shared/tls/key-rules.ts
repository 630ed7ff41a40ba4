import type { KeyObject } from 'node:crypto';
import { DEFAULT_KEY_RULES, type KeyRules } from '../../../policies/x509/chain/key-rules.ts';
import { TLS_PROFILES, type TlsProfileName } from './profiles.ts';

/** Why a profile does not allow a certificate with this public key, in words; undefined when it does. */
export function keyProblem(name: TlsProfileName, key: KeyObject): string | undefined {
  const { rsaMin, curves, types } = TLS_PROFILES[name].keys;
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
  if (types.includes(type)) return undefined;
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'an unnamed curve';
    if (curves.includes(curve)) return undefined;
    return `an EC key on ${curve}; ${name} allows ${allowedKeys(name).join(', ')}`;
  }
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0;
    if (rsaMin !== undefined && bits >= rsaMin) return undefined;
    return `an RSA key of ${bits} bits; ${name} allows ${allowedKeys(name).join(', ')}`;
  }
  return `a key of type ${type}; ${name} allows ${allowedKeys(name).join(', ')}`;
}

/** In words: `RSA from 2048 bits`, `EC on prime256v1`, `ml-dsa-87`. */
export function allowedKeys(name: TlsProfileName): readonly string[] {
  const { rsaMin, curves, types } = TLS_PROFILES[name].keys;
  return [
    ...(rsaMin === undefined ? [] : [`RSA from ${rsaMin} bits`]),
    ...curves.map((curve) => `EC on ${curve}`),
    ...types,
  ];
}

/**
 * Keys and signatures that a profile accepts in chains of clients. The handshake already holds the client's own key to
 * the profile; of its authorities only what is weaker than the profile is refused, so that a root on P-521 serves
 * clients on P-256. A profile that is about one algorithm alone (cnsa2) means it for the whole chain.
 */
export function chainKeyRules(name: TlsProfileName): KeyRules {
  return RULES[name];
}

const ML_DSA_87: KeyRules = { ...DEFAULT_KEY_RULES, keys: new Set(['ml-dsa-87']), signatures: new Set(['ml-dsa-87']) };
const atLeast = (name: TlsProfileName): KeyRules => ({
  ...DEFAULT_KEY_RULES,
  rsaMin: TLS_PROFILES[name].keys.rsaMin ?? DEFAULT_KEY_RULES.rsaMin,
});

const RULES: Readonly<Record<TlsProfileName, KeyRules>> = {
  'mozilla-modern': atLeast('mozilla-modern'),
  'mozilla-intermediate': atLeast('mozilla-intermediate'),
  'nist-800-52r2': atLeast('nist-800-52r2'),
  'bsi-tr-02102-2': atLeast('bsi-tr-02102-2'),
  cnsa2: ML_DSA_87,
};
