import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HostPort } from '../../shared/listener-plan.ts';
import type { Readiness } from '../api/readiness.ts';
import { collect, PROMETHEUS_CONTENT_TYPE, renderPrometheus } from '../telemetry/metrics.ts';
import type { AdminDeps } from './deps.ts';
import {
  addressText,
  bound,
  closeServer,
  HttpError,
  listenOnTcp,
  refuseBody,
  requestUrl,
  SERVER_OPTIONS,
  sendError,
  sendJson,
  sendText,
} from './http.ts';

export type ProbeDeps = Pick<AdminDeps, 'metrics' | 'readiness'>;

export interface Probe {
  /** `address:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

const PATHS: Readonly<Record<string, (deps: ProbeDeps, response: ServerResponse) => void>> = {
  // That it answers at all is the statement: the main loop turns.
  '/healthz': (_deps, response) => sendText(response, 200, 'text/plain; charset=utf-8', 'ok\n'),
  '/readyz': ready,
  '/metrics': (deps, response) =>
    sendText(response, 200, PROMETHEUS_CONTENT_TYPE, renderPrometheus(collect(deps.metrics))),
};

/** Starts the server for orchestrators and Prometheus. It serves three paths to anyone and changes nothing. */
export async function startProbe(
  listen: HostPort,
  deps: ProbeDeps,
  onFault: (error: unknown) => void = () => {},
): Promise<Probe> {
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    try {
      answer(deps, request, response);
    } catch (error) {
      sendError(response, error, onFault);
    }
  });
  bound(server);
  const address = addressText(await listenOnTcp(server, listen.host, listen.port));
  return { address, close: () => closeServer(server) };
}

function answer(deps: ProbeDeps, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = requestUrl(request);
  const run = Object.hasOwn(PATHS, pathname) ? PATHS[pathname] : undefined;
  if (run === undefined) throw new HttpError(404, 'not-found', 'there are /healthz, /readyz and /metrics');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new HttpError(405, 'method-not-allowed', 'use GET', { headers: { allow: 'GET, HEAD' } });
  }
  refuseBody(request);
  run(deps, response);
}

function ready(deps: ProbeDeps, response: ServerResponse): void {
  const facts = deps.readiness();
  const lacking = missing(facts);
  const isReady = lacking.length === 0;
  sendJson(response, isReady ? 200 : 503, { ready: isReady, missing: lacking, ...facts });
}

/** Why the process is not ready, one message each; empty when it is. Upstream state does not count. */
export function missing({ listeners, generation, workers, draining }: Readiness): string[] {
  const messages: string[] = [];
  if (draining) messages.push('draining');
  if (generation === 0) messages.push('no generation is loaded');
  for (const { name, bound } of listeners) if (!bound) messages.push(`listener ${name} is not bound`);
  if (workers.beating < workers.expected)
    messages.push(`${workers.beating} of ${workers.expected} workers are beating`);
  return messages;
}
