/** Consumers that keep requests in flight and throw the answers away. */
import type net from 'node:net';
import { inLanes, openSocket } from './client.ts';
import type { Endpoint } from './generator-api.ts';
import { apiVersionsFrame, fetchAnswer, fetchFrame } from './kafka-frames.ts';

/** Requests of one connection on their way: the next answer is there when one was read. */
const IN_FLIGHT = 4;

interface Fetcher {
  readonly socket: net.Socket;
  /** Bytes of the answer under way that have arrived. */
  arrived: number;
  toRequest: number;
  toReceive: number;
}

let fetchers: Fetcher[] = [];
let request: Buffer = Buffer.alloc(0);
let answerBytes = 0;
let unfinished = 0;
let finished: () => void = () => {};
let failed: (error: Error) => void = () => {};

async function openFetcher(endpoint: Endpoint): Promise<Fetcher> {
  const ready = Promise.withResolvers<void>();
  let fetcher: Fetcher | undefined;
  const onread = {
    buffer: Buffer.allocUnsafeSlow(65_536),
    callback: (bytes: number): boolean => {
      if (fetcher === undefined) ready.resolve();
      else take(fetcher, bytes);
      return true;
    },
  };
  const socket = await openSocket(endpoint, onread);
  socket.once('close', () => {
    const error = new Error('the proxy ended a connection');
    ready.reject(error);
    failed(error);
  });
  socket.write(apiVersionsFrame(0));
  await ready.promise;
  fetcher = { socket, arrived: 0, toRequest: 0, toReceive: 0 };
  return fetcher;
}

function take(fetcher: Fetcher, bytes: number): void {
  fetcher.arrived += bytes;
  const answers = Math.min(Math.floor(fetcher.arrived / answerBytes), fetcher.toReceive);
  if (answers === 0) return;
  fetcher.arrived -= answers * answerBytes;
  fetcher.toReceive -= answers;
  ask(fetcher, answers);
  if (fetcher.toReceive === 0 && --unfinished === 0) finished();
}

function ask(fetcher: Fetcher, wanted: number): void {
  const n = Math.min(wanted, fetcher.toRequest);
  fetcher.toRequest -= n;
  fetcher.socket.cork();
  for (let i = 0; i < n; i++) fetcher.socket.write(request);
  fetcher.socket.uncork();
}

/** Opens connections that will fetch batches of `batchBytes`; returns the bytes of one answer. */
export async function openFetchers(endpoint: Endpoint, connections: number, batchBytes: number): Promise<number> {
  request = fetchFrame(batchBytes);
  answerBytes = fetchAnswer(batchBytes).length;
  await inLanes(connections, 16, async () => {
    fetchers.push(await openFetcher(endpoint));
  });
  return answerBytes;
}

/** Fetches so many answers on each connection. */
export function fetchAnswers(perConnection: number): Promise<void> {
  return new Promise((resolve, reject) => {
    finished = resolve;
    failed = reject;
    unfinished = fetchers.length;
    for (const fetcher of fetchers) {
      fetcher.toRequest = perConnection;
      fetcher.toReceive = perConnection;
      ask(fetcher, IN_FLIGHT);
    }
  });
}

export function closeFetchers(): void {
  failed = () => {};
  for (const { socket } of fetchers) socket.destroy();
  fetchers = [];
}
