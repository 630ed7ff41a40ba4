/** SaslHandshake: clients are known by their certificates. The connection stays open, as with a broker's TLS listener. */
import {
  type SaslHandshakeRequest,
  type SaslHandshakeResponse,
  saslHandshake,
} from '../codec/schemas/sasl-handshake.ts';
import { ERROR } from '../error-codes.ts';
import type { Handler } from '../handler.ts';

export const saslHandshakeHandler: Handler<SaslHandshakeRequest, SaslHandshakeResponse> = {
  api: saslHandshake,
  reference: {
    rights: [],
    refusals: [[34, 'always: clients are identified by their certificates']],
    notes: 'The connection stays open.',
  },
  request: () => ({ kind: 'respond', body: { errorCode: ERROR.illegalSaslState, mechanisms: [] } }),
};
