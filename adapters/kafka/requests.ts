import { COUNTER } from '../seam.ts';
import { unsupportedApiVersions } from './apis/api-versions.ts';
import { APIS, HANDLERS } from './apis/index.ts';
import { int16At, int32At } from './codec/big-endian.ts';
import { RequestHeader, readRequestHeader } from './codec/header.ts';
import { requestCodec } from './codec/message.ts';
import type { Api } from './codec/schema.ts';
import { apiVersions } from './codec/schemas/api-versions.ts';
import { fetch } from './codec/schemas/fetch.ts';
import { produce } from './codec/schemas/produce.ts';
import { KafkaError, malformed } from './error.ts';
import { FetchForwarder } from './fetch-forward.ts';
import type { Handler, Int32Field } from './handler.ts';
import { chargeAnyway, chargeRequest, type LimitKind, overLimit } from './limits.ts';
import { offeredApi } from './offered-apis.ts';
import { ProduceForwarder } from './produce-forward.ts';
import { ProduceStream } from './produce-stream.ts';
import { respond, settle } from './settle.ts';
import { HOLD, type KafkaState, PHASE } from './state.ts';

/** Length, key and version: what is known before anything is kept. */
const PREFIX = 8;
/** The shortest header: key, version, correlation id, client id null. */
const MIN_SIZE = 10;
/** Frames up to this need no reservation. */
const SMALL_FRAME = 64 * 1024;
/** With less than this of it a Produce is not streamed yet: keeping so little costs less. */
const MIN_STREAMED = 2 * 1024;
const NONE: readonly Int32Field[] = [];

/** Takes the client's requests, one after the other, and settles each. */
export class RequestReader {
  /** Size of the unfinished frame at the front, as the relay wants to know it. */
  frame = 0;
  /** Bytes of the unfinished request at the front as its length says. */
  declared = 0;
  readonly #s: KafkaState;
  readonly #header = new RequestHeader();
  readonly #fetch: FetchForwarder;
  readonly #produce: ProduceForwarder;
  readonly #stream: ProduceStream;

  constructor(state: KafkaState) {
    this.#s = state;
    this.#fetch = new FetchForwarder(state);
    this.#produce = new ProduceForwarder(state);
    this.#stream = new ProduceStream(state, this.#produce);
  }

  /** Is a request begun and not finished, given that bytes are left (or not)? */
  unfinished(left: boolean): boolean {
    return left || this.#stream.active;
  }

  /** Returns how far it came. @throws KafkaError */
  take(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    this.frame = 0;
    let at = start;
    while (at < end && s.holds === 0 && s.phase < PHASE.leaving) {
      let next: number;
      if (this.#stream.active) {
        next = this.#stream.take(buf, at, end);
        if (next === at) this.frame = this.#stream.left;
      } else if (end - at < PREFIX) {
        this.declared = PREFIX;
        break;
      } else {
        next = this.#next(buf, at, end);
      }
      if (next === at) break;
      at = next;
    }
    return at;
  }

  #next(buf: Buffer, at: number, end: number): number {
    const s = this.#s;
    const size = int32At(buf, at);
    this.declared = size;
    const api = this.#admit(size, int16At(buf, at + 4), int16At(buf, at + 6));
    if (s.phase === PHASE.fresh) {
      this.#open();
      return at;
    }
    if (s.pending.full) {
      s.hold(HOLD.inFlight);
      return at;
    }
    const next = at + 4 + size;
    if (next > end) return this.#incomplete(api, buf, at, end, next);
    const header = this.#header;
    if (!readRequestHeader(api, buf, at + 4, next, header)) throw malformed('the request ends within its header', size);
    s.begin(api, header.version, header.clientId);
    if (api === null) respond(s, apiVersions, 0, header.correlationId, unsupportedApiVersions());
    else if (!this.#request(api, buf, at, next)) return at;
    s.frameDone();
    s.count(COUNTER.clientPackets, 1);
    return next;
  }

  /** Size, API and version, before anything of the request is kept; null: ApiVersions in a version that nobody knows. */
  #admit(size: number, key: number, version: number): Api | null {
    const { options, maxRequest } = this.#s;
    if (size < MIN_SIZE) throw malformed(`a frame of ${size} bytes`, 0);
    const limit = Math.min(maxRequest, key === produce.key ? options.maxFrameSize : options.maxRequestSize);
    if (size > limit) throw new KafkaError('packet-too-large', `a request of ${size} bytes, ${limit} are allowed`);
    const api = offeredApi(key, version, options);
    if (api !== undefined) return api;
    if (key === apiVersions.key) return null;
    const name = APIS.get(key)?.name ?? 'unknown';
    throw new KafkaError('unsupported-protocol', `API ${key} (${name}) in version ${version} is not offered`);
  }

  #open(): void {
    const s = this.#s;
    const claim = s.host.admit();
    if (claim === 'connections') throw new KafkaError('limit-connections', 'more connections than the limit allows');
    if (claim !== 'granted') throw new KafkaError('limit-table-full', 'the table of limits has no free slot');
    s.phase = PHASE.dialling;
    s.hold(HOLD.dial);
    s.out.dial();
  }

  /** A request of which more is to come: streamed, or kept once there is room for all of it. */
  #incomplete(api: Api | null, buf: Buffer, at: number, end: number, next: number): number {
    const size = next - at - 4;
    if (size > SMALL_FRAME && !this.#reserve(size)) return at;
    if (api?.key === produce.key && end - at >= MIN_STREAMED) {
      const from = this.#stream.open(api, buf, at, end, next);
      if (from !== at || this.#s.holds !== 0) return from;
    }
    this.frame = next - at;
    return at;
  }

  /** False: the client is not read until there is room. */
  #reserve(size: number): boolean {
    const s = this.#s;
    if (s.reserved > 0) return true;
    const { memory } = s.backend;
    if (memory.reserve(s.principal, size)) {
      s.reserved = size;
      return true;
    }
    s.hold(HOLD.memory);
    s.cancelMemoryWait = memory.wait(s.principal, size, () => {
      s.cancelMemoryWait = null;
      s.reserved = size;
      s.host.run(() => s.release(HOLD.memory));
    });
    return false;
  }

  /** A whole request. False: it is to be looked at again. */
  #request(api: Api, buf: Buffer, at: number, next: number): boolean {
    const s = this.#s;
    const header = this.#header;
    const size = next - at - 4;
    const over = this.#charge(size);
    if (over === null) {
      if (api.key === produce.key && this.#produce.forward(api, header, buf, at, next)) return true;
      if (api.key === fetch.key && this.#fetch.forward(api, header, buf, at, next)) return true;
    }
    const body = requestCodec<object>(api, header.version).read(buf, header.body, next);
    const handler = HANDLERS.get(api.key) as Handler<object, object>;
    if (over !== null) {
      const refusal = handler.overLimit?.(header, body);
      if (refusal !== undefined) {
        overLimit(s, over);
        respond(s, api, header.version, header.correlationId, refusal);
        return true;
      }
      s.charged = chargeAnyway(s, size);
    }
    const outcome = handler.request(s, header, body);
    if (outcome.kind === 'pass') {
      for (const [offset, value] of outcome.overwritten ?? NONE) buf.writeInt32BE(value, header.body + offset);
    }
    return settle(s, { api, header, body }, outcome, at, next);
  }

  /** Once per request, however often it is looked at. The limit that it is over, or null. */
  #charge(size: number): LimitKind | null {
    const s = this.#s;
    if (s.charged >= 0) return null;
    const charge = chargeRequest(s, size);
    if (typeof charge === 'string') return charge;
    s.charged = charge;
    return null;
  }
}
