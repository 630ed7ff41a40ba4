import type { KeyObject } from 'node:crypto';
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
