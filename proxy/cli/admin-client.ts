/** How commands speak to a running headgate: over its Unix socket, or a URL. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ReadEndpoint, StreamEndpoint, WriteEndpoint } from '../control-plane/api/endpoint.ts';
import { AdminRefused, AdminUnreachable } from './admin-errors.ts';

const RESPONSE_MS = 10_000;
/** Characters; more than the largest response has: 1,000 rejections. */
const MAX_RESPONSE = 32 * 1024 * 1024;

/** Where the admin server is, and what the client proves itself with. */
export interface AdminTarget {
  /** Path of a Unix socket, or an http(s) URL. */
  readonly at: string;
  readonly token?: string;
  /** PEM files for mutual TLS. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Values of query keys; what is undefined is left out. */
export type Query<Key extends string> = Readonly<Partial<Record<Key, string | undefined>>>;

/** Sends a read and resolves to its response. @throws AdminUnreachable, AdminRefused */
export async function readAdmin<Response, Key extends string>(
  target: AdminTarget,
  endpoint: ReadEndpoint<Response, Key>,
  query?: Query<Key>,
): Promise<Response> {
  const { method, path, lists = [] } = endpoint;
  const response = parseResponse(target, await readText(await request(target, method, path + search(query ?? {}))));
  const members = (typeof response === 'object' && response !== null ? response : {}) as Record<string, unknown>;
  if (!lists.every((name) => Array.isArray(members[name]))) throw notHeadgate(target);
  return response as Response;
}

/** Sends a write and resolves to its response. @throws AdminUnreachable, AdminRefused */
export async function writeAdmin<Response, Body>(
  target: AdminTarget,
  { method, path }: WriteEndpoint<Response, Body>,
  body: Body,
): Promise<Response> {
  const response = await request(target, method, path, { body: JSON.stringify(body) });
  return parseResponse(target, await readText(response)) as Response;
}

/**
 * Opens a stream of events; resolves when the server has accepted it. Aborting the signal ends the stream.
 * @throws AdminUnreachable, AdminRefused
 */
export async function streamAdmin<Event, Key extends string>(
  target: AdminTarget,
  { method, path }: StreamEndpoint<Event, Key>,
  query: Query<Key>,
  signal?: AbortSignal,
): Promise<AsyncGenerator<Event>> {
  const response = await request(target, method, path + search(query), { signal });
  return eventsOf<Event>(response);
}

async function* eventsOf<Event>(response: IncomingMessage): AsyncGenerator<Event> {
  for await (const data of serverSentEvents(response)) yield JSON.parse(data) as Event;
}

function search(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

interface RequestExtras {
  readonly signal?: AbortSignal | undefined;
  /** JSON. */
  readonly body?: string;
}

/** Resolves to the response once its status is known to be 200. */
async function request(
  target: AdminTarget,
  method: 'GET' | 'POST',
  path: string,
  { signal, body }: RequestExtras = {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let sent: ClientRequest;
  try {
    const options = { ...requestOptions(target, path, signal), method };
    sent = options.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
  } catch (error) {
    throw new AdminUnreachable(unreachable(target, error as NodeJS.ErrnoException));
  }
  const timer = setTimeout(() => sent.destroy(new Error('no response in time')), RESPONSE_MS);
  sent.once('response', resolve);
  sent.once('error', (error) => reject(new AdminUnreachable(unreachable(target, error))));
  if (body !== undefined) sent.setHeader('content-type', 'application/json');
  sent.end(body);
  const response = await promise.finally(() => clearTimeout(timer));
  if (response.statusCode === 200) return response;
  throw new AdminRefused(response.statusCode ?? 0, errorMessage(await readText(response), response.statusCode));
}

function parseResponse(target: AdminTarget, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notHeadgate(target);
  }
}

function notHeadgate({ at }: AdminTarget): AdminUnreachable {
  return new AdminUnreachable(`what answers at ${at} is not headgate’s admin server`);
}

/** The data of each server-sent event (WHATWG HTML section 9.2), until the stream ends. */
async function* serverSentEvents(response: IncomingMessage): AsyncGenerator<string> {
  let waiting = '';
  for await (const chunk of response.setEncoding('utf8')) {
    waiting += chunk;
    for (let end = waiting.indexOf('\n\n'); end >= 0; end = waiting.indexOf('\n\n')) {
      const lines = waiting.slice(0, end).split('\n');
      waiting = waiting.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length > 0) yield data.join('\n');
    }
    if (waiting.length > MAX_RESPONSE) throw new Error('an event of the stream is too large');
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
    if (text.length > MAX_RESPONSE) throw new AdminUnreachable('the response is too large');
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
