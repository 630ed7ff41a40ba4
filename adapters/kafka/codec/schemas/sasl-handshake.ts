import { array, int16, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Chooses a SASL mechanism. */
export const saslHandshake: Api = {
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexible: Number.POSITIVE_INFINITY,
  request: [string('mechanism')],
  response: [int16('errorCode'), array('mechanisms', 'string')],
};

export interface SaslHandshakeRequest {
  mechanism: string;
}

export interface SaslHandshakeResponse {
  errorCode: number;
  mechanisms: readonly string[];
}
