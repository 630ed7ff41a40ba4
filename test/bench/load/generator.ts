/** The load generator process: plays all clients. */
import { once } from 'node:events';
import type net from 'node:net';
import { serve } from '../control.ts';
import { closeBurst, sendBurst } from './bursts.ts';
import { inLanes, openClient, openSocket } from './client.ts';
import { closeFetchers, fetchAnswers, openFetchers } from './fetching.ts';
import { closeFleet, fleetAnswers, fleetCut, openFleet, startPinging, stopPinging } from './fleet.ts';
import type { Endpoint, GeneratorApi } from './generator-api.ts';
import { DISCONNECT, publishPacket, subscribePacket } from './packets.ts';
import { openProducers, prepareProduce } from './producing.ts';
import { openPublishers, prepare } from './publishing.ts';
import { ANSWER, DELIVER } from './sink-api.ts';
import { closeTricklers, openTricklers, trickle } from './trickling.ts';

let open: net.Socket[] = [];

let received = 0;
let target = Number.POSITIVE_INFINITY;
let reached: () => void = () => {};

async function openSubscriber(endpoint: Endpoint, index: number, topic: string): Promise<void> {
  let answers = 0;
  let subscribed: () => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    subscribed = resolve;
    setTimeout(reject, 10_000, new Error('no SUBACK')).unref();
  });
  const ANSWER_BYTES = 4 + 5; // CONNACK, SUBACK
  const onread = {
    buffer: Buffer.allocUnsafeSlow(65_536),
    callback: (bytes: number): boolean => {
      if (answers < ANSWER_BYTES) {
        answers += bytes;
        if (answers >= ANSWER_BYTES) subscribed();
        return true;
      }
      received += bytes;
      if (received >= target) reached();
      return true;
    },
  };
  const socket = await openClient(endpoint, `${DELIVER}${index}`, onread);
  open.push(socket);
  socket.write(subscribePacket(1, topic));
  await ready;
}

async function handshake(endpoint: Endpoint, index: number): Promise<void> {
  const socket = await openClient(endpoint, `${ANSWER}${index}`);
  socket.resume();
  const closed = once(socket, 'close');
  socket.end(DISCONNECT);
  // Not every proxy ends its side at once.
  const timer = setTimeout(() => socket.destroy(), 1000);
  await closed;
  clearTimeout(timer);
}

async function bareHandshake(endpoint: Endpoint): Promise<void> {
  const socket = await openSocket(endpoint);
  const closed = once(socket, 'close');
  await once(socket, 'data');
  socket.destroy();
  await closed;
}

async function pingPong(endpoint: Endpoint, trips: number, warmUp: number): Promise<{ p50: number; p99: number }> {
  const socket = await openClient(endpoint, `${ANSWER}0`);
  const packet = publishPacket('plant/press-42/temperature', 256, 1);
  const times = new Float64Array(trips);
  try {
    await new Promise<void>((resolve, reject) => {
      let trip = -warmUp;
      let sent = 0n;
      let got = 0;
      const send = (): void => {
        got = 0;
        sent = process.hrtime.bigint();
        socket.write(packet);
      };
      socket.on('data', (bytes: Buffer) => {
        got += bytes.length;
        if (got < 4) return;
        if (trip >= 0) times[trip] = Number(process.hrtime.bigint() - sent) / 1000;
        if (++trip === trips) resolve();
        else send();
      });
      socket.once('close', () => reject(new Error('closed')));
      send();
    });
  } finally {
    socket.destroy();
  }
  times.sort();
  return { p50: times[Math.floor(trips * 0.5)] as number, p99: times[Math.floor(trips * 0.99)] as number };
}

serve<GeneratorApi>({
  openPublishers: ({ endpoint, connections }) => openPublishers(endpoint, connections),
  prepare: ({ layout, bytes }) => prepare(layout, bytes),
  send: () => sendBurst(),
  openSubscribers: ({ endpoint, connections, topic }) => {
    received = 0;
    return inLanes(connections, 16, (index) => openSubscriber(endpoint, index, topic));
  },
  received: ({ bytes }) =>
    new Promise<void>((resolve) => {
      target = bytes;
      reached = () => {
        target = Number.POSITIVE_INFINITY;
        received = 0;
        resolve();
      };
      if (received >= target) reached();
    }),
  openProducers: ({ endpoint, connections }) => openProducers(endpoint, connections),
  prepareProduce: ({ batchBytes, bytes }) => prepareProduce(batchBytes, bytes),
  openFetchers: ({ endpoint, connections, batchBytes }) => openFetchers(endpoint, connections, batchBytes),
  fetch: ({ perConnection }) => fetchAnswers(perConnection),
  openTricklers: ({ endpoint, connections }) => openTricklers(endpoint, connections),
  trickle: ({ frameBytes, seconds }) => trickle(frameBytes, seconds),
  openIdle: ({ endpoint, connections }) =>
    inLanes(connections, 32, async (index) => {
      const socket = await openClient(endpoint, `${ANSWER}${index}`);
      socket.resume();
      open.push(socket);
    }),
  handshakes: ({ endpoint, count, lanes }) => inLanes(count, lanes, (index) => handshake(endpoint, index)),
  bareHandshakes: ({ endpoint, count, lanes }) => inLanes(count, lanes, () => bareHandshake(endpoint)),
  pingPong: ({ endpoint, trips, warmUp }) => pingPong(endpoint, trips, warmUp),
  openFleet: (request) => openFleet(request),
  fleetCut: ({ client }) => fleetCut(client),
  fleetAnswers: () => fleetAnswers(),
  startPinging: ({ sessions, every }) => startPinging(sessions, every),
  stopPinging: () => stopPinging(),
  close: () => {
    closeFleet();
    closeBurst();
    closeFetchers();
    closeTricklers();
    for (const socket of open) socket.destroy();
    open = [];
  },
});
