import type { CrlQuery } from './crl-messages.ts';
import type { OcspQuery, OcspResult } from './ocsp-messages.ts';

/** What a worker asks the control plane about the chain of a client, by the source that is asked. */
export type RevocationQuery = ({ readonly kind: 'ocsp' } & OcspQuery) | ({ readonly kind: 'crl' } & CrlQuery);

/**
 * What the source found. `ocsp`: null where no responder gave a valid response. `crl`: always null, once what could be
 * fetched is in force.
 */
export type RevocationResponse = OcspResult | null;
