/** Findings with their positions in the file, without those that a comment silences. */
import { LINTS, type LintId } from '../../../policies/analysis/lint/catalogue.ts';
import { lintPolicy } from '../../../policies/analysis/lint/lint-policy.ts';
import { type Path, type Problem, parsePath, pathText } from '../../control-plane/config/problem.ts';
import type { Source } from '../../control-plane/config/source.ts';
import type { PolicyFile } from '../policy-file.ts';
import { readSilencers } from './silencers.ts';

export interface PlacedFinding extends Problem {
  readonly lint: LintId;
}

export interface SilencedFinding extends PlacedFinding {
  readonly reason: string;
}

/** The findings of one file. */
export interface LintResult {
  /** In the order of the file. */
  readonly findings: readonly PlacedFinding[];
  readonly silenced: readonly SilencedFinding[];
}

/** Runs every lint on a policy, and applies the comments that silence findings. */
export function lintFile({ source, locator, policy }: PolicyFile): LintResult {
  const all = lintPolicy(policy).map(({ lint, path, about, message }) => {
    const steps = parsePath(path);
    return placed(source, lint, steps, locator.locate(steps, about), message);
  });
  const { good, bad } = readSilencers(source, Object.keys(LINTS));
  const used = new Set<object>();
  const findings: PlacedFinding[] = [];
  const silenced: SilencedFinding[] = [];
  for (const one of all) {
    const silencer = good.find(({ line, lint }) => line === one.line && lint === one.lint);
    if (silencer === undefined) findings.push(one);
    else {
      used.add(silencer);
      silenced.push({ ...one, reason: silencer.reason });
    }
  }
  for (const { offset, message } of bad) findings.push(placed(source, 'bad-silencer', [], offset, message));
  for (const silencer of good) {
    if (used.has(silencer)) continue;
    const message = `line ${silencer.line} has no finding ${silencer.lint}`;
    findings.push(placed(source, 'unused-silencer', [], silencer.offset, message));
  }
  return { findings: findings.sort(byPlace), silenced: silenced.sort(byPlace) };
}

function placed(source: Source, lint: LintId, path: Path, offset: number, message: string): PlacedFinding {
  const at = source.position(offset);
  const excerpt = source.excerpt(at.line);
  const found = { file: source.file, ...at, path: pathText(path), lint, message, fix: LINTS[lint].fix };
  return { ...found, severity: 'warning', ...(excerpt === undefined ? {} : { excerpt }) };
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
