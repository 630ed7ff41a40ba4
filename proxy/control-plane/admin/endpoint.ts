/** How an endpoint of the admin API is written: its contract from api/, and what it does. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReadEndpoint, StreamEndpoint, WriteEndpoint } from '../api/endpoint.ts';
import type { RejectionFilter } from '../events/hub.ts';
import { readJson } from './body.ts';
import type { AdminDeps } from './deps.ts';
import { refuseBody, sendJson } from './http.ts';
import { parseFilter } from './query.ts';
import type { RejectionStreams } from './stream.ts';

/** One request while it is answered. */
export interface Call {
  readonly deps: AdminDeps;
  readonly streams: RejectionStreams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What the admin server dispatches to. `serve` throws HttpError for everything that it refuses. */
export interface AdminEndpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  serve(call: Call): void | Promise<void>;
}

/** Answers with what `answer` returns, given the conditions of the query. */
export function readEndpoint<Response, Key extends string>(
  { method, path, query: keys }: ReadEndpoint<Response, Key>,
  answer: (deps: AdminDeps, filter: RejectionFilter) => Response,
): AdminEndpoint {
  return {
    method,
    path,
    serve({ deps, request, response, query, now }) {
      refuseBody(request);
      sendJson(response, 200, answer(deps, parseFilter(query, keys, now)));
    },
  };
}

/** Answers with what `write` resolves to. `write` gets the body as JSON that nobody has checked. */
export function writeEndpoint<Response, Body>(
  { method, path }: WriteEndpoint<Response, Body>,
  write: (deps: AdminDeps, body: unknown) => Promise<Response>,
): AdminEndpoint {
  return {
    method,
    path,
    async serve({ deps, request, response, query, now }) {
      parseFilter(query, [], now);
      sendJson(response, 200, await write(deps, await readJson(request)));
    },
  };
}

/** Hands the response over to a stream of rejections. */
export function streamEndpoint<Event, Key extends string>({
  method,
  path,
  query: keys,
}: StreamEndpoint<Event, Key>): AdminEndpoint {
  return {
    method,
    path,
    serve({ streams, request, response, query, now }) {
      refuseBody(request);
      streams.start(response, parseFilter(query, keys, now));
    },
  };
}
