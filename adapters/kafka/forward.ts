import { type Permit, REFUSED } from '../../policies/decision.ts';
import type { KafkaAccess } from '../../policies/types.ts';
import type { RequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { KafkaError } from './error.ts';
import { pauseFor } from './limits.ts';
import type { KafkaState } from './state.ts';
import type { Topology } from './topology.ts';

/** A walk over the requests of one API that only says yes (scan/). What it found holds until it is begun again. */
interface RequestScan {
  /** > 0: all of the request is allowed. */
  readonly permit: Permit;
  /** Takes up the request of the frame that begins at `base`: `[body, end)` behind its header. */
  begin(buf: Buffer, base: number, body: number, end: number): this;
  /** Walks a request that is here whole. @throws KafkaError */
  whole(access: KafkaAccess, topology: Topology, version: number): void;
}

/**
 * The common request: all that it asks for is allowed, so the client's own bytes go on and nothing
 * is built. One for each session and API; it owns its scan, and a session has one request at a
 * time.
 */
export abstract class Forwarder<Scan extends RequestScan> {
  protected readonly s: KafkaState;
  protected readonly scan: Scan;

  constructor(state: KafkaState, scan: Scan) {
    this.s = state;
    this.scan = scan;
  }

  /** Forwards the request `[at, next)`. False: read and decide it in full, malformed ones too. */
  forward(api: Api, header: RequestHeader, buf: Buffer, at: number, next: number): boolean {
    const { s, scan } = this;
    try {
      scan.begin(buf, at, header.body, next).whole(s.access, s.topology, header.version);
    } catch (error) {
      // The full reading tells better what is wrong.
      if (error instanceof KafkaError) return false;
      throw error;
    }
    if (!(scan.permit > REFUSED)) return false;
    const wait = this.accept(api, header, buf, next - at);
    s.out.forward(at, next, scan.permit);
    if (wait > 0) pauseFor(s, wait);
    return true;
  }

  /**
   * What the scan let through, of `size` bytes, is about to go on: charges it and makes a place
   * for its response. Returns the milliseconds for which the client is not to be read.
   */
  protected abstract accept(api: Api, header: RequestHeader, buf: Buffer, size: number): number;
}
