import type { Cause } from '../../policies/causes.ts';
import type { Action, Decision } from '../../policies/decision.ts';
import { isLimited, onExceed } from '../../policies/limits/effective.ts';
import { TRAFFIC } from '../../policies/limits/keys.ts';
import type { EffectiveLimits, KafkaAccess } from '../../policies/types.ts';
import { noWait } from '../max-wait.ts';
import type { Out, SessionHost } from '../seam.ts';
import type { KafkaBackend } from './backend.ts';
import type { Api } from './codec/schema.ts';
import type { Context } from './handler.ts';
import type { KafkaOptions, KafkaTimeouts } from './options.ts';
import { PendingQueue } from './pending.ts';

/** Where a session stands. They only ever grow. */
export const PHASE = {
  /** Nothing was sent yet. */
  fresh: 0,
  /** The broker is being dialled; the client is held. */
  dialling: 1,
  open: 2,
  /** The client is gone; the broker gets what was forwarded. */
  leaving: 3,
  closed: 4,
} as const;

/** Why the client is not read. The client is read again when no reason is left. */
export const HOLD = { dial: 1, throttle: 2, lookUp: 4, inFlight: 8, memory: 16 } as const;

export interface Who {
  readonly access: KafkaAccess;
  readonly principal: string;
  readonly limits: EffectiveLimits;
}

/** What one client connection is at the moment; the files beside this one change it. */
export class KafkaState implements Context {
  readonly host: SessionHost;
  readonly out: Out;
  readonly options: KafkaOptions;
  readonly timeouts: KafkaTimeouts;
  readonly backend: KafkaBackend;
  readonly principal: string;
  access: KafkaAccess;
  limits: EffectiveLimits;
  /** Longest wait for tokens of each limit in ms; 0 unless clients over it are throttled. */
  readonly maxWait = noWait();
  /** Answers are held against a limit. */
  chargesAnswers = false;

  phase: number = PHASE.fresh;
  /** Milliseconds, read once per call. */
  now: number;
  readonly born: number;
  readonly pending: PendingQueue;
  /** Largest request in bytes that the client's limits allow. */
  readonly maxRequest: number;
  /** Bits of HOLD. */
  holds = 0;
  /** End of a pause; 0: none. */
  resumeAt = 0;
  /** First byte of the unfinished request at the front; 0: there is none. */
  frameSince = 0;
  /** Bytes of the request at the front that are reserved. */
  reserved = 0;
  /** The request at the front was held against the limits already: milliseconds to wait; -1: not yet. */
  charged = -1;
  /** Look-ups made for the request at the front. */
  lookUps = 0;
  /** Takes back the wish for memory. */
  forgetWish: (() => void) | null = null;
  /** Of what the client is answered now: for the words of rejections. */
  api: Api | null = null;
  version = 0;
  clientId = '';

  constructor(host: SessionHost, who: Who, options: KafkaOptions, timeouts: KafkaTimeouts, backend: KafkaBackend) {
    this.host = host;
    this.out = host.out;
    this.options = options;
    this.timeouts = timeouts;
    this.backend = backend;
    this.principal = who.principal;
    this.access = who.access;
    this.limits = who.limits;
    this.setLimits(who.limits);
    this.now = host.now();
    this.born = this.now;
    this.maxRequest = who.limits.packetSize ?? Number.POSITIVE_INFINITY;
    this.pending = new PendingQueue(Math.min(options.maxInFlight, who.limits.inFlight ?? Number.POSITIVE_INFINITY));
  }

  setLimits(limits: EffectiveLimits): void {
    this.limits = limits;
    this.chargesAnswers = isLimited(limits, 'bytesOut');
    for (const kind of TRAFFIC)
      this.maxWait[kind] = onExceed(limits, kind) === 'throttle' ? Number.POSITIVE_INFINITY : 0;
  }

  /** The request at the front is looked at. */
  begin(api: Api | null, version: number, clientId: string | null): void {
    this.api = api;
    this.version = version;
    this.clientId = clientId ?? '';
  }

  /** @param counter index by COUNTER */
  count(counter: number, n: number): void {
    const { counters } = this.host;
    counters[counter] = (counters[counter] as number) + n;
  }

  hold(reason: number): void {
    this.holds |= reason;
    this.frameSince = 0;
    this.out.hold();
  }

  release(reason: number): void {
    if ((this.holds & reason) === 0) return;
    this.holds &= ~reason;
    if (this.holds === 0) this.out.resume();
  }

  /** The request at the front is done with. */
  frameDone(): void {
    this.charged = -1;
    this.lookUps = 0;
    this.frameSince = 0;
    this.freeMemory();
  }

  freeMemory(): void {
    this.forgetWish?.();
    this.forgetWish = null;
    if (this.reserved === 0) return;
    const size = this.reserved;
    this.reserved = 0;
    this.backend.memory.release(this.principal, size);
  }

  // === Context ===

  get topology() {
    return this.backend.topology;
  }

  advertised(node: number): { readonly host: string; readonly port: number } | undefined {
    return this.backend.advertised(node);
  }

  deny(decision: Decision, code: number): void {
    const { action, cause = 'denied', reason, resource, ruleId, role } = decision;
    this.reject(action, cause, reason, { resource, ruleId, role, sent: `${this.api?.name ?? ''} error ${code}` });
  }

  denyInShadow({ action, cause = 'denied', reason, resource, ruleId, role }: Decision): void {
    this.reject(action, cause, reason, { resource, ruleId, role, shadow: true });
  }

  reject(
    action: Action,
    cause: Cause,
    reason: string,
    facts: {
      readonly resource?: string;
      readonly ruleId?: string;
      readonly role?: string;
      readonly sent?: string;
      readonly shadow?: true;
    } = {},
  ): string {
    return this.host.reject({
      action,
      cause,
      reason,
      ...facts,
      ...(this.clientId === '' ? {} : { clientId: this.clientId }),
      ...(this.api === null ? {} : { protocolVersion: `${this.api.name} v${this.version}` }),
    });
  }
}
