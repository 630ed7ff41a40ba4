import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminDeps } from './deps.ts';
import type { RejectionStreams } from './stream.ts';

/** One request on its way to an answer. */
export interface Call {
  readonly deps: AdminDeps;
  readonly streams: RejectionStreams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly now: number;
}
