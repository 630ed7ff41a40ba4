/** What probe and admin server share: limits of a server, errors of one shape, responses. */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an error response may carry besides status, code and message. */
interface HttpErrorExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, beside `error`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error response; `code` is part of the API, `message` is for people. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, { headers = {}, details = {} }: HttpErrorExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.details = details;
  }
}

/** Deadlines and sizes of one request, in milliseconds and bytes. */
export const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  // Without it the two timeouts above are only looked at every 30 s.
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
};

const MAX_CONNECTIONS = 64;
/** A connection on which nothing moves for so long is closed. */
const IDLE_MS = 15_000;

export function bound(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_MS);
}

export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendText(response, status, 'application/json', `${JSON.stringify(value)}\n`, headers);
}

/** Sends `{"error":{"code","message"}}`. What is no `HttpError` is reported to `onFault`, not to the client. */
export function sendError(response: ServerResponse, error: unknown, onFault: (error: unknown) => void): void {
  // The client left in the middle of its body: nobody to answer, and no fault.
  if ((error as { code?: string } | null)?.code === 'ECONNRESET') return;
  const known = error instanceof HttpError ? error : new HttpError(500, 'internal', 'an internal error of headgate');
  if (known !== error) onFault(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // The rest of a body that was not read must not be taken for the next request.
  const unread = response.req.complete ? {} : { connection: 'close' };
  const body = { error: { code: known.code, message: known.message }, ...known.details };
  sendJson(response, known.status, body, { ...known.headers, ...unread });
}

/** The path and query of an origin-form target (RFC 9112 section 3.2.1); other forms are refused. */
export function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? '';
  const url = target.startsWith('/') && !target.startsWith('//') ? URL.parse(`http://localhost${target}`) : null;
  if (url === null) throw new HttpError(400, 'bad-target', 'the request target is not a path');
  return url;
}

/** @throws HttpError (400) when the request has a body */
export function refuseBody(request: IncomingMessage): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || (length !== undefined && length !== '0')) {
    throw new HttpError(400, 'unexpected-body', `a ${request.method} request has no body here`);
  }
}

/** Listens on a TCP address; resolves to what was bound, port 0 resolved. */
export async function listenOnTcp(server: Server, host: string, port: number): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  server.off('error', reject);
  return server.address() as AddressInfo;
}

/** `address:port`, IPv6 in brackets: fit for a URL. */
export function addressText({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Stops listening and ends every connection. */
export function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
