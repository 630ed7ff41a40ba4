import { NO_SESSION, rewriteAllowed, SESSIONLESS } from './apis/fetch.ts';
import type { RequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { Forwarder } from './forward.ts';
import { FetchScan } from './scan/fetch-scan.ts';
import { expectResponse, pauseOf } from './settle.ts';
import type { KafkaState } from './state.ts';

/** Forwards the Fetch of a consumer that may read all it asks for, without its session. */
export class FetchForwarder extends Forwarder<FetchScan> {
  constructor(state: KafkaState) {
    super(state, new FetchScan());
  }

  protected override accept(api: Api, header: RequestHeader, buf: Buffer): number {
    const { sessionAt } = this.scan;
    if (sessionAt >= 0) {
      buf.writeInt32BE(NO_SESSION, sessionAt);
      buf.writeInt32BE(SESSIONLESS, sessionAt + 4);
    }
    const pending = expectResponse(this.s, api, header);
    pending.rewrite = rewriteAllowed;
    pending.scan = true;
    return pauseOf(this.s);
  }
}
