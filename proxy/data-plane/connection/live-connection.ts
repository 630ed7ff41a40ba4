import type { StopReason } from '../../../adapters/seam.ts';
import type { Generation } from '../generation.ts';
import type { SessionFacts } from '../session-registry.ts';

/** Why a session would end, or ends. */
export interface EndReason {
  readonly reason: StopReason;
  /** For the operator. */
  readonly message: string;
}

/** A connection as its data plane handles it, from accept to close. */
export interface LiveConnection extends SessionFacts {
  /** It is ending: what was sent is flushed, nothing more is parsed. */
  readonly closing: boolean;
  /** About every 250 ms; `now` of the shared clock. */
  tick(now: number): void;
  /** Ends it when its certificates have expired, and renews what is known of their revocation. `now` in milliseconds since the epoch. */
  checkCertificate(now: number): void;
  stop(reason: StopReason, suppressWill: boolean, message: string): void;
  /** Why the session would end in another generation; null: it would go on. Nothing is done. */
  wouldEnd(generation: Generation): EndReason | null;
  /** Authorizes the session by the generation now in force. Returns false when it was ended. */
  reauthorize(): boolean;
  /** A fault of ours: recorded, and the connection ends. */
  fault(error: unknown): void;
  /** Ends it at once, wherever it stands. */
  destroy(): void;
}
