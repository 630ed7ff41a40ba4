import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { HostPort } from '../../shared/listener-plan.ts';
import type { AdminConfig } from '../config/model.ts';
import type { AdminDeps } from './deps.ts';
import { dispatch } from './dispatch.ts';
import { checkRequest, makeGuard } from './guard.ts';
import { addressText, bound, closeServer, listenOnTcp, SERVER_OPTIONS, sendError } from './http.ts';
import { RejectionStreams } from './stream.ts';
import { listenOnSocket } from './unix-socket.ts';

/** Characters; a shorter token could be guessed. */
const MIN_TOKEN = 16;
const TLS_HANDSHAKE_MS = 5000;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export interface AdminOptions {
  /** Event streams open at once. Default 16. */
  readonly maxStreams?: number;
  /** Gets errors of a handler that are not HttpErrors. */
  readonly onFault?: (error: unknown) => void;
}

export interface AdminServer {
  /** Path of the Unix socket, or `address:port` over TCP. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Starts the admin server on its Unix socket or over TCP. Throws when the configuration would
 * leave it open: TCP without a token, an address beyond loopback without mutual TLS.
 */
export async function startAdmin(
  config: AdminConfig,
  deps: AdminDeps,
  options: AdminOptions = {},
): Promise<AdminServer> {
  const { socket, listen, token, hosts } = config;
  if ((socket === undefined) === (listen === undefined)) throw new Error('admin: give either socket or listen');
  const streams = new RejectionStreams(deps.hub, options.maxStreams);
  const guard = makeGuard(hosts, listen === undefined ? undefined : token);
  const handler: Handler = (request, response) => {
    const answer = async (): Promise<void> => {
      checkRequest(guard, request.headers);
      await dispatch({ deps, streams, request, response });
    };
    answer().catch((error: unknown) => sendError(response, error, options.onFault ?? (() => {})));
  };
  const server =
    listen === undefined ? createServer(SERVER_OPTIONS, handler) : createTcpServer(config, listen, handler);
  bound(server);
  const close = () => closeServer(server);
  if (listen === undefined) {
    await listenOnSocket(server, socket as string);
    return { address: socket as string, close };
  }
  const address = await listenOnTcp(server, listen.host, listen.port);
  // Once more for what was bound: a name in the configuration may mean any address.
  if (config.tls === undefined && !isLoopback(address.address)) {
    await close();
    throw beyondLoopback(listen);
  }
  return { address: addressText(address), close };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function createTcpServer({ token, tls }: AdminConfig, listen: HostPort, handler: Handler): Server {
  if (token === undefined || token.length < MIN_TOKEN) {
    throw new Error(`admin.listen: over TCP a token of at least ${MIN_TOKEN} characters is required (admin.token)`);
  }
  if (tls === undefined) {
    if (isIP(listen.host) !== 0 && !isLoopback(listen.host)) throw beyondLoopback(listen);
    return createServer(SERVER_OPTIONS, handler);
  }
  const material = {
    cert: readFileSync(tls.certificate),
    key: readFileSync(tls.key),
    ca: readFileSync(tls.clientCa),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: TLS_HANDSHAKE_MS,
  } as const;
  return createTlsServer({ ...SERVER_OPTIONS, ...material }, handler) as unknown as Server;
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function beyondLoopback({ host, port }: HostPort): Error {
  return new Error(`admin.listen: ${host}:${port} is beyond loopback: mutual TLS is required (admin.tls)`);
}
