import type { DemoGate } from './gate.ts';
import type { Expectation } from './steps.ts';

/** One expectation that did not hold. */
export interface Mismatch {
  readonly of: string;
  readonly expected: string;
  readonly seen: string;
}

/** The result of a step, as the client and the gate report it. */
export interface Result {
  readonly step: Expectation;
  readonly observed: string;
  readonly by: string;
  /** Decision id; '' where there is none. */
  readonly id: string;
  readonly mismatches: readonly Mismatch[];
}

/** The gate's decision on a step. */
export interface Verdict {
  readonly by: string;
  readonly id: string;
  /** '' where it was allowed. */
  readonly cause: string;
}

/** Compares what the client observed and the gate decided with what the step expects. */
export function mismatchesOf({ cause, by, sees }: Expectation, observed: string, verdict: Verdict): Mismatch[] {
  const rows: [of: string, expected: string, seen: string][] = [
    ['what the client observed', sees, observed],
    ['the rule', by, verdict.by],
    ['the cause', cause ?? '', verdict.cause],
  ];
  return rows.filter(([, expected, seen]) => expected !== seen).map(([of, expected, seen]) => ({ of, expected, seen }));
}

/** The result of a step that could not be completed. */
export function failedResult(step: Expectation, observed: string, error: unknown): Result {
  const seen = error instanceof Error ? error.message : String(error);
  const mismatches = [{ of: 'the step', expected: `${step.sees}, by ${step.by}`, seen: `${observed}; ${seen}` }];
  return { step, observed, by: '-', id: '', mismatches };
}

/** The first of `count` rejections that the gate recorded since `mark`; equal ones may be folded into one record, or not. */
export async function rejectionOn(gate: DemoGate, listener: string, mark: number, count: number): Promise<Verdict> {
  const first = await gate.rejections.until('the rejection', mark, (events) => {
    const mine = events.filter((event) => event.listener === listener);
    return mine.reduce((sum, event) => sum + event.count, 0) >= count ? mine[0] : undefined;
  });
  return { by: first.ruleId ?? first.cause, id: first.id, cause: first.cause };
}
