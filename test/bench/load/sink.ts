/**
 * The broker's place: answers CONNECT, then counts bytes without looking at them, or answers
 * packets one by one, or delivers. As cheap as can be, so that the proxy is what is measured.
 */
import net from 'node:net';
import { serve } from '../control.ts';
import { kafkaSink } from './kafka-sink.ts';
import { CONNACK, clientIdOf, PINGRESP, packetSize, publishPacket } from './packets.ts';
import { DELIVER, type SinkApi, SWALLOW } from './sink-api.ts';

const CHUNK_PACKETS = 64;

let swallowed = 0;
let target = Number.POSITIVE_INFINITY;
let reached: () => void = () => {};
const subscribers = new Set<net.Socket>();

function count(bytes: number): void {
  swallowed += bytes;
  if (swallowed >= target) reached();
}

/** The answer to one packet of a connection that wants answers; undefined: none is due. */
function answerTo(packet: Buffer): Buffer | undefined {
  const at = bodyOf(packet);
  switch ((packet[0] as number) >> 4) {
    case 3: {
      if (((packet[0] as number) & 0x06) === 0) return undefined; // QoS 0
      const id = at + 2 + packet.readUInt16BE(at); // behind the topic
      return Buffer.from([0x40, 2, packet[id] as number, packet[id + 1] as number]);
    }
    case 8:
      return Buffer.from([0x90, 3, packet[at] as number, packet[at + 1] as number, 0]);
    case 12:
      return PINGRESP;
    default:
      return undefined;
  }
}

/** Where the fixed header ends. */
function bodyOf(packet: Buffer): number {
  let at = 2;
  while (((packet[at - 1] as number) & 128) !== 0) at++;
  return at;
}

/** Splits into packets and answers them; returns the rest. */
function answerAll(socket: net.Socket, bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length) {
    const size = packetSize(bytes, at);
    if (size === 0 || at + size > bytes.length) break;
    const answer = answerTo(bytes.subarray(at, at + size));
    if (answer !== undefined) socket.write(answer);
    at += size;
  }
  return Buffer.from(bytes.subarray(at));
}

function accept(socket: net.Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => subscribers.delete(socket));
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', function first(chunk: Buffer): void {
    rest = Buffer.concat([rest, chunk]);
    const size = packetSize(rest, 0);
    if (size === 0 || size > rest.length) return;
    if ((rest[0] as number) >> 4 !== 1) {
      socket.destroy(); // not a CONNECT
      return;
    }
    const id = clientIdOf(rest.subarray(0, size));
    const behind = Buffer.from(rest.subarray(size));
    socket.off('data', first);
    socket.write(CONNACK);
    if (id.startsWith(SWALLOW)) {
      count(behind.length);
      socket.on('data', (bytes: Buffer) => count(bytes.length));
      return;
    }
    if (id.startsWith(DELIVER)) subscribers.add(socket);
    rest = answerAll(socket, behind);
    socket.on('data', (bytes: Buffer) => {
      rest = answerAll(socket, rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    });
  });
}

function deliverTo(socket: net.Socket, chunk: Buffer, chunks: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = chunks;
    const next = (error?: Error | null): void => {
      if (error) reject(error);
      else if (left-- === 0) resolve();
      else socket.write(chunk, next);
    };
    next();
  });
}

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
      resolve((server.address() as net.AddressInfo).port),
    );
  });
}

serve<SinkApi>({
  listen: async () => ({ mqtt: await listen(net.createServer(accept)), kafka: await listen(kafkaSink(count)) }),
  mark: () => {
    swallowed = 0;
    target = Number.POSITIVE_INFINITY;
  },
  swallowed: ({ bytes }) =>
    new Promise<void>((resolve) => {
      target = bytes;
      reached = resolve;
      count(0);
    }),
  deliver: async ({ bytesPerConnection, topic }) => {
    const chunk = Buffer.concat(Array.from({ length: CHUNK_PACKETS }, () => publishPacket(topic, 1024, 0)));
    const chunks = Math.round(bytesPerConnection / chunk.length);
    await Promise.all([...subscribers].map((socket) => deliverTo(socket, chunk, chunks)));
  },
});
