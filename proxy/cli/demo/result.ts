import type { DemoGate } from './gate.ts';
import type { Expectation } from './steps.ts';

/** One expectation that did not hold. */
export interface Mismatch {
  readonly of: string;
  readonly expected: string;
  readonly seen: string;
}

/** What became of a step, as the clients and the gate tell it. */
export interface Result {
  readonly step: Expectation;
  readonly saw: string;
  readonly by: string;
  /** Decision id; '' where there is none. */
  readonly id: string;
  readonly mismatches: readonly Mismatch[];
}

/** What the gate says of a step. */
export interface Verdict {
  readonly by: string;
  readonly id: string;
  /** '' where it was allowed. */
  readonly cause: string;
}

/** Holds what the client and the gate say against the step. */
export function judge({ cause, by, sees }: Expectation, saw: string, verdict: Verdict): Mismatch[] {
  const rows: [of: string, expected: string, seen: string][] = [
    ['what the client saw', sees, saw],
    ['the rule', by, verdict.by],
    ['the cause', cause ?? '', verdict.cause],
  ];
  return rows.filter(([, expected, seen]) => expected !== seen).map(([of, expected, seen]) => ({ of, expected, seen }));
}

/** The result of a step that could not be played to its end. */
export function broken(step: Expectation, saw: string, error: unknown): Result {
  const seen = error instanceof Error ? error.message : String(error);
  const mismatches = [{ of: 'the step', expected: `${step.sees}, by ${step.by}`, seen: `${saw}; ${seen}` }];
  return { step, saw, by: '-', id: '', mismatches };
}

/** The first of `count` rejections that the gate recorded since `mark`; equal ones may be folded into one record, or not. */
export async function rejectionOn(gate: DemoGate, listener: string, mark: number, count: number): Promise<Verdict> {
  const first = await gate.rejections.until('the rejection', mark, (events) => {
    const mine = events.filter((event) => event.listener === listener);
    return mine.reduce((sum, event) => sum + event.count, 0) >= count ? mine[0] : undefined;
  });
  return { by: first.ruleId ?? first.cause, id: first.id, cause: first.cause };
}
