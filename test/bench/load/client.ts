/** Client connections of the load generator. */
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';
import type { Endpoint } from './generator-api.ts';
import { connectPacket } from './packets.ts';
import { clientSecret, RecordSealer } from './tls-records.ts';

const HOST = '127.0.0.1';

/** One parameter set for all systems, so that only the proxies differ. */
const TLS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  ecdhCurve: 'X25519',
  servername: 'localhost',
} as const;

const contexts = new Map<string, tls.SecureContext>();

function contextOf(material: NonNullable<Endpoint['tls']>): tls.SecureContext {
  let context = contexts.get(material.cert);
  if (context === undefined) {
    context = tls.createSecureContext({ ...material, ...TLS });
    contexts.set(material.cert, context);
  }
  return context;
}

/** Opens a connection. `onread`: where its bytes go. */
export async function openSocket(endpoint: Endpoint, onread?: net.OnReadOpts): Promise<net.Socket | tls.TLSSocket> {
  const common = { port: endpoint.port, host: HOST, ...(onread === undefined ? {} : { onread }) };
  const socket =
    endpoint.tls === undefined
      ? net.connect(common)
      : tls.connect({ ...common, ...TLS, secureContext: contextOf(endpoint.tls) });
  await once(socket, endpoint.tls === undefined ? 'connect' : 'secureConnect');
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Opens a connection and sends CONNECT; answers when CONNACK is there. `onread`: where later bytes go. */
export async function openClient(
  endpoint: Endpoint,
  clientId: string,
  onread?: net.OnReadOpts,
): Promise<net.Socket | tls.TLSSocket> {
  const socket = await openSocket(endpoint, onread);
  socket.write(connectPacket(clientId));
  if (onread === undefined) await connack(socket);
  return socket;
}

/** Waits for an accepting CONNACK. Listeners that come later get the bytes behind it. */
async function connack(socket: net.Socket): Promise<void> {
  const closed = once(socket, 'close').then(() => {
    throw new Error('closed before CONNACK');
  });
  closed.catch(() => {});
  const [bytes] = (await Promise.race([once(socket, 'data'), closed])) as [Buffer];
  if (bytes[0] !== 0x20 || bytes[3] !== 0) throw new Error(`refused: ${bytes.toString('hex')}`);
}

/** A connection whose records this process makes itself: see tls-records.ts. */
export interface SealedClient {
  readonly socket: net.Socket;
  /** For reading only: every byte that it sent would use up a sequence number. */
  readonly secured: tls.TLSSocket;
  readonly sealer: RecordSealer;
}

/** A connection past its handshake. */
export async function openSealed(endpoint: Endpoint): Promise<SealedClient> {
  if (endpoint.tls === undefined) throw new Error('sealed connections need TLS');
  const socket = net.connect({ port: endpoint.port, host: HOST, noDelay: true });
  await once(socket, 'connect');
  const secured = tls.connect({ ...TLS, socket, secureContext: contextOf(endpoint.tls) });
  let secret: Buffer | undefined;
  secured.on('keylog', (line) => {
    secret ??= clientSecret(line);
  });
  await once(secured, 'secureConnect');
  // The event comes while the client's Finished still waits to be written; our record must follow it.
  await nextTurn();
  for (const end of [socket, secured]) end.on('error', () => socket.destroy());
  if (secret === undefined) throw new Error('no traffic secret');
  return { socket, secured, sealer: new RecordSealer(secret) };
}

export async function openPublisher(endpoint: Endpoint, clientId: string): Promise<SealedClient> {
  const client = await openSealed(endpoint);
  client.socket.write(client.sealer.seal(connectPacket(clientId)));
  await connack(client.secured);
  client.secured.resume();
  return client;
}

/** Runs `task` for 0 to count - 1, at most `lanes` at a time. */
export async function inLanes(count: number, lanes: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}
