/**
 * The seam between the relay (proxy/data-plane/relay/relay.ts), which owns sockets and buffers, and a session,
 * which owns the protocol state of one client connection. The same port serves MQTT and Kafka.
 * ARCHITECTURE.md has the contract as a table; test/proxy/data-plane/relay/ holds both sides to it.
 */
import type { Cause } from '../policies/causes.ts';
import type { Action, Permit } from '../policies/decision.ts';
import type { Rejection } from '../policies/event.ts';
import type { TrafficKey } from '../policies/limits/table.ts';

export type { Rejection } from '../policies/event.ts';

/** What a session may do. All calls are synchronous and must come from the session's own entry points. */
export interface Out {
  /** The relay does not read this client now (a slow broker, a hold): its silence is not its own. */
  readonly clientPaused: boolean;
  /**
   * Sends `[start, end)` of the buffer of the running `fromClient` / `fromBroker` call to the
   * other side: the sender's own bytes. Without a permit (<= 0) nothing is sent and the
   * connection ends as an internal error. `rest` > 0 says that the frame goes on for so many
   * bytes beyond `end`: injected bytes wait until they have passed.
   */
  forward(start: number, end: number, permit: Permit, rest?: number): void;
  /** Sends built bytes to the broker. The relay takes ownership of `bytes`. */
  toBroker(bytes: Uint8Array, permit: Permit): void;
  /** Sends built bytes to the client. The relay takes ownership of `bytes`. */
  toClient(bytes: Uint8Array): void;
  /** Stops reading this client until `resume`; what is behind the consumed bytes stays unparsed. Idempotent. */
  hold(): void;
  resume(): void;
  /** Stops reading the broker until `resumeBroker`; what was read already is still offered. Idempotent. */
  holdBroker(): void;
  resumeBroker(): void;
  /** Dials the broker; answered by `brokerReady` or `brokerFailed`. At most once. */
  dial(): void;
  /** Tells that the client will send no more: ends the upstream after what was forwarded. */
  endBroker(): void;
  /** Flushes what was sent to the client and the broker (at most 2 s), then ends both connections. Idempotent; nothing is parsed afterwards. */
  close(): void;
}

/** Limits that traffic draws from. */
export type LimitKind = TrafficKey;

/** The claim of an MQTT client id. */
export type Claim = 'granted' | 'other-identity' | 'connections' | 'table-full';

/** The count of a connection. */
export type Admittance = 'granted' | 'connections' | 'table-full';

/** Why the host ends a session. */
export type StopReason =
  | 'drain'
  | 'taken-over'
  | 'policy-changed'
  | 'revoked'
  | 'revocation-unknown'
  | 'expired'
  | 'session-killed'
  | 'internal-error';

/** Indices into the host's counters; names of the metrics are in proxy/control-plane/telemetry. */
export const COUNTER = {
  clientPackets: 0,
  clientBytes: 1,
  brokerPackets: 2,
  brokerBytes: 3,
  publishForwarded: 4,
  publishDelivered: 5,
  deliveriesDropped: 6,
  throttled: 7,
  throttledMs: 8,
} as const;
/** Number of counters in a block. */
export const COUNTERS = 9;

/**
 * What a session sees of its connection: the clock, the limits and client ids of its principal, and the way to the
 * records.
 */
export interface SessionHost {
  readonly out: Out;
  /** Of the client: behind a load balancer the one that its PROXY header names. */
  readonly peerAddress: string;
  /** Milliseconds of the shared clock (monotonic). Read once per batch. */
  now(): number;
  /** This listener's and identity's counters; index by `COUNTER`. */
  readonly counters: Float64Array;
  /**
   * Takes `n` tokens. 0: granted. > 0: granted and reserved, go on after so many milliseconds.
   * -1: refused, it would take longer than `maxWait` ms; nothing was taken.
   */
  take(kind: LimitKind, n: number, maxWait: number): number;
  /** The same for a token of `topics`, which only a topic draws that is new: `[start, end)` of `buf`. */
  takeTopic(buf: Uint8Array, start: number, end: number, maxWait: number): number;
  /** Registers the client id and counts the connection. Called once, before `dial`. */
  claim(clientId: string): Claim;
  /** Counts the connection where the protocol has no client ids of its own. Called once, before `dial`. */
  admit(): Admittance;
  /** Runs a piece of the session from a callback that is none of its entry points; nothing when the connection is over. */
  run(work: () => void): void;
  /** Records a rejection, or what would be one, and returns its decision id. */
  reject(rejection: Rejection): string;
  /** True for the share of forwards that are to be traced; cheap. */
  sampled(): boolean;
  /** Records a sampled forward. */
  trace(action: Action, resource: string, permit: Permit, bytes: number): void;
}

/**
 * The protocol state of one client connection, as the relay drives it. Entry points never throw for what a peer
 * sends.
 */
export interface Session {
  /**
   * Takes client bytes `[start, end)` and returns how far it consumed. The rest is offered
   * again, contiguous, when more has arrived. The buffer dies when the call returns.
   */
  fromClient(buf: Buffer, start: number, end: number): number;
  fromBroker(buf: Buffer, start: number, end: number): number;
  /** Size of the incomplete frame at the first unconsumed byte, once its header is known; else 0. Never above the session's own limit. */
  readonly clientFrame: number;
  readonly brokerFrame: number;
  brokerReady(): void;
  /** The dial failed, or the connection that stood failed with a cause of its own. */
  brokerFailed(cause: Cause, message: string): void;
  /** The client sent FIN, or its connection is gone (`clean` false). */
  clientEnded(clean: boolean): void;
  brokerEnded(clean: boolean): void;
  /** About every 250 ms: deadlines, keep-alive, resumption after a throttle. */
  tick(now: number): void;
  /** Ends the session in the protocol's own words, as far as it has any. */
  stop(reason: StopReason, suppressWill: boolean, message: string): void;
  /** Both sockets are gone, however that came: what is shared with other sessions is given back. */
  ended(): void;
}
