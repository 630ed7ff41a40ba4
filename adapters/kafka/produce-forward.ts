import { REFUSED } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { rewriteEndpoints } from './addresses.ts';
import { WITH_ENDPOINTS } from './apis/produce.ts';
import type { RequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { chargeRecords, pauseFor } from './limits.ts';
import { ProduceScan } from './scan/produce-scan.ts';
import { expect, pauseOf } from './settle.ts';
import type { KafkaState } from './state.ts';

/** One for the worker: a scan is over when the call is. */
export const scan = new ProduceScan();

/** The common Produce: all of it is allowed, so the client's own bytes go on. False: decide it in full. */
export function forwardProduce(
  s: KafkaState,
  api: Api,
  header: RequestHeader,
  buf: Buffer,
  at: number,
  next: number,
): boolean {
  scan.whole(s.access, s.topology, header.version, buf, at, header.body, next);
  if (!(scan.permit > REFUSED)) return false;
  const wait = account(s, api, header, buf, next - at);
  s.out.forward(at, next, scan.permit);
  if (wait > 0) pauseFor(s, wait);
  return true;
}

/** Counts what `scan` let through and makes a place for its answer. Returns the milliseconds to pause. */
export function account(s: KafkaState, api: Api, header: RequestHeader, buf: Buffer, size: number): number {
  s.charged = Math.max(s.charged, chargeRecords(s, scan.records));
  s.count(COUNTER.publishForwarded, scan.records);
  if (scan.acks !== 0) {
    const pending = expect(s, api, header);
    pending.rewrite = header.version >= WITH_ENDPOINTS ? rewriteEndpoints : null;
  }
  if (s.host.sampled()) s.host.trace('write', `topic:${scan.topic(buf)}`, scan.permit, size);
  return pauseOf(s);
}
