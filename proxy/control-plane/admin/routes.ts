import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from './call.ts';
import { addDenied, listDenied, removeDenied } from './deny-routes.ts';
import type { AdminDeps } from './deps.ts';
import { HttpError, refuseBody, refuseQuery, requestUrl, sendJson } from './http.ts';
import { PQ_KEYS, parseFilter, QUERY_KEYS, STREAM_KEYS } from './query.ts';
import { reload, rollback } from './reload-routes.ts';
import type { RejectionStreams } from './stream.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly run: (call: Call) => void | Promise<void>;
}

/** Everything that the admin server answers. Reads are GET, writes are POST with JSON. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/rejections', run: listRejections },
  { method: 'GET', path: '/api/rejections/stream', run: streamRejections },
  { method: 'GET', path: '/api/policy', run: showPolicy },
  { method: 'GET', path: '/api/endpoints', run: showEndpoints },
  { method: 'GET', path: '/api/pq', run: showPq },
  { method: 'POST', path: '/api/reload', run: reload },
  { method: 'POST', path: '/api/rollback', run: rollback },
  { method: 'GET', path: '/api/deny', run: listDenied },
  { method: 'POST', path: '/api/deny', run: addDenied },
  { method: 'POST', path: '/api/deny/remove', run: removeDenied },
];

/** Finds the route and runs it; throws `HttpError` for everything it refuses. */
export async function route(
  deps: AdminDeps,
  streams: RejectionStreams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(request);
  const here = ROUTES.filter(({ path }) => path === url.pathname);
  if (here.length === 0) throw new HttpError(404, 'not-found', 'there is nothing here');
  const found = here.find(({ method }) => method === request.method);
  if (found === undefined) {
    const allow = here.map(({ method }) => method).join(', ');
    throw new HttpError(405, 'method-not-allowed', `use ${allow}`, { allow });
  }
  if (found.method === 'GET') refuseBody(request);
  await found.run({ deps, streams, request, response, query: url.searchParams, now: Date.now() });
}

function listRejections({ deps, response, query, now }: Call): void {
  const rejections = deps.hub.query(parseFilter(query, QUERY_KEYS, now));
  sendJson(response, 200, { rejections, dropped: deps.hub.dropped });
}

function streamRejections({ streams, response, query, now }: Call): void {
  streams.start(response, parseFilter(query, STREAM_KEYS, now));
}

function showPolicy({ deps, response, query }: Call): void {
  refuseQuery(query);
  sendJson(response, 200, deps.generation());
}

function showEndpoints({ deps, response, query }: Call): void {
  refuseQuery(query);
  sendJson(response, 200, deps.inventory());
}

function showPq({ deps, response, query, now }: Call): void {
  sendJson(response, 200, deps.pq(parseFilter(query, PQ_KEYS, now)));
}
