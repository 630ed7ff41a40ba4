/** Runs cases over systems in interleaved repetitions. */
import type { Case, Figure, Ground, Sample, Subject } from './cases/case.ts';
import { SUBJECT } from './systems/headgate.ts';
import { RAW } from './systems/headgate-raw.ts';

/** The pseudo system without a proxy. */
export const DIRECT = 'direct';

export interface CaseResult {
  readonly case: Case;
  /** System -> one sample per repetition; undefined where that repetition failed. */
  readonly samples: ReadonlyMap<string, readonly (Sample | undefined)[]>;
  readonly failures: readonly string[];
}

type Say = (line: string) => void;

export async function runCase(ground: Ground, one: Case, subjects: readonly Subject[], say: Say): Promise<CaseResult> {
  const samples = new Map<string, (Sample | undefined)[]>();
  const failures: string[] = [];
  const fail = (name: string, error: unknown): void => {
    const words = `${one.name}, ${name}: ${error instanceof Error ? error.message : String(error)}`;
    failures.push(words);
    say(`  failed: ${words}`);
  };

  const measures = new Map<string, () => Promise<Sample>>();
  const direct = one.measureDirect;
  if (direct !== undefined) measures.set(DIRECT, () => direct(ground));
  for (const subject of subjects) {
    const { name } = subject.system;
    if ((name === RAW && one.raw !== true) || (one.own === true && name !== SUBJECT)) continue;
    try {
      await one.warmUp?.(ground, subject);
      measures.set(subject.system.name, () => one.measure(ground, subject));
    } catch (error) {
      fail(subject.system.name, error);
    }
  }

  const names = [...measures.keys()];
  for (const name of names) samples.set(name, []);
  const repetitions = one.repetitions(ground.plan);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const name of rotated(names, repetition)) {
      let sample: Sample | undefined;
      try {
        sample = await measures.get(name)?.();
      } catch (error) {
        fail(name, error);
      }
      samples.get(name)?.push(sample);
    }
  }
  return { case: one, samples, failures };
}

/** The order changes from repetition to repetition, so that no system always runs first. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const cut = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(cut), ...items.slice(0, cut)];
}

/** The values of one figure of one system, by repetition. */
export function series(result: CaseResult, system: string, figure: Figure): (number | undefined)[] {
  return (result.samples.get(system) ?? []).map((sample) => sample?.[figure.key]);
}
