import type { Socket } from 'node:net';
import type { SinkConnection } from './mqtt-sink.ts';
import type { RawClient } from './raw-client.ts';

/** Which way bytes go through the gate, and who stands at its ends. */
export const DIRECTIONS = [
  { from: 'client', to: 'broker' },
  { from: 'broker', to: 'client' },
] as const;

/** One direction of a connection through the gate. */
export interface Ends {
  /** Resolves when the bytes have left the sender. */
  write(bytes: Buffer): Promise<unknown>;
  /** Of the receiver, to be paused and resumed. */
  readonly reader: Socket;
  /** Takes what arrives from now on; it is not kept. */
  onBytes(take: (bytes: Buffer) => void): void;
}

export function endsOf({ from }: (typeof DIRECTIONS)[number], client: RawClient, broker: SinkConnection): Ends {
  if (from === 'client') {
    return {
      write: (bytes) => client.write(bytes),
      reader: broker.socket,
      onBytes: (take) => {
        broker.onBytes = take;
      },
    };
  }
  return {
    write: (bytes) => new Promise((resolve) => broker.socket.write(bytes, resolve)),
    reader: client.socket,
    onBytes: (take) => {
      client.socket.removeAllListeners('data');
      client.socket.on('data', take);
    },
  };
}
