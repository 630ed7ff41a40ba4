import { type Permit, REFUSED } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { rewriteEndpoints } from './addresses.ts';
import { WITH_ENDPOINTS } from './apis/produce.ts';
import type { RequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { Forwarder } from './forward.ts';
import { chargeRecords } from './limits.ts';
import { NEEDS_MORE } from './scan/cursor.ts';
import { ProduceScan } from './scan/produce-scan.ts';
import { expectResponse, pauseOf } from './settle.ts';
import type { KafkaState } from './state.ts';

/** Forwards the Produce of which all is allowed: whole, or (produce-stream.ts) while it arrives. */
export class ProduceForwarder extends Forwarder<ProduceScan> {
  constructor(state: KafkaState) {
    super(state, new ProduceScan());
  }

  /** Of the request that was scanned last. */
  get permit(): Permit {
    return this.scan.permit;
  }

  /**
   * Scans the beginning `[at, end)` of a request that ends at `next`. Returns where the records of
   * its only partition end; -1: it cannot be streamed, or not yet. @throws KafkaError
   */
  scanHead(header: RequestHeader, buf: Buffer, at: number, end: number, next: number): number {
    const { s, scan } = this;
    try {
      const streamable = scan.begin(buf, at, header.body, end, next).head(s.access, s.topology, header.version);
      return streamable && scan.permit > REFUSED ? scan.recordsEnd : -1;
    } catch (error) {
      if (error !== NEEDS_MORE) throw error;
      return -1;
    }
  }

  /** What follows the records of a streamed request: nothing but tagged fields. @throws KafkaError */
  scanTail(version: number, buf: Buffer, at: number, end: number): void {
    this.scan.tail(version, buf, at, end);
  }

  override accept(api: Api, header: RequestHeader, buf: Buffer, size: number): number {
    const { s, scan } = this;
    s.charged = Math.max(s.charged, chargeRecords(s, scan.records));
    s.count(COUNTER.publishForwarded, scan.records);
    if (scan.acks !== 0) {
      const pending = expectResponse(s, api, header);
      pending.rewrite = header.version >= WITH_ENDPOINTS ? rewriteEndpoints : null;
    }
    if (s.host.sampled()) s.host.trace('write', `topic:${scan.topic(buf)}`, scan.permit, size);
    return pauseOf(s);
  }
}
