import { array, defineApi, int16, string } from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Chooses a SASL mechanism.
 *
 *     request   mechanism
 *     response  errorCode mechanisms[]
 *
 * (versions 0 to 1, none flexible; the notation is that of codec/schema.ts)
 */
export const saslHandshake = defineApi({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexible: Number.POSITIVE_INFINITY,
  request: [string('mechanism')],
  response: [int16('errorCode'), array('mechanisms', 'string')],
});

/** A request of SaslHandshake, as decoded in any version: fields that a version lacks are absent or have their default. */
export type SaslHandshakeRequest = RequestOf<typeof saslHandshake>;
/** A response of SaslHandshake; fields that a version lacks are left out when it is encoded. */
export type SaslHandshakeResponse = ResponseOf<typeof saslHandshake>;
