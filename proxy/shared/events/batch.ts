/** What travels from a data-plane worker to the main thread: plain data that survives structured clone. */
import type { Cause } from '../../../policies/causes.ts';
import type { Action, Protocol } from '../../../policies/decision.ts';
import type { ClientFacts, Rejection, RejectionEvent } from '../../../policies/event.ts';
import type { TlsOffer } from '../../../policies/tls/offer.ts';
/** A rejection before the recorder has it. Client strings are still raw. */
export type RejectionDraft = Rejection & ClientFacts & Pick<RejectionEvent, 'generation'>;

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

/** A sampled forward before the recorder has it. Client strings are still raw. */
export type ForwardSampleDraft = Omit<ForwardSample, 'time'>;

/** Rejections that were counted but not kept, by cause. */
export type DroppedByCause = Partial<Record<Cause, number>>;

/** What a worker recorded between two batches; bounded by the recorder. */
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

/** Handshakes of one client on one listener. */
export interface ClientAgreements {
  readonly listener: string;
  readonly identity: string;
  readonly principal: string;
  readonly hybrid: number;
  /** What `pq: require` would refuse. */
  readonly classic: number;
  /** Of the last handshake. */
  readonly last: AgreementKind;
  /** When that was: RFC 3339, UTC. */
  readonly time: string;
  /** What the client offered in a classic handshake of late; absent: none was. */
  readonly offered?: TlsOffer;
}

/** Whether a handshake agreed on its key with a post-quantum part. */
export type AgreementKind = 'hybrid' | 'classic';
