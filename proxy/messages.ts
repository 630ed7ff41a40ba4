/** What the control plane and a data plane send each other. Plain data; the same over a thread's port and within one thread. */

import type { MessagePort } from 'node:worker_threads';
import type { StopReason } from '../adapters/seam.ts';
import type { EventBatch } from './shared/events/batch.ts';
import type { HostPort, ListenerPlan } from './shared/listener-plan.ts';
import type { SeriesInfo } from './shared/tables/index.ts';
import type { StaplesByCertificate } from './shared/tls/staple.ts';
import type { RevocationQuery, RevocationResponse } from './shared/trust/revocation-query.ts';

/** An address to listen on. `key` names it for as long as the process lives. */
export interface Bind {
  readonly key: string;
  readonly listener: string;
  readonly address: HostPort;
  /** Id of the Kafka broker that clients reach here; absent: any broker of the listener. */
  readonly node?: number;
}

/** A bound address: what the operating system answered. */
export interface Bound {
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/** One deny list as plain data; `name` says where it is from. */
export interface WrittenDenyList {
  readonly name: string;
  readonly entries: readonly unknown[];
}

/** What is revoked and denied. */
export interface RevocationPart {
  /** See policies/revocation/build-index.ts. */
  readonly index: SharedArrayBuffer;
  /** Deny lists as written: compiled where they are used. */
  readonly deny: readonly WrittenDenyList[];
}

/**
 * One generation as it travels. Every part carries a version (content hash); a part that the
 * data plane already has is not sent again.
 */
export interface GenerationMessage {
  readonly id: number;
  readonly binds: readonly Bind[];
  readonly policy: Versioned<SharedArrayBuffer>;
  readonly revocation: Versioned<RevocationPart>;
  readonly listeners: readonly Versioned<ListenerPlan>[];
  readonly maxConnections: number;
  /** Share of forwards to trace, 0 to 1. */
  readonly sampling: number;
}

/** A part of a generation, named by the hash of its content. */
export interface Versioned<T> {
  readonly version: string;
  /** Absent: the receiver has this version. */
  readonly value?: T;
}

/** Which sessions are ended: every given condition must hold. */
export interface SessionSelector {
  readonly listener?: string;
  readonly principal?: string;
  readonly identity?: string;
  readonly serial?: string;
  readonly store?: string;
  /** Session number; with it nothing else is needed. */
  readonly session?: number;
}

/** Live sessions that a generation would end for the same reason. */
export interface WouldEnd {
  readonly listener: string;
  readonly identity: string;
  readonly reason: StopReason;
  readonly count: number;
  /** Some of them, each with the reason in full. */
  readonly examples: readonly { readonly principal: string; readonly words: string }[];
}

/** What would become of live sessions under a generation that is not in force. */
export interface Forecast {
  /** Live sessions that were examined. */
  readonly sessions: number;
  readonly ends: readonly WouldEnd[];
}

/** What the control plane asks of a data plane. */
export type ToPlane =
  | { readonly type: 'prepare'; readonly generation: GenerationMessage }
  | { readonly type: 'commit'; readonly id: number }
  | { readonly type: 'drop'; readonly id: number }
  /** Asks for a forecast of a generation that was prepared. */
  | { readonly type: 'forecast'; readonly id: number }
  /** All live sessions are to be reauthorized by the generation in force: something that it relies on has expired. */
  | { readonly type: 'reauthorize' }
  | { readonly type: 'accept'; readonly port: MessagePort }
  | { readonly type: 'events-taken' }
  | {
      readonly type: 'kill';
      readonly selector: SessionSelector;
      readonly reason: StopReason;
      readonly suppressWill: boolean;
      readonly message: string;
    }
  /** Always follows a `revocation-query` with this id. */
  | { readonly type: 'revocation-response'; readonly id: number; readonly response: RevocationResponse }
  /** All that is to be stapled from now on. */
  | { readonly type: 'staples'; readonly staples: StaplesByCertificate }
  | { readonly type: 'drain'; readonly deadline: number; readonly suppressWills: boolean }
  /** Test hook: a fault that a test cannot cause from outside. Ignored unless the plane was started with hooks. */
  | { readonly type: 'test-hook'; readonly hook: 'loop' | 'throw' | 'exit' };

/** What a data plane reports to the control plane. */
export type FromPlane =
  | { readonly type: 'ready' }
  | { readonly type: 'prepared'; readonly id: number; readonly bound: readonly Bound[] }
  | { readonly type: 'prepare-failed'; readonly id: number; readonly problem: string }
  /** `final`: there was no generation before, so there are no sessions to reauthorize. */
  | { readonly type: 'committed'; readonly id: number; readonly final: boolean }
  | {
      readonly type: 'reauthorized';
      readonly id: number;
      readonly judged: number;
      readonly ended: number;
      readonly ms: number;
    }
  | { readonly type: 'forecast'; readonly id: number; readonly forecast: Forecast }
  | { readonly type: 'events'; readonly batch: EventBatch }
  | { readonly type: 'series'; readonly series: SeriesInfo }
  | { readonly type: 'upstream'; readonly listener: string; readonly up: boolean; readonly message: string }
  | { readonly type: 'taken-over'; readonly worker: number; readonly session: number }
  | { readonly type: 'revocation-query'; readonly id: number; readonly query: RevocationQuery }
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'drained' };

/** A port as both ends use it. */
export interface Port<In, Out> {
  post(message: Out): void;
  onMessage(handler: (message: In) => void): void;
}
