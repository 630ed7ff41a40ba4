/** A configuration file, read, checked and resolved; or every problem it has, at once. */
import { resolve } from 'node:path';
import { limitsStated } from '../../../policies/limits/blocks.ts';
import { checkGroups, checkLimits } from '../../../policies/limits/check-limits.ts';
import { groupOf } from '../../../policies/limits/scope.ts';
import { checkPolicy } from '../../../policies/policy.ts';
import type { Problem as PolicyProblem } from '../../../policies/problem.ts';
import type { PolicySource } from '../../../policies/source.ts';
import { type Draft, partialDraft, wholeDraft } from './draft.ts';
import { explainIssues } from './explain.ts';
import { contentHash, decodeUtf8, FileReader, isLoose, MAX_CONFIGURATION, readRegular } from './files.ts';
import { keyTree } from './keys.ts';
import { checkMaterial } from './material.ts';
import type { GateConfig } from './model.ts';
import { type Problem, parsePath, Report } from './problem.ts';
import { configProtocolOf } from './protocols/table.ts';
import { checkReferences } from './references.ts';
import { policySource, resolveConfig } from './resolve.ts';
import { configuration } from './schema.ts';
import { Source } from './source.ts';
import { substituteAll } from './substitute.ts';
import { readTree } from './tree.ts';

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch, for the validity of certificates. Default: now. */
  readonly now?: number;
  /** What `workers: auto` means. Default: the cores of this machine. */
  readonly cores?: number;
}

interface Read {
  /** Absolute names of everything that was read or looked for, the configuration first. */
  readonly files: readonly string[];
  /** `contentHash` of `files`, over the very bytes that were checked. */
  readonly hash: string;
}

/** A configuration that can be run, or all its problems. */
export type LoadResult =
  | (Read & {
      readonly ok: true;
      readonly config: GateConfig;
      readonly warnings: readonly Problem[];
    })
  | (Read & {
      readonly ok: false;
      /** Errors and warnings, in the order of the file. */
      readonly problems: readonly Problem[];
    });

/** The tree of all keys. */
export const CONFIGURATION_KEYS = keyTree(configuration);

/** Never throws for anything that is wrong with the files. */
export function loadConfig(name: string, options: LoadOptions): LoadResult {
  const file = resolve(name);
  const read = readRegular(file, MAX_CONFIGURATION);
  const text = read.ok ? decodeUtf8(read.bytes) : undefined;
  // A byte order mark is no part of the first column that an editor shows.
  const source = new Source(name, text?.replace(/^\ufeff/, '') ?? '');
  const report = new Report(source);
  const files = new FileReader(file);
  let config: GateConfig | undefined;
  if (!read.ok) report.error([], `the file ${read.message}`);
  else if (text === undefined) report.error([], 'the file is not UTF-8 text', 'save it as UTF-8');
  else config = readText(source, file, files, report, { ...options, loose: isLoose(read.mode) });

  const contents = files.contents;
  if (read.ok) contents.set(file, read.bytes);
  const names = [file, ...files.names];
  const seen = { files: names, hash: contentHash(names, contents) };
  const problems = report.all();
  if (config === undefined) return { ok: false, problems, ...seen };
  return { ok: true, config, warnings: problems, ...seen };
}

function readText(
  source: Source,
  file: string,
  files: FileReader,
  report: Report,
  options: LoadOptions & { readonly loose: boolean },
): GateConfig | undefined {
  const control = findControl(source.text);
  if (control !== -1) {
    report.errorAt(
      control,
      [],
      'the file holds a control character',
      'remove it; in double quotes it may be written as an escape',
    );
    return undefined;
  }
  const tree = readTree(source, CONFIGURATION_KEYS, report);
  if (tree === undefined) return undefined;
  report.locator = tree;
  const written = tree.value;
  files.strict = strictPermissions(written);
  const value = substituteAll(written, CONFIGURATION_KEYS, { env: options.env, files, report });
  if (options.loose && tree.plainSecret !== undefined) {
    const mean = files.strict ? 'error' : 'warning';
    report[mean](
      tree.plainSecret,
      'a secret stands in plain text in a file that other users can read',
      `chmod 600 ${file}, or write "\${file:PATH}" or "\${env:NAME}"`,
    );
  }
  const parsed = configuration.safeParse(value);
  if (!parsed.success) explainIssues(parsed.error.issues, value, CONFIGURATION_KEYS, report);
  const draft = parsed.success ? wholeDraft(parsed.data) : partialDraft(value);
  checkReferences(draft, files, report);
  checkMaterial(draft, { files, report, now: options.now ?? Date.now() });
  checkRules(draft, report);
  if (!parsed.success || report.failed) return undefined;
  return resolveConfig(parsed.data, file, files, options.cores);
}

/** The policy's own checks, over what has the right shape. */
function checkRules(draft: Draft, report: Report): void {
  const indexes: number[] = [];
  const identities = draft.identities.filter((identity, i) => identity !== undefined && indexes.push(i) > 0);
  // A role of a wrong shape is there all the same: who refers to it is not wrong as well.
  const roles = Object.fromEntries([...draft.roles].map(([name, role]) => [name, role ?? {}]));
  const source = policySource({ identities, roles, limits: draft.limits } as Parameters<typeof policySource>[0]);
  for (const { path: text, message } of [...checkPolicy(source), ...checkListenerLimits(draft, source)]) {
    const path = [...parsePath(text)];
    // Identities of a wrong shape were left out: count in the file, not in what was left.
    if (path[0] === 'identities' && typeof path[1] === 'number') path[1] = indexes[path[1]] ?? path[1];
    if (!report.isWrong(path)) report.error(path, message);
  }
}

/** Limits of listeners, which the policy does not hold: alone, and together with those of each identity. */
function checkListenerLimits({ listeners }: Draft, source: PolicySource): PolicyProblem[] {
  return listeners.flatMap((listener, i) => {
    const limits = listener?.limits;
    if (listener === undefined || limits === undefined) return [];
    const path = `listeners[${i}].limits`;
    const problems = checkLimits(limits, path, configProtocolOf(listener).quotas);
    if (groupOf(limits) === undefined) return problems;
    const together = source.identities.flatMap(({ name }, k) => {
      const stated = limitsStated(source, k);
      return checkGroups([...stated, limits], `${path}.scope`, `a client of ${name}`);
    });
    return [...problems, ...together.slice(0, 1)];
  });
}

function strictPermissions(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'strictPermissions' in value && value.strictPermissions === 'refuse'
  );
}

/** Offset of the first control character that YAML text cannot hold (YAML 1.2, 5.1), or -1. */
function findControl(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
}
