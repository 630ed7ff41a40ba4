/** What travels from a data-plane worker to the main thread: plain data that survives structured clone. */
import type { Cause } from '../../../policies/causes.ts';
import type { Action, Protocol } from '../../../policies/decision.ts';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { ClientAgreements } from './key-agreements.ts';

/** A rejection as the worker knows it; the recorder adds the rest. Client strings are still raw. */
export type RejectionDraft = Omit<RejectionEvent, 'kind' | 'time' | 'id' | 'count'>;

/** One forward out of the sampled share. */
export interface ForwardSample {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly listener: string;
  readonly protocol: Protocol;
  readonly identity: string;
  readonly principal: string;
  readonly action: Action;
  readonly resource: string;
  readonly ruleId: string;
  readonly bytes: number;
}

export type ForwardSampleDraft = Omit<ForwardSample, 'time'>;

/** Rejections that were counted but not kept, by cause. */
export type DroppedByCause = Partial<Record<Cause, number>>;

export interface EventBatch {
  readonly events: readonly RejectionEvent[];
  readonly samples: readonly ForwardSample[];
  /** Since the previous batch. */
  readonly dropped: DroppedByCause;
  readonly droppedSamples: number;
  /** Handshakes on listeners with `pq: report`, folded by client. */
  readonly agreements: readonly ClientAgreements[];
  /** Such handshakes that found no room. */
  readonly lostAgreements: number;
}
