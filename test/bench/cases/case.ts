import type { Helper } from '../control.ts';
import type { Endpoint, GeneratorApi } from '../load/generator-api.ts';
import type { SinkApi } from '../load/sink-api.ts';
import type { Plan } from '../plan.ts';
import type { Protocol } from '../protocol.ts';
import type { RunningSystem, Site, System } from '../systems/system.ts';

/** What a case works with. */
export interface Ground {
  readonly plan: Plan;
  readonly site: Site;
  readonly sink: Helper<SinkApi>;
  readonly generator: Helper<GeneratorApi>;
}

/** One figure of a case, e.g. MB per CPU-second. */
export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

/** One measurement: figure key -> value. */
export type Sample = Readonly<Record<string, number>>;

export interface Subject {
  readonly system: System;
  /** Started once for all cases of a protocol. */
  readonly running: RunningSystem;
}

export interface Case {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** What its clients speak; absent: mqtt. */
  readonly protocol?: Protocol;
  /** Part of `--quick`. */
  readonly quick: boolean;
  /** Measured with headgate's scan-less session too: the price of looking at packets. */
  readonly raw?: boolean;
  /** Measured with headgate alone: no other system has what it measures. */
  readonly own?: boolean;
  /** Measured without a proxy too, as the system `direct`. */
  readonly direct?: boolean;
  repetitions(plan: Plan): number;
  /** Before the first repetition, once per system. */
  warmUp?(ground: Ground, subject: Subject): Promise<void>;
  measure(ground: Ground, subject: Subject): Promise<Sample>;
  measureDirect?(ground: Ground): Promise<Sample>;
}

/** The proxied endpoint, with the client's certificate. */
export function endpointOf(ground: Ground, port: number): Endpoint {
  const { ca, cert, key } = ground.site.material;
  return { port, tls: { ca, cert, key } };
}

/** Runs `work`; whatever happens, no connection stays open. */
export async function withConnections<T>(ground: Ground, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await ground.generator.call('close', null);
  }
}
