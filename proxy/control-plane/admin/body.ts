import type { IncomingMessage } from 'node:http';
import { HttpError } from './http.ts';

export const MAX_BODY = 1024 * 1024;

/** Reads a JSON body of at most 1 MiB. @throws HttpError with status 413, 415 or 400 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new HttpError(415, 'not-json', 'writes need content-type: application/json');
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    throw new HttpError(400, 'bad-json', 'the body is not valid JSON in UTF-8');
  }
}

function tooLarge(): HttpError {
  return new HttpError(413, 'too-large', `the body exceeds ${MAX_BODY} bytes`);
}
