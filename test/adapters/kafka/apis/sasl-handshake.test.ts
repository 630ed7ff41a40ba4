import { saslHandshakeHandler } from '../../../../adapters/kafka/apis/sasl-handshake.ts';
import { runCases } from '../support/cases.ts';

runCases(saslHandshakeHandler, [
  {
    what: 'there is no SASL behind TLS with client certificates',
    versions: [0, 1],
    client: {},
    asks: { mechanism: 'PLAIN' },
    gets: { errorCode: 34, mechanisms: [] },
  },
]);
