/** What zod says, in words for the person who wrote the file. No value is quoted: it may be a secret. */
import type * as z from 'zod';
import { type KeyNode, keyAt } from './keys.ts';
import { type Path, type PathStep, quote, type Report } from './problem.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Words = readonly [message: string, fix?: string | undefined];

/** Reports every issue of a parse of `value`. */
export function explainIssues(issues: readonly Issue[], value: unknown, keys: KeyNode, report: Report): void {
  for (const issue of issues) explain(issue, value, keys, report);
}

function explain(issue: Issue, root: unknown, keys: KeyNode, report: Report): void {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  // A problem of the value itself (a reference that could not be fetched) was told already.
  if (report.isWrong(path)) return;
  const key = keyAt(keys, path);
  const found = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys) unknownKey(name, path, root, keyAt(keys, path), report);
    return;
  }
  if (found === undefined && path.length > 0) {
    missing(path, key, report);
    return;
  }
  const better = betterIssues(issue, key, found);
  if (better !== undefined) {
    for (const one of better) explain({ ...one, path: [...issue.path, ...one.path] }, root, keys, report);
    return;
  }
  const [message, fix] = messageOf(issue, key, found);
  report.error(path, message, fix, issue.code === 'invalid_key' ? 'key' : 'value');
}

/** Of a value that may be written alone or as a section: what is wrong with the way that was chosen. */
function betterIssues(issue: Issue, key: KeyNode | undefined, found: unknown): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union' || key === undefined || key.children.size === 0) return undefined;
  const full = typeof found === 'object' && found !== null && !Array.isArray(found);
  return issue.errors[full ? 1 : 0];
}

function messageOf(issue: Issue, key: KeyNode | undefined, found: unknown): Words {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(issue.expected, key, found);
    case 'invalid_value':
      return choose(issue.values.map(String), found);
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options)) return choose(issue.options.map(String), found);
      return [issue.message];
    case 'invalid_key':
      return [issue.issues[0]?.message ?? 'is no name'];
    case 'too_small':
    case 'too_big':
      return [sizeWords(issue)];
    case 'custom': {
      const fix = issue.params?.['fix'];
      return typeof fix === 'string' ? [issue.message, fix] : [issue.message];
    }
    default:
      return [issue.message];
  }
}

function wrongKind(expected: string, key: KeyNode | undefined, found: unknown): Words {
  if (found === null) return ['has no value', key?.facts.type === undefined ? undefined : `write ${key.facts.type}`];
  const wanted = kindWords(expected, key);
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) {
    const unit = /^a (?:duration|size|rate)/.test(key?.facts.type ?? '');
    return [`must be ${wanted}, not ${kindOf(found)}`, unit ? 'add the unit' : 'put the value in quotes'];
  }
  const fix =
    expected === 'array' && !Array.isArray(found) && typeof found !== 'object'
      ? 'put the value in brackets: [ … ]'
      : undefined;
  return [`must be ${wanted}, not ${kindOf(found)}`, fix];
}

function kindWords(expected: string, key: KeyNode | undefined): string {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a group of keys';
    case 'array':
      return 'a list';
    default:
      return (
        key?.facts.type ??
        ({ string: 'text', int: 'a whole number', number: 'a number', boolean: 'true or false' }[expected] || expected)
      );
  }
}

function kindOf(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  switch (typeof found) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'a group of keys';
  }
}

function choose(options: readonly string[], found: unknown): Words {
  const near = typeof found === 'string' ? nearest(found, options) : undefined;
  const message = options.length === 1 ? `must be ${options[0]}` : `must be one of ${options.join(', ')}`;
  return near === undefined ? [message] : [message, `did you mean ${near}?`];
}

function sizeWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  const most = small ? 'at least' : 'at most';
  switch (issue.origin) {
    case 'string':
      if (small && bound === 1) return 'must not be empty';
      return issue.message.startsWith('Too ') ? `must have ${most} ${bound} characters` : issue.message;
    case 'array':
      return small && bound === 1 ? 'the list must not be empty' : `the list must have ${most} ${bound} elements`;
    default:
      return `must be ${most} ${bound}`;
  }
}

function missing(path: Path, key: KeyNode | undefined, report: Report): void {
  const name = String(path.at(-1));
  const type = key?.facts.type === undefined ? '' : ` (${key.facts.type})`;
  report.error(
    path,
    `the key "${name}" is missing`,
    `add "${name}"${type}: ${key?.facts.description ?? ''}`.trim(),
    'key',
  );
}

function unknownKey(name: string, path: Path, root: unknown, section: KeyNode | undefined, report: Report): void {
  const known = knownKeys(section, protocolOf(root, path));
  const near =
    nearest(
      name,
      known.filter((key) => !hasOwn(valueAt(root, path), key)),
    ) ?? nearest(name, known);
  const elsewhere = section?.children.get(name)?.only;
  let fix = `known here: ${known.join(', ')}`;
  if (elsewhere !== undefined) fix = `it belongs to a listener with "protocol: ${elsewhere}"; ${fix}`;
  else if (near !== undefined) fix = `did you mean "${near}"?`;
  report.error([...path, name], `the key ${quote(name)} is not known`, fix, 'key');
}

function knownKeys(section: KeyNode | undefined, protocol: string | undefined): string[] {
  const nodes = [...(section?.children ?? [])];
  return nodes
    .filter(([, { only }]) => only === undefined || protocol === undefined || only === protocol)
    .map(([key]) => key);
}

function protocolOf(root: unknown, path: Path): string | undefined {
  if (path[0] !== 'listeners') return undefined;
  const protocol = valueAt(root, [...path.slice(0, 2), 'protocol']);
  return typeof protocol === 'string' ? protocol : undefined;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    // A list may be written as its only element.
    if (typeof step === 'number' && step === 0 && isScalar(value)) return value;
    if (!hasOwn(value, step)) return undefined;
    value = (value as Record<PathStep, unknown>)[step];
  }
  return value;
}

function isScalar(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

function hasOwn(value: unknown, step: PathStep): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step);
}
