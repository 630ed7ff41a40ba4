import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnswererOptions, OcspAnswerer } from './answer.ts';

/** A request for 32 certificates with SHA-512 has about 6 KiB. */
const MAX_BODY_BYTES = 16 * 1024;

export interface ResponderOptions extends AnswererOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface OcspResponder {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** An OCSP responder over HTTP (RFC 6960 appendix A) for tests and labs; listening when it resolves. */
export async function startOcspResponder(options: ResponderOptions): Promise<OcspResponder> {
  const answerer = await OcspAnswerer.open(options);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void respond(answerer, request, response).catch(() => response.destroy());
  });
  await listening(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: () => closed(server) };
}

async function respond(answerer: OcspAnswerer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request;
  if (method !== 'POST' && method !== 'GET') return refuse(response, 405);
  const der = method === 'GET' ? fromPath(url) : await body(request);
  if (der === undefined) return refuse(response, method === 'GET' ? 400 : 413);
  const answer = await answerer.answer(der);
  response.writeHead(200, {
    'content-type': 'application/ocsp-response',
    'content-length': answer.length,
    'cache-control': 'no-store',
  });
  response.end(answer);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, {
    'content-length': 0,
    connection: 'close',
    ...(status === 405 && { allow: 'GET, POST' }),
  });
  response.end();
}

/** `GET /{url-encoding of base-64 encoding of the DER}` (A.1); clients differ in what they encode of "/" and "+". */
function fromPath(url: string): Buffer | undefined {
  try {
    const text = decodeURIComponent(url.replace(/^\/+/, ''));
    return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  } catch {
    return undefined;
  }
}

async function body(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must outlive a body that is too long: there is an answer to it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
