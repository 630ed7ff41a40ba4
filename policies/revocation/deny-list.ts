import type { Problem } from '../problem.ts';
import type { CertificateFacts } from '../types.ts';
import { comparableSerial, type DenyEntry, type DenyTarget, readDenyEntry, type SubjectRule } from './deny-entry.ts';
import { comparable } from './distinguished-name.ts';

const MAX_ENTRIES = 100_000;
/** Entries with a subject, each of which is held against every certificate. */
const MAX_SUBJECTS = 1000;
const MAX_PROBLEMS = 100;

/** A certificate as a deny list looks at it. Hashes are SHA-256 in lower-case hexadecimal. */
export interface DenyFacts {
  readonly certificate: Pick<CertificateFacts, 'serial' | 'subject' | 'issuer'>;
  readonly sha256: string;
  /** Of its SubjectPublicKeyInfo. */
  readonly spki: string;
  /** Of its issuer's certificate and of that one's SubjectPublicKeyInfo. */
  readonly issuer: readonly string[];
  /** Undefined while it is not known, and for certificates of authorities. */
  readonly principal: string | undefined;
}

/** The list is faulty; `problems` has what is wrong, a hundred at most. */
export class DenyListError extends Error {
  override readonly name = 'DenyListError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** Who is denied whatever else holds. */
export interface DenyList {
  readonly entries: readonly DenyEntry[];
  /** The entry that denies this certificate at `now` (milliseconds since the epoch). */
  match(facts: DenyFacts, now: number): DenyEntry | undefined;
}

/**
 * Compiles the entries of a file, as plain data; `path` is what it is called in problems. Entries that name one
 * certificate, key or principal cost one look-up, however many there are; subjects are tried one by one.
 * @throws DenyListError
 */
export function compileDenyList(written: unknown, path = 'deny'): DenyList {
  const entries = readEntries(written, path);
  const exact = new Map<string, DenyEntry[]>();
  const subjects: { entry: DenyEntry; attributes: readonly SubjectRule[] }[] = [];
  for (const entry of entries) {
    const { target } = entry;
    if (target.kind === 'subject') {
      subjects.push({ entry, attributes: target.attributes });
      continue;
    }
    const key = keyOf(target);
    const others = exact.get(key);
    if (others === undefined) exact.set(key, [entry]);
    else others.push(entry);
  }
  const bySerial = entries.some(({ target }) => target.kind === 'serial');
  const match = (facts: DenyFacts, now: number): DenyEntry | undefined => {
    const holds = ({ until }: DenyEntry) => until === undefined || now < until;
    for (const key of keysOf(facts, bySerial)) {
      const found = exact.get(key)?.find(holds);
      if (found !== undefined) return found;
    }
    return subjects.find(({ entry, attributes }) => holds(entry) && matches(attributes, facts))?.entry;
  };
  return { entries, match };
}

function readEntries(written: unknown, path: string): readonly DenyEntry[] {
  if (!Array.isArray(written)) throw new DenyListError([{ path, message: 'must be a list of entries' }]);
  if (written.length > MAX_ENTRIES) {
    throw new DenyListError([{ path, message: `has more than ${MAX_ENTRIES} entries` }]);
  }
  const problems: Problem[] = [];
  const entries: DenyEntry[] = [];
  const ids = new Set<string>();
  let subjects = 0;
  for (const [index, one] of written.entries()) {
    if (problems.length >= MAX_PROBLEMS) break;
    const at = `${path}[${index}]`;
    const entry = readDenyEntry(one, index, at, problems);
    if (entry === undefined) continue;
    if (entry.id !== undefined && ids.has(entry.id))
      problems.push({ path: `${at}.id`, message: 'is the id of another entry' });
    if (entry.id !== undefined) ids.add(entry.id);
    if (entry.target.kind === 'subject' && ++subjects === MAX_SUBJECTS + 1) {
      problems.push({
        path: `${at}.subject`,
        message: `is one more than the ${MAX_SUBJECTS} subjects that a list may have`,
      });
    }
    entries.push(entry);
  }
  if (problems.length > 0) throw new DenyListError(problems.slice(0, MAX_PROBLEMS));
  return entries;
}

function keyOf(target: Exclude<DenyTarget, { kind: 'subject' }>): string {
  switch (target.kind) {
    case 'serial':
      return serialKey(target.serial, target.issuer);
    case 'principal':
      return `principal ${target.principal}`;
    default:
      return `${target.kind} ${target.hash}`;
  }
}

function* keysOf(facts: DenyFacts, bySerial: boolean): Iterable<string> {
  yield `sha256 ${facts.sha256}`;
  yield `spki ${facts.spki}`;
  if (facts.principal !== undefined) yield `principal ${facts.principal}`;
  if (!bySerial) return;
  const serial = comparableSerial(facts.certificate.serial);
  yield serialKey(serial, { name: comparable(facts.certificate.issuer) });
  for (const hash of facts.issuer) yield serialKey(serial, { hash });
}

function serialKey(serial: string, issuer: { readonly name: string } | { readonly hash: string }): string {
  return 'name' in issuer ? `serial ${serial} of ${issuer.name}` : `serial ${serial} by ${issuer.hash}`;
}

function matches(attributes: readonly SubjectRule[], { certificate }: DenyFacts): boolean {
  const values = certificate.subject.flat();
  return attributes.every(({ type, patterns }) =>
    patterns.every((pattern) =>
      values.some((value) => value.type === type && pattern.match(value.value) !== undefined),
    ),
  );
}
