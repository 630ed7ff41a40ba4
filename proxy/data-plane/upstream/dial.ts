import net, { type Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import type { Cause } from '../../../policies/causes.ts';
import type { HostPort, UpstreamTarget } from '../../shared/listener-plan.ts';
import { brokerFault } from './broker-verdict.ts';

/** Milliseconds; both sides of a connection. */
export const KEEP_ALIVE_DELAY = 30_000;

/** Why no broker was reached; `message` is for the operator and names the address. */
export interface DialFailure {
  readonly cause: Cause;
  readonly message: string;
}

/** A connection to a broker that is ready for its bytes. */
export interface Dialled {
  readonly socket: Socket;
  readonly tls: boolean;
}

/** Where the bytes of a broker are read into; the callback's answer false stops reading. */
export interface OnRead {
  readonly buffer: Buffer;
  callback(n: number): boolean;
}

/**
 * Connects to the first address that answers. Resolves with the connection, or with the failure
 * of the last address. `signal` gives up.
 */
export async function dial(
  target: UpstreamTarget,
  onread: OnRead,
  signal: AbortSignal,
): Promise<Dialled | DialFailure> {
  let failure: DialFailure = { cause: 'upstream-down', message: 'no broker address is configured' };
  for (const address of target.addresses) {
    if (signal.aborted) break;
    const result = await connect(target, address, onread, signal);
    if ('socket' in result) return result;
    failure = result;
  }
  return failure;
}

function connect(
  target: UpstreamTarget,
  address: HostPort,
  onread: OnRead,
  signal: AbortSignal,
): Promise<Dialled | DialFailure> {
  const { promise, resolve } = Promise.withResolvers<Dialled | DialFailure>();
  const socket = openSocket(target, address, onread);
  const done = (result: Dialled | DialFailure): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.off('error', onError);
    socket.off('close', onClose);
    // From here on errors only precede 'close'.
    socket.on('error', () => {});
    if (!('socket' in result)) socket.destroy();
    resolve(result);
  };
  // Once TCP stands, whatever goes wrong is a fault of the TLS connection.
  let reached = false;
  const fail = (message: string): void =>
    done({ cause: reached ? 'upstream-tls' : 'upstream-down', message: `${address.host}:${address.port}: ${message}` });
  const onError = (error: NodeJS.ErrnoException): void => fail(error.code ?? error.message);
  const onClose = (): void => fail('closed before the connection was ready');
  const onAbort = (): void => done({ cause: 'upstream-down', message: 'the client left while the broker was dialled' });
  const timer = setTimeout(() => fail(`no answer within ${target.connectTimeout} ms`), target.connectTimeout);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', onError);
  socket.on('close', onClose);
  const { tls: secure } = target;
  socket.once('connect', () => {
    reached = true;
    if (secure === undefined) done({ socket, tls: false });
  });
  if (secure === undefined) return promise;
  socket.once('secureConnect', () => {
    const fault = brokerFault(socket as TLSSocket, secure.serverName ?? address.host, secure, Date.now());
    if (fault === undefined) done({ socket, tls: true });
    else fail(fault);
  });
  return promise;
}

function openSocket({ localAddress, tls: secure }: UpstreamTarget, { host, port }: HostPort, onread: OnRead): Socket {
  const options = {
    ...{ host, port, onread },
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY,
    allowHalfOpen: true,
    ...(localAddress !== undefined && { localAddress }),
  };
  if (secure === undefined) return net.connect(options);
  const { certificate, key, passphrase } = secure;
  return tls.connect({
    ...options,
    ...(certificate !== undefined && { cert: certificate, key }),
    ...(passphrase !== undefined && { passphrase }),
    ...serverName(secure.serverName ?? host),
    minVersion: 'TLSv1.2',
    // Verified afterwards, by the same rules as clients.
    rejectUnauthorized: false,
  });
}

/** SNI must be a name (RFC 6066). */
function serverName(name: string): tls.ConnectionOptions {
  return net.isIP(name) === 0 ? { servername: name } : {};
}

/**
 * True for what the TLS layer itself found wrong. A broker that does not accept our certificate
 * says so in an alert after the handshake is done here (RFC 8446, 4.4.2.4).
 */
export function isTlsFault(error: NodeJS.ErrnoException): boolean {
  return /^ERR_(SSL|TLS)_/.test(error.code ?? '');
}
