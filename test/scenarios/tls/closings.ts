import type { ConnectionOptions } from 'node:tls';
import type { Tamper } from '../../support/raw-tls.ts';
import { type Misbehaviour, SENT, TLS12, TLS13 } from './misbehaviour.ts';

/** Clients that leave at every step of the handshake, by FIN and by RST. */
function closings(
  version: string,
  options: ConnectionOptions,
  sent: { readonly hello: number; readonly certificate: number; readonly finished: number },
): Misbehaviour[] {
  return (['end', 'reset'] as const).flatMap((kind) => {
    const after =
      (number: number): Tamper =>
      (whole, at) =>
        at === number ? [whole, kind] : [whole];
    const last =
      (number: number): Tamper =>
      (whole, at) =>
        at === number ? [kind] : [whole];
    const words = `leaves with ${kind === 'end' ? 'FIN' : 'RST'}`;
    const outcome = ['aborted-by-client', /^the client (left|ended the connection) during the/] as const;
    return [
      { what: `who ${words} after the ClientHello (${version})`, options, tamper: after(sent.hello), outcome },
      { what: `who ${words} after the answer to it (${version})`, options, tamper: last(sent.hello + 1), outcome },
      { what: `who ${words} after the certificate (${version})`, options, tamper: after(sent.certificate), outcome },
      { what: `who ${words} before Finished (${version})`, options, tamper: last(sent.finished), outcome },
      {
        what: `who ${words} right after Finished (${version})`,
        options,
        tamper: after(sent.finished),
        outcome: 'counted',
      },
    ];
  });
}

export const CLOSINGS: readonly Misbehaviour[] = [
  ...closings('TLS 1.2', TLS12, SENT.tls12),
  ...closings('TLS 1.3', TLS13, SENT.tls13),
];
