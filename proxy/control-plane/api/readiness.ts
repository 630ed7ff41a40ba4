/** Facts from which readiness follows; see `missing` in probe.ts. */
export interface Readiness {
  readonly listeners: readonly { readonly name: string; readonly bound: boolean }[];
  readonly generation: number;
  /** Workers that should run, and those whose heartbeat is fresh. With `workers: 0` both are 1. */
  readonly workers: { readonly expected: number; readonly beating: number };
  /** True from the first SIGTERM on. */
  readonly draining: boolean;
  /** Reported only: a broker that is down does not make the gate unready. */
  readonly upstreams: readonly { readonly listener: string; readonly address: string; readonly up: boolean }[];
}
