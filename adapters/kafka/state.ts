import type { Cause } from '../../policies/causes.ts';
import type { Action, Decision } from '../../policies/decision.ts';
import { isLimited } from '../../policies/limits/effective.ts';
import type { EffectiveLimits, KafkaAccess } from '../../policies/types.ts';
import { type MaxWaits, noWaits, setMaxWaits } from '../max-waits.ts';
import type { Out, SessionHost } from '../seam.ts';
import type { KafkaBackend } from './backend.ts';
import type { Api } from './codec/schema.ts';
import type { Context, VersionRange } from './handler.ts';
import { offeredVersions } from './offered-apis.ts';
import type { KafkaOptions, KafkaTimeouts } from './options.ts';
import { PendingQueue } from './pending.ts';

/**
 * Where a session stands. Phases only ever grow:
 *
 *     fresh --first request, counted--> dialling --broker is there--> open --client is gone--> leaving
 *       |                                  |                            |                         |
 *       +----------------------------------+----------------------------+-------------------------+--> closed
 *         refused, too late, stopped         dial failed                  fault of either side      broker is gone
 *
 * In `leaving` nothing more is read of the client; what the broker still sends passes.
 */
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

/**
 * Why the client is not read: bits, each set and released on its own. The client is read again when
 * none is left, and then the request at the front is looked at anew.
 *
 *     dial       first request                            until the broker is there
 *     throttle   over a limit, or what it received is     until `resumeAt`
 *     lookUp     a topic id or the list of topics         until the cluster was asked, or could not be
 *     inFlight   as many requests pending as allowed      until a response has left
 *     memory     no room for a large request              until the room is reserved
 */
export const HOLD = { dial: 1, throttle: 2, lookUp: 4, inFlight: 8, memory: 16 } as const;

/** The client of a session: its rights, name and limits. */
export interface KafkaClient {
  readonly access: KafkaAccess;
  readonly principal: string;
  readonly limits: EffectiveLimits;
}

/**
 * What one client connection is at the moment; the files beside this one change it: requests.ts takes
 * what the client sends, settle.ts carries out what a handler decides, responses.ts takes what the
 * broker sends, limits.ts charges both, deadlines.ts and close.ts end the session. For handlers it is
 * their `Context`.
 */
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
  readonly maxWait: MaxWaits = noWaits();
  /** Responses are held against a limit. */
  chargesResponses = false;

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
  /** Ends the wait for memory. */
  cancelMemoryWait: (() => void) | null = null;
  /** Of what the client is answered now: for what rejections say. */
  api: Api | null = null;
  version = 0;
  clientId = '';

  constructor(
    host: SessionHost,
    client: KafkaClient,
    options: KafkaOptions,
    timeouts: KafkaTimeouts,
    backend: KafkaBackend,
  ) {
    this.host = host;
    this.out = host.out;
    this.options = options;
    this.timeouts = timeouts;
    this.backend = backend;
    this.principal = client.principal;
    this.access = client.access;
    this.limits = client.limits;
    this.setLimits(client.limits);
    this.now = host.now();
    this.born = this.now;
    this.maxRequest = client.limits.packetSize ?? Number.POSITIVE_INFINITY;
    this.pending = new PendingQueue(Math.min(options.maxInFlight, client.limits.inFlight ?? Number.POSITIVE_INFINITY));
  }

  setLimits(limits: EffectiveLimits): void {
    this.limits = limits;
    this.chargesResponses = isLimited(limits, 'bytesOut');
    setMaxWaits(this.maxWait, limits, Number.POSITIVE_INFINITY);
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
    this.cancelMemoryWait?.();
    this.cancelMemoryWait = null;
    if (this.reserved === 0) return;
    const size = this.reserved;
    this.reserved = 0;
    this.backend.memory.release(this.principal, size);
  }

  // === Context ===

  get topology() {
    return this.backend.topology;
  }

  get offered(): ReadonlyMap<number, VersionRange> {
    return offeredVersions(this.options);
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
