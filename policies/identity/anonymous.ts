import type { CertificateFacts } from '../types.ts';

/** In place of the name of a trust store: the client showed no certificate. No store is called so. */
export const ANONYMOUS = '';

/** What such a client shows. */
export const NO_CERTIFICATE: CertificateFacts = {
  serial: '',
  subject: [],
  issuer: [],
  san: { uri: [], dns: [], email: [], ip: [] },
  eku: [],
  notBefore: 0,
  notAfter: Number.POSITIVE_INFINITY,
};
