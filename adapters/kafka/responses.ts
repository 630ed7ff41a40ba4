import { PERMIT_SESSION } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { responseVersion } from './apis/api-versions.ts';
import { int32At } from './codec/big-endian.ts';
import { readResponseHeader } from './codec/header.ts';
import { frameResponse, responseCodec, throttleOffset } from './codec/message.ts';
import { apiVersions } from './codec/schemas/api-versions.ts';
import { KafkaError, malformed } from './error.ts';
import { chargeResponse, pauseFor } from './limits.ts';
import type { Pending } from './pending.ts';
import { FetchResponseScan } from './scan/fetch-response-scan.ts';
import { HOLD, type KafkaState, PHASE } from './state.ts';

const LENGTH = 4;
/** Length and correlation id. */
const PREFIX = 8;
/** Room for what a broker puts around the records that it was asked for. */
const SLACK = 16 * 1024 * 1024;

/** Takes the broker's answers in their order, and lets through what the client may see. */
export class ResponseReader {
  /** Size of the unfinished frame at the front, as the relay wants to know it. */
  frame = 0;
  readonly #s: KafkaState;
  readonly #fetch = new FetchResponseScan();
  /** Bytes of the response at the front that are still to come. */
  #left = 0;

  constructor(state: KafkaState) {
    this.#s = state;
  }

  /** Returns how far it came. @throws KafkaError for what a broker must not send */
  take(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    this.frame = 0;
    let at = start;
    while (at < end && s.phase < PHASE.closed) {
      const next = this.#left > 0 ? this.#goOn(buf, at, end) : this.#begin(buf, at, end);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  #begin(buf: Buffer, at: number, end: number): number {
    if (end - at < LENGTH) return at;
    const size = int32At(buf, at);
    const limit = this.#s.options.maxFrameSize + SLACK;
    if (size < 4 || size > limit) throw new KafkaError('malformed', `a frame of ${size} bytes`);
    if (end - at < PREFIX) return at;
    const pending = this.#s.pending.head;
    if (pending === undefined || pending.response !== null || pending.correlationId !== int32At(buf, at + 4)) {
      throw new KafkaError('malformed', 'it answers no request that was sent');
    }
    if (this.#s.chargesResponses && !pending.charged) this.#charge(pending, size);
    const next = at + 4 + size;
    if (pending.scan) return this.#beginFetch(pending, buf, at, end, next);
    if (pending.rewrite !== null) return this.#whole(pending, buf, at, end, next);
    return this.#pass(pending, buf, at, end, next);
  }

  /** The response goes on; for what it is over the limit the client waits, and is asked to in `throttleTimeMs` where there is one. */
  #charge(pending: Pending, size: number): void {
    const s = this.#s;
    const wait = chargeResponse(s, size);
    pending.charged = true;
    pending.throttleMs = Math.max(pending.throttleMs, wait);
    if (wait > 0 && s.phase === PHASE.open) pauseFor(s, wait);
  }

  /** A response without anything that a client may not see. */
  #pass(pending: Pending, buf: Buffer, at: number, end: number, next: number): number {
    if (pending.throttleMs > 0) {
      const offset = throttleOffset(pending.api, pending.version);
      // The field stands elsewhere, or the response is not here far enough: read it whole.
      if (offset < 0 || next > end) return this.#whole(pending, buf, at, end, next);
      const field = readResponseHeader(pending.api, pending.version, buf, at + 4, next) + offset;
      if (field + 4 > next) throw malformed('the frame ends within its head', field - at);
      buf.writeInt32BE(Math.max(pending.throttleMs, buf.readInt32BE(field)), field);
    }
    return this.#forward(at, Math.min(end, next), next);
  }

  /** A response that is read, changed and written anew. */
  #whole(pending: Pending, buf: Buffer, at: number, end: number, next: number): number {
    const s = this.#s;
    if (next > end) {
      this.frame = next - at;
      return at;
    }
    const { api, throttleMs } = pending;
    s.begin(api, pending.version, s.clientId);
    const body = readResponseHeader(api, pending.brokerVersion, buf, at + 4, next);
    // A broker that does not know a version of ApiVersions says so in version 0 (KIP-511).
    const unknown = api.key === apiVersions.key && responseVersion(buf, body, next, pending.brokerVersion) === 0;
    const brokerVersion = unknown ? 0 : pending.brokerVersion;
    const version = unknown ? 0 : pending.version;
    const read = responseCodec<object>(api, brokerVersion).read(buf, body, next);
    const rewritten = pending.rewrite === null ? read : pending.rewrite(s, read);
    if (rewritten === 'same' && throttleMs === 0 && version === brokerVersion) return this.#forward(at, next, next);
    const value: { throttleTimeMs?: number } = rewritten === 'same' ? read : rewritten;
    if (throttleMs > 0) value.throttleTimeMs = Math.max(throttleMs, value.throttleTimeMs ?? 0);
    s.out.toClient(frameResponse(api, version, pending.correlationId, value));
    this.#done();
    return next;
  }

  /** The response to a Fetch of which everything asked for was allowed: scanned as it passes. */
  #beginFetch(pending: Pending, buf: Buffer, at: number, end: number, next: number): number {
    const { api, version } = pending;
    // The head of every version lies within this.
    if (next > end && end - at < 64) {
      this.frame = 64;
      return at;
    }
    const body = readResponseHeader(api, version, buf, at + 4, Math.min(end, next));
    const { access, topology } = this.#s;
    this.#fetch.begin(version);
    const walked = this.#fetch.walk(access, topology, buf, body, end, next);
    if (this.#fetch.blocked !== null && (next <= end || this.#fetch.blocked === 'topic')) {
      // Nothing of it has left yet: it can still be read whole and changed.
      this.#fetch.stop();
      return this.#whole(pending, buf, at, end, next);
    }
    if (walked === body) {
      this.frame = Math.min(next - at, 2 * (end - at));
      this.#fetch.stop();
      return at;
    }
    if (pending.throttleMs > 0) {
      buf.writeInt32BE(Math.max(pending.throttleMs, buf.readInt32BE(body)), body);
    }
    return this.#forward(at, walked, next);
  }

  /** More of a response whose beginning has left. */
  #goOn(buf: Buffer, at: number, end: number): number {
    const next = at + this.#left;
    if (!this.#fetch.active) return this.#forward(at, Math.min(end, next), next);
    const { access, topology } = this.#s;
    let walked = this.#fetch.walk(access, topology, buf, at, end, next);
    if (this.#fetch.blocked === 'topic') {
      throw new KafkaError('policy-changed', 'records of a topic that may no longer be read');
    }
    if (this.#fetch.blocked === 'endpoints' && next <= end) {
      this.#fetch.blankEndpoints(buf, walked, next);
      walked = next;
    }
    if (walked === at) {
      this.frame = Math.min(this.#left, Math.max(1024, 2 * (end - at)));
      return at;
    }
    return this.#forward(at, walked, next);
  }

  #forward(at: number, to: number, next: number): number {
    this.#left = next - to;
    this.#s.out.forward(at, to, PERMIT_SESSION, this.#left);
    if (this.#left === 0) this.#done();
    return to;
  }

  /** The response at the front is complete: those that waited for it follow. */
  #done(): void {
    const s = this.#s;
    s.count(COUNTER.brokerPackets, 1);
    s.pending.shift();
    for (let head = s.pending.head; head?.response != null; head = s.pending.head) {
      s.out.toClient(head.response);
      s.pending.shift();
    }
    s.release(HOLD.inFlight);
  }
}
