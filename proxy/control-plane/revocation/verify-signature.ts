import { createPublicKey, verify } from 'node:crypto';
import type { VerifySignature } from '../../../policies/revocation/signature.ts';
import { readSignatureAlgorithm } from '../../../policies/x509/chain/signature-algorithms.ts';

/** Signatures of revocation lists and OCSP answers, by the algorithms that certificates may have. */
export const verifySignature: VerifySignature = (signed, { der }, signature, issuerSpki) => {
  try {
    const algorithm = readSignatureAlgorithm(der, { start: 0, end: der.length });
    if (typeof algorithm === 'string') return false;
    const key = createPublicKey({ key: Buffer.from(issuerSpki), format: 'der', type: 'spki' });
    return verify(algorithm.digest, signed, { key, ...algorithm.padding }, signature);
  } catch {
    // An algorithm or key that cannot be read verifies nothing.
    return false;
  }
};
