import type { Protocol } from '../../../policies/decision.ts';
import type { ReadEndpoint, WriteEndpoint } from './endpoint.ts';

/** By what a generation is known. */
export interface GenerationName {
  /** Counts up from 1 in every process; 0 before the first was loaded. */
  readonly id: number;
  /** Content hash of everything that it was made of. */
  readonly hash: string;
  /** When it came into force: RFC 3339, UTC. */
  readonly loadedAt: string;
}

/** The generation in force. */
export interface GenerationInfo extends GenerationName {
  /** `rollback`: it came back by one, and the files on disk say something else. */
  readonly source: 'files' | 'rollback';
  /** What a rollback goes back to; absent: there is none. */
  readonly before?: GenerationName;
  /** Milliseconds from putting it in force to the last live session reauthorized under it. */
  readonly enforcedMs: number;
  /** Milliseconds from the call that asked for it, reading the files included, to the last live session reauthorized under it. */
  readonly activatedMs: number;
  readonly listeners: readonly ListenerInfo[];
  readonly identities: readonly string[];
  readonly lastReload?: ReloadResult;
}

export interface ListenerInfo {
  readonly name: string;
  readonly protocol: Protocol;
  /** `address:port` as bound. */
  readonly addresses: readonly string[];
  /** Ports that stand for single Kafka brokers, on all addresses; absent where there are none. */
  readonly brokerPorts?: number;
}

/** Outcome of a reload or a rollback. */
export interface ReloadResult {
  readonly ok: boolean;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The generation in force afterwards. */
  readonly generation: number;
  /** False when everything was as before and nothing was swapped. */
  readonly changed: boolean;
  /** Why the new one was not taken; one sentence each, no secrets. Empty when ok. */
  readonly errors: readonly string[];
}

/** The generation in force. */
export const POLICY: ReadEndpoint<GenerationInfo> = { method: 'GET', path: '/api/policy', query: [] };

/** Restores the settings that were in force before. */
export const ROLLBACK: WriteEndpoint<{ readonly rollback: ReloadResult }, Readonly<Record<string, never>>> = {
  method: 'POST',
  path: '/api/rollback',
};
