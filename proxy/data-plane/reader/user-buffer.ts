import type { TLSSocket } from 'node:tls';
import { type OnBytes, StreamReader } from './reader.ts';

/**
 * Reads into one buffer of the worker, shared by all connections: no allocation and no stream
 * event per TLS record. Node documents this (`onread`) for client sockets only; for server
 * sockets it is done through the same internal fields, found by their description, and only on
 * the Node majors listed in select.ts and after a self-test.
 */
const RECORD = 16 * 1024;
const shared = Buffer.allocUnsafeSlow(RECORD);

interface Internals {
  [key: symbol]: unknown;
  _handle: { useUserBuffer?(buffer: Uint8Array): void } | null;
}

function symbolOf(socket: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === description);
}

let kBuffer: symbol | undefined;
let kBufferCb: symbol | undefined;

/** True when this socket has the fields that the tier needs. */
export function supportsUserBuffer(socket: TLSSocket): boolean {
  kBuffer ??= symbolOf(socket, 'kBuffer');
  kBufferCb ??= symbolOf(socket, 'kBufferCb');
  const handle = (socket as unknown as Internals)._handle;
  return kBuffer !== undefined && kBufferCb !== undefined && typeof handle?.useUserBuffer === 'function';
}

export class UserBufferReader extends StreamReader {
  override start(onBytes: OnBytes): void {
    const socket = this.socket;
    const internals = socket as unknown as Internals;
    if (!supportsUserBuffer(socket)) throw new Error('this socket cannot be read into a user buffer');
    internals[kBuffer as symbol] = shared;
    internals[kBufferCb as symbol] = (n: number): boolean => {
      if (!this.discarding) onBytes(shared, n);
      return true;
    };
    internals._handle?.useUserBuffer?.(shared);
    // What was decrypted together with the end of the handshake went the ordinary way.
    for (let early = socket.read() as Buffer | null; early !== null; early = socket.read() as Buffer | null) {
      onBytes(early, early.length);
    }
    // Flowing, so that 'end' is emitted.
    socket.resume();
  }
}
