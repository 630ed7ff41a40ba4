import type { Asked } from '../../../adapters/kafka/topology.ts';
import type { FailureKind } from './failure.ts';

/** Told what becomes of the control connection. */
export interface ClusterObserver {
  /** The cluster was reached, or (after each round) no broker of it could be. */
  state(up: boolean, message: string): void;
  /** A connection, or an attempt at one, failed. */
  failed(kind: FailureKind, message: string): void;
  /** A Metadata answer was taken in. */
  answered(asked: Asked): void;
  /** A fault of ours. */
  fault(error: unknown): void;
}
