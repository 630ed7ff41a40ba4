import type { FrameMemory } from './frame-memory.ts';
import type { Topology } from './topology.ts';

/** What a Kafka session knows of what stands behind it and beside it. */
export interface KafkaBackend {
  readonly topology: Topology;
  /** The bytes of frames under way, of all sessions of the worker. */
  readonly memory: FrameMemory;
  /**
   * Looks topic ids up. `done` runs exactly once, never within the call: when the cluster has
   * answered, when it could not be asked, or after a deadline. What `topology` knows then is all
   * that can be known now.
   */
  resolveTopics(ids: readonly string[], done: () => void): void;
  /** Renews `topology.topics`; `done` as above. */
  describeAll(done: () => void): void;
  /** The address by which clients reach broker `node`; undefined: there is none, and the node is left out. */
  advertised(node: number): { readonly host: string; readonly port: number } | undefined;
  /** The session is over. Idempotent. */
  release(): void;
}
