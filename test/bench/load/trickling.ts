/** Clients that begin a large request and then send one byte per second. */
import { once } from 'node:events';
import type net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { inLanes, openSocket } from './client.ts';
import type { Endpoint } from './generator-api.ts';
import { apiVersionsFrame, produceFrame, TOPICS } from './kafka-frames.ts';

/** Enough to know size, topic and the head of the first batch. */
const BEGINNING = 160;

let sockets: net.Socket[] = [];

export async function openTricklers(endpoint: Endpoint, connections: number): Promise<void> {
  await inLanes(connections, 16, async () => {
    const socket = await openSocket(endpoint);
    sockets.push(socket);
    socket.write(apiVersionsFrame(0));
    await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
    socket.resume();
  });
}

/** The request writes to two partitions, so that no proxy that decides it can pass on its beginning. */
export async function trickle(frameBytes: number, seconds: number): Promise<void> {
  const frame = produceFrame(TOPICS[0] as string, frameBytes / 2, 1, 2);
  for (const socket of sockets) socket.write(frame.subarray(0, BEGINNING));
  for (let second = 0; second < seconds; second++) {
    await delay(1000);
    for (const socket of sockets) socket.write(frame.subarray(BEGINNING + second, BEGINNING + second + 1));
  }
  const ended = sockets.filter((socket) => socket.destroyed).length;
  if (ended > 0) throw new Error(`the proxy ended ${ended} connections`);
}

export function closeTricklers(): void {
  for (const socket of sockets) socket.destroy();
  sockets = [];
}
