import type { ServerResponse } from 'node:http';
import type { RejectionEvent } from '../../../policies/event.ts';
import { type EventHub, meets, type RejectionFilter } from '../events/hub.ts';
import { HttpError } from './http.ts';

const DEFAULT_MAX_STREAMS = 16;
/** Bytes that may wait for one reader; then the stream is cut. */
const MAX_WAITING = 256 * 1024;
const HEARTBEAT_MS = 5000;

/** Server-sent events of rejections as they happen: few, bounded, cut when the reader is slow. */
export class RejectionStreams {
  readonly #hub: EventHub;
  readonly #max: number;
  readonly #open = new Set<ServerResponse>();

  constructor(hub: EventHub, max: number = DEFAULT_MAX_STREAMS) {
    this.#hub = hub;
    this.#max = max;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes the response over. Throws 503 when all streams are in use. */
  start(response: ServerResponse, filter: RejectionFilter): void {
    if (this.#open.size >= this.#max) {
      throw new HttpError(503, 'too-many-streams', `all ${this.#max} event streams are in use`, {
        headers: { 'retry-after': '5' },
      });
    }
    this.#open.add(response);
    response.socket?.setTimeout(0);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const send = (text: string) => {
      if (response.writableLength > MAX_WAITING) response.destroy();
      else response.write(text);
    };
    send(': rejections from now on\n\n');
    const subscription = this.#hub.events$.subscribe((event) => {
      if (meets(event, filter)) send(message(event));
    });
    const heartbeat = setInterval(send, HEARTBEAT_MS, ':\n\n').unref();
    response.on('error', () => {});
    response.once('close', () => {
      subscription.unsubscribe();
      clearInterval(heartbeat);
      this.#open.delete(response);
    });
  }
}

function message(event: RejectionEvent): string {
  return `id: ${event.id}\nevent: rejection\ndata: ${JSON.stringify(event)}\n\n`;
}
