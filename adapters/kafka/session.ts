import type { Cause } from '../../policies/causes.ts';
import type { EffectiveLimits, KafkaAccess } from '../../policies/types.ts';
import { COUNTER, type Session, type SessionHost, type StopReason } from '../seam.ts';
import { STOP_CAUSES } from '../stop-causes.ts';
import type { KafkaBackend } from './backend.ts';
import { brokerFault, clientFault, close, refuse } from './close.ts';
import { checkDeadlines } from './deadlines.ts';
import type { KafkaOptions, KafkaTimeouts } from './options.ts';
import { RequestReader } from './requests.ts';
import { ResponseReader } from './responses.ts';
import { HOLD, type KafkaClient, KafkaState, PHASE } from './state.ts';

/** A session, and how it takes over the rights of a new generation. */
export interface KafkaSession extends Session {
  /** Another policy is in force: what is asked from now on, and responses that are still to come, are held against it. */
  reauthorize(access: KafkaAccess, limits: EffectiveLimits): void;
}

/**
 * One Kafka client connection, between the relay and the policy: its phases and holds are drawn in
 * state.ts. Contract: adapters/seam.ts. Throws nothing for what peers send.
 */
export function createKafkaSession(
  host: SessionHost,
  client: KafkaClient,
  options: KafkaOptions,
  timeouts: KafkaTimeouts,
  backend: KafkaBackend,
): KafkaSession {
  return new LiveSession(new KafkaState(host, client, options, timeouts, backend));
}

class LiveSession implements KafkaSession {
  readonly #s: KafkaState;
  readonly #requests: RequestReader;
  readonly #responses: ResponseReader;

  constructor(state: KafkaState) {
    this.#s = state;
    this.#requests = new RequestReader(state);
    this.#responses = new ResponseReader(state);
  }

  get clientFrame(): number {
    return this.#requests.frame;
  }

  get brokerFrame(): number {
    return this.#responses.frame;
  }

  fromClient(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    s.now = s.host.now();
    let at = start;
    try {
      at = this.#requests.take(buf, start, end);
    } catch (error) {
      clientFault(s, error);
    }
    s.count(COUNTER.clientBytes, at - start);
    // After the end nothing is parsed: what comes is thrown away.
    if (s.phase >= PHASE.leaving) return end;
    if (this.#requests.unfinished(at < end) && s.holds === 0) {
      if (s.frameSince === 0) s.frameSince = s.now;
    } else {
      s.frameSince = 0;
    }
    return at;
  }

  fromBroker(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    s.now = s.host.now();
    let at = start;
    try {
      at = this.#responses.take(buf, start, end);
    } catch (error) {
      brokerFault(s, error);
    }
    s.count(COUNTER.brokerBytes, at - start);
    return s.phase === PHASE.closed ? end : at;
  }

  brokerReady(): void {
    const s = this.#s;
    s.now = s.host.now();
    if (s.phase === PHASE.dialling) s.phase = PHASE.open;
    s.release(HOLD.dial);
  }

  brokerFailed(cause: Cause, message: string): void {
    refuse(this.#s, cause, message);
  }

  clientEnded(_clean: boolean): void {
    const s = this.#s;
    s.freeMemory();
    if (s.phase < PHASE.open) {
      close(s);
    } else if (s.phase === PHASE.open) {
      s.phase = PHASE.leaving;
      s.out.endBroker();
    }
  }

  /** Brokers end connections that were silent for long, and those whose acks=0 request failed: no fault of anybody's. */
  brokerEnded(_clean: boolean): void {
    const s = this.#s;
    if (s.phase === PHASE.open && s.pending.length > 0) {
      refuse(s, 'upstream-closed', `the broker closed the connection with ${s.pending.length} requests unanswered`);
    } else {
      close(s);
    }
  }

  tick(now: number): void {
    this.#s.now = now;
    checkDeadlines(this.#s, this.#requests.declared);
  }

  stop(reason: StopReason, _suppressWill: boolean, message: string): void {
    // A drain is no rejection of the client.
    if (reason === 'drain') close(this.#s);
    else refuse(this.#s, STOP_CAUSES[reason], message);
  }

  ended(): void {
    this.#s.phase = PHASE.closed;
    this.#s.freeMemory();
    this.#s.backend.release();
  }

  reauthorize(access: KafkaAccess, limits: EffectiveLimits): void {
    this.#s.access = access;
    this.#s.setLimits(limits);
  }
}
