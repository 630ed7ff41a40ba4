import { connect } from 'node:net';
import { waitFor } from './wait.ts';

/** Resolves when something accepts connections on the loopback port. `alive` false ends the wait with an error. */
export async function portOpen(port: number, alive: () => boolean = () => true, deadline?: number): Promise<void> {
  await waitFor(
    `port ${port} to accept connections`,
    () => {
      if (!alive()) throw new Error(`the process that should listen on port ${port} has ended`);
      return accepts(port);
    },
    deadline,
  );
}

/** True when something accepts connections on the loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
