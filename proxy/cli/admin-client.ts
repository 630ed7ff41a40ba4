/** How commands speak to a running headgate: over its Unix socket, or a URL. */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

const ANSWER_MS = 10_000;
/** More than the largest answer: 1,000 rejections. */
const MAX_ANSWER = 32 * 1024 * 1024;

export interface AdminTarget {
  /** Path of a Unix socket, or an http(s) URL. */
  readonly at: string;
  readonly token?: string;
  /** PEM files for mutual TLS. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The admin server could not be asked; the message is for the operator. */
export class AdminUnreachable extends Error {}

/** The admin server answered with an error of its own. */
export class AdminRefused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks and returns the response once its status is known to be 200; with a body it is a write. Aborting the signal ends it. */
export async function openAdmin(
  target: AdminTarget,
  path: string,
  signal?: AbortSignal,
  body?: string,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let request: ReturnType<typeof httpRequest>;
  try {
    const options = { ...requestOptions(target, path, signal), ...(body !== undefined && { method: 'POST' }) };
    request = options.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
  } catch (error) {
    throw new AdminUnreachable(unreachable(target, error as NodeJS.ErrnoException));
  }
  const timer = setTimeout(() => request.destroy(new Error('no answer in time')), ANSWER_MS);
  request.once('response', resolve);
  request.once('error', (error) => reject(new AdminUnreachable(unreachable(target, error))));
  if (body !== undefined) request.setHeader('content-type', 'application/json');
  request.end(body);
  const response = await promise.finally(() => clearTimeout(timer));
  if (response.statusCode === 200) return response;
  throw new AdminRefused(response.statusCode ?? 0, errorMessage(await readText(response), response.statusCode));
}

/** Asks for a JSON answer. */
export async function askAdmin(target: AdminTarget, path: string): Promise<unknown> {
  return parsed(target, await readText(await openAdmin(target, path)));
}

/** Sends JSON for a JSON answer. */
export async function tellAdmin(target: AdminTarget, path: string, value: unknown): Promise<unknown> {
  return parsed(target, await readText(await openAdmin(target, path, undefined, JSON.stringify(value))));
}

function parsed(target: AdminTarget, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AdminUnreachable(`what answers at ${target.at} is not headgate's admin server`);
  }
}

/** The data of each server-sent event (WHATWG HTML section 9.2), until the stream ends. */
export async function* serverSentEvents(response: IncomingMessage): AsyncGenerator<string> {
  let waiting = '';
  for await (const chunk of response.setEncoding('utf8')) {
    waiting += chunk;
    for (let end = waiting.indexOf('\n\n'); end >= 0; end = waiting.indexOf('\n\n')) {
      const lines = waiting.slice(0, end).split('\n');
      waiting = waiting.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length > 0) yield data.join('\n');
    }
    if (waiting.length > MAX_ANSWER) throw new Error('an event of the stream is too large');
  }
}

function requestOptions(target: AdminTarget, path: string, signal: AbortSignal | undefined): RequestOptions {
  const { at, token, ca, cert, key } = target;
  const headers = { host: 'localhost', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const common = { path, ...(signal && { signal }) };
  if (!/^https?:\/\//.test(at)) return { ...common, headers, socketPath: at };
  const url = new URL(at);
  return {
    ...common,
    headers: { ...headers, host: url.host },
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    ...(cert !== undefined && { cert: readFileSync(cert) }),
    ...(key !== undefined && { key: readFileSync(key) }),
  } as RequestOptions;
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_ANSWER) throw new AdminUnreachable('the answer is too large');
  }
  return text;
}

function errorMessage(text: string, status: number | undefined): string {
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return `HTTP status ${status}`;
  }
}

function unreachable(target: AdminTarget, { code, message }: NodeJS.ErrnoException): string {
  const where = `cannot reach headgate at ${target.at}`;
  const how = 'name its socket or URL with --admin or HEADGATE_ADMIN';
  if (code === 'ENOENT') return `${where}: there is no such socket; is headgate running? ${how}`;
  if (code === 'ECONNREFUSED') return `${where}: nothing listens there; is headgate running? ${how}`;
  if (code === 'EACCES' || code === 'EPERM') return `${where}: this user may not use the socket (its mode is 0600)`;
  return `${where}: ${message}`;
}
