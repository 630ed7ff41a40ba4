import { type PostQuantumMode, profileOptions } from '../../shared/tls/profile-options.ts';
import type { TlsProfileName } from '../../shared/tls/profiles.ts';
import type { ProfileEntry } from '../api/inventory.ts';

/** The parameters that servers with this profile are started with, as lists. */
export function profileEntry(name: TlsProfileName, pq: PostQuantumMode): ProfileEntry {
  const { minVersion = '', maxVersion = '', ciphers, ecdhCurve, sigalgs } = profileOptions(name, pq);
  return {
    name,
    pq,
    minVersion,
    maxVersion,
    ciphers: listOf(ciphers),
    groups: listOf(ecdhCurve),
    signatures: listOf(sigalgs),
  };
}

/** OpenSSL separates with ":", ranks of groups with "/". */
function listOf(text = ''): string[] {
  return text.split(/[:/]/).filter((item) => item !== '');
}
