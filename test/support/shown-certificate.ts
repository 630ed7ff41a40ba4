import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { TestGate } from './gate.ts';
import type { Credentials } from './pki.ts';
import { nextEvent } from './wait.ts';

/** Serial number of the certificate that the gate shows to a client who asks for `servername`. */
export async function shownSerial(gate: TestGate, client: Credentials, servername = 'localhost'): Promise<string> {
  const socket = connect({
    port: gate.port(),
    host: '127.0.0.1',
    servername,
    ca: client.ca,
    cert: client.cert,
    key: client.key,
    checkServerIdentity: () => undefined,
  });
  try {
    await nextEvent(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.serialNumber ?? '';
  } finally {
    socket.destroy();
  }
}

export const serialOf = ({ cert }: Pick<Credentials, 'cert'>): string => new X509Certificate(cert).serialNumber;
