/** Bursts of TLS records that are encrypted before they are sent, on all connections alike. */
import type { SealedClient } from './client.ts';
import { RECORD_OVERHEAD } from './tls-records.ts';

let clients: SealedClient[] = [];
let prepared: Buffer[] = [];
/** One per connection, kept for the next run: fresh pages would cost more than the encryption. */
const buffers: Buffer[] = [];

/** The connections of the bursts to come. */
export function useClients(opened: SealedClient[]): void {
  clients = opened;
}

export function clientCount(): number {
  return clients.length;
}

/**
 * Encrypts `records` records for each connection, `plaintext` bytes in all on each; `inner` is the
 * content of the n-th with its type behind it, and is not looked at after the next call.
 */
export function sealBurst(records: number, plaintext: number, inner: (n: number) => Buffer): void {
  prepared = clients.map(({ sealer }, index) => {
    let out = buffers[index];
    const size = plaintext + records * RECORD_OVERHEAD;
    if (out === undefined || out.length < size) out = buffers[index] = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (let n = 0; n < records; n++) at = sealer.sealInto(inner(n), out, at);
    return out.subarray(0, at);
  });
}

let closing: () => void = () => {};

/**
 * One write per connection: the kernel takes it as fast as the proxy reads. The socket cannot say
 * when it has (completions go to the TLS layer on top), so this settles when the connections are
 * closed, or fails when one ends before. The sink knows when everything has arrived.
 */
export function sendBurst(): Promise<void> {
  return new Promise((resolve, reject) => {
    closing = resolve;
    clients.forEach(({ socket }, index) => {
      socket.once('close', () => reject(new Error('the proxy ended a connection')));
      socket.write(prepared[index] as Buffer);
    });
  });
}

export function closeBurst(): void {
  closing();
  for (const { socket } of clients) socket.destroy();
  clients = [];
  prepared = [];
}
