import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body read as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any;
}

/** Sends a request and resolves with the response, its body not yet read. */
export function open(options: RequestOptions, body?: string | Buffer): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request({ agent: false, ...options }, resolve);
  sent.once('error', reject);
  sent.end(body);
  return promise;
}

export async function ask(options: RequestOptions, body?: string | Buffer): Promise<Answer> {
  const response = await open(options, body);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const isJson = text !== '' && response.headers['content-type'] === 'application/json';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
}
