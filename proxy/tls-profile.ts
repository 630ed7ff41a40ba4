import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { TlsProfileName } from './config/model.ts';

/**
 * Mozilla's server-side TLS guidelines 6.0 (2026-04-06), as exact OpenSSL parameters. Nothing is
 * appended from OpenSSL's defaults, and the client's order counts, as the guidelines say.
 */
const TLS13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';
const GROUPS = 'X25519MLKEM768:X25519:P-256:P-384';
const ECDSA = 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512';

const PROFILES: Readonly<Record<TlsProfileName, TlsOptions>> = {
  'mozilla-modern': {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: TLS13,
    ecdhCurve: GROUPS,
    sigalgs: ECDSA,
  },
  'mozilla-intermediate': {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: [
      TLS13,
      'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
      'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384',
      'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
    ].join(':'),
    ecdhCurve: GROUPS,
    sigalgs: `${ECDSA}:rsa_pss_rsae_sha256:rsa_pss_pss_sha256:rsa_pkcs1_sha256`,
  },
};

/** Parameters of a profile with what holds for all of ours: no tickets (RFC 5077 would skip the verdict), no renegotiation. */
export function profileOptions(profile: TlsProfileName): TlsOptions {
  return {
    ...PROFILES[profile],
    honorCipherOrder: false,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}
