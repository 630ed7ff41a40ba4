import { type Permit, REFUSED } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { RequestHeader, readRequestHeader } from './codec/header.ts';
import type { Api } from './codec/schema.ts';
import { KafkaError } from './error.ts';
import { chargeRequest, pauseFor } from './limits.ts';
import type { ProduceForwarder } from './produce-forward.ts';
import type { KafkaState } from './state.ts';

/** Tagged fields behind the records of a streamed request. */
const MAX_TAIL = 8 * 1024;

/**
 * A Produce request that goes on to the broker while it arrives. Only one that writes to a
 * single partition: its verdict is final once the head of its batch is here, no later byte can
 * change it. Its last bytes are held until they are here whole and were read: what is malformed
 * never completes at the broker.
 */
export class ProduceStream {
  /** Bytes of the frame that are still to come. */
  left = 0;
  readonly #s: KafkaState;
  readonly #forwarder: ProduceForwarder;
  readonly #header = new RequestHeader();
  #permit: Permit = REFUSED;
  /** Bytes of records that are still to come. */
  #records = 0;
  #pause = 0;

  /** @param forwarder of the session: it scans nothing else while a request is streamed */
  constructor(state: KafkaState, forwarder: ProduceForwarder) {
    this.#s = state;
    this.#forwarder = forwarder;
  }

  get active(): boolean {
    return this.left > 0;
  }

  /** Begins with the request at `[at, end)` of which `[end, next)` is missing; `at` is returned when it cannot be streamed (yet). */
  open(api: Api, buf: Buffer, at: number, end: number, next: number): number {
    const s = this.#s;
    const header = this.#header;
    if (!readRequestHeader(api, buf, at + 4, end, header)) return at;
    const recordsEnd = this.#forwarder.scanHead(header, buf, at, end, next);
    if (recordsEnd < 0) return at;
    const tail = next - recordsEnd;
    if (tail > MAX_TAIL) throw new KafkaError('malformed', `${tail} bytes behind the records`);
    s.begin(api, header.version, header.clientId);
    const charge = chargeRequest(s, next - at - 4);
    // To be refused: the response needs the request whole. It was not charged.
    if (typeof charge === 'string') return at;
    s.charged = charge;
    this.#pause = this.#forwarder.accept(api, header, buf, next - at);
    this.#permit = this.#forwarder.permit;
    this.#records = recordsEnd - at;
    this.left = next - at;
    return this.take(buf, at, end);
  }

  /** Returns how far it came. @throws KafkaError */
  take(buf: Buffer, at: number, end: number): number {
    const { out } = this.#s;
    let from = at;
    if (this.#records > 0) {
      const n = Math.min(this.#records, end - at);
      from = at + n;
      this.#records -= n;
      this.left -= n;
      out.forward(at, from, this.#permit, this.left);
      if (this.left === 0) this.#done();
    }
    if (this.#records === 0 && this.left > 0 && end - from >= this.left) {
      const next = from + this.left;
      this.#forwarder.scanTail(this.#header.version, buf, from, next);
      this.left = 0;
      out.forward(from, next, this.#permit, 0);
      this.#done();
      return next;
    }
    return from;
  }

  #done(): void {
    const s = this.#s;
    s.count(COUNTER.clientPackets, 1);
    s.frameDone();
    if (this.#pause > 0) pauseFor(s, this.#pause);
    this.#pause = 0;
  }
}
