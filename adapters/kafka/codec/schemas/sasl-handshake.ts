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

export type SaslHandshakeRequest = RequestOf<typeof saslHandshake>;
export type SaslHandshakeResponse = ResponseOf<typeof saslHandshake>;
