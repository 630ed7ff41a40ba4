/** What a TLS client does wrong, and what becomes of it. */
import type { ConnectionOptions } from 'node:tls';
import type { Cause } from '../../../policies/causes.ts';
import { testPki } from '../../support/pki.ts';
import type { RawTls, Tamper } from '../../support/raw-tls.ts';

export interface Misbehaviour {
  readonly what: string;
  readonly options: ConnectionOptions;
  readonly tamper?: Tamper;
  /** Done once the session is there. */
  readonly afterwards?: (client: RawTls) => void;
  /**
   * A cause with words: refused. `let in`: nothing is wrong with it after all. `counted`: the handshake was done, and
   * the client left without a word of MQTT.
   */
  readonly outcome: readonly [cause: Cause, reason: RegExp] | 'let in' | 'counted';
}

const pki = await testPki();
const good = await pki.device('pump-raw');

export const TLS12 = { ...good, maxVersion: 'TLSv1.2' } as const;
export const TLS13 = { ...good, minVersion: 'TLSv1.3' } as const;

/** Numbers of the client's records in a full handshake. */
export const SENT = {
  tls12: { hello: 0, certificate: 1, keyExchange: 2, verify: 3, changeCipherSpec: 4, finished: 5 },
  tls13: { hello: 0, changeCipherSpec: 1, certificate: 2, verify: 3, finished: 4 },
} as const;
