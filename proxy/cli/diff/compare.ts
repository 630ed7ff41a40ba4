/** Two configuration files, compared by what their policies decide. */
import { diffPolicies, type PolicyDiff } from '../../../policies/analysis/diff/diff-policies.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import type { PolicyFile } from '../policy-file.ts';
import { type Replay, type ReplaySide, replayDecisions } from './replay.ts';

/** The comparison of two configuration files. */
export interface DiffResult {
  readonly before: PolicyFile;
  readonly after: PolicyFile;
  readonly diff: PolicyDiff;
  /** Listeners differ in mode, accepted trust stores or topic levels; which decisions that changes is not examined. */
  readonly listeners: boolean;
  readonly replay?: Replay;
}

/** `decisions`: an audit file. @throws Error where it cannot be read */
export async function compareFiles(
  before: PolicyFile,
  after: PolicyFile,
  decisions: string | undefined,
): Promise<DiffResult> {
  const diff = diffPolicies(before.policy.policy, after.policy.policy);
  const listeners = JSON.stringify(before.policy.listeners) !== JSON.stringify(after.policy.listeners);
  const common = { before, after, diff, listeners };
  if (decisions === undefined) return common;
  return { ...common, replay: await replayDecisions(decisions, sideOf(before), sideOf(after)) };
}

/** Whether something is allowed that was not, or may be. */
export function widens({ diff, listeners }: DiffResult): boolean {
  return diff.widens || listeners;
}

/** Whether something is refused that was not, or may be. */
export function narrows({ diff, listeners }: DiffResult): boolean {
  return diff.narrows || listeners;
}

function sideOf({ policy: { policy: source, listeners } }: PolicyFile): ReplaySide {
  const maxTopicLevels = Math.max(1, ...listeners.flatMap((listener) => listener.maxTopicLevels ?? []));
  return { source, policy: compilePolicy(source, { version: '', maxTopicLevels }), maxTopicLevels };
}
