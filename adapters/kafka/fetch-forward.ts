import { REFUSED } from '../../policies/decision.ts';
import { NO_SESSION, rewriteAllowed, SESSIONLESS } from './apis/fetch.ts';
import type { RequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { KafkaError } from './error.ts';
import { pauseFor } from './limits.ts';
import { FetchScan } from './scan/fetch-scan.ts';
import { expect, pauseOf } from './settle.ts';
import type { KafkaState } from './state.ts';

/** One for the worker: a scan is over when the call is. */
const scan = new FetchScan();

/**
 * The common Fetch: a consumer that may read all it asks for, so its own bytes go on, its session
 * taken out. False: read and decide it in full, malformed requests too.
 */
export function forwardFetch(
  s: KafkaState,
  api: Api,
  header: RequestHeader,
  buf: Buffer,
  at: number,
  next: number,
): boolean {
  try {
    scan.whole(s.access, s.topology, header.version, buf, at, header.body, next);
  } catch (error) {
    // The full reading has better words for what is wrong.
    if (error instanceof KafkaError) return false;
    throw error;
  }
  if (!(scan.permit > REFUSED)) return false;
  if (scan.sessionAt >= 0) {
    buf.writeInt32BE(NO_SESSION, scan.sessionAt);
    buf.writeInt32BE(SESSIONLESS, scan.sessionAt + 4);
  }
  const wait = pauseOf(s);
  const pending = expect(s, api, header);
  pending.rewrite = rewriteAllowed;
  pending.scan = true;
  s.out.forward(at, next, scan.permit);
  if (wait > 0) pauseFor(s, wait);
  return true;
}
