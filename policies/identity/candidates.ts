import { comparableSerial } from '../revocation/deny-entry.ts';
import type { Steps } from '../steps.ts';
import type { CertificateFacts } from '../types.ts';
import type { SanKind } from './alt-name-patterns.ts';
import type { CompiledIdentity } from './compile.ts';
import type { Pattern } from './pattern.ts';

const SAN_KINDS: readonly SanKind[] = ['uri', 'dns', 'email', 'ip'];

/**
 * The identities that a certificate can match at all, in configuration order. An identity that
 * names an exact text or serial numbers is found by them, so that a hundred thousand of the kind
 * `CN: pump-4711` cost one look-up; the others are always candidates.
 */
export type Candidates = (facts: CertificateFacts) => readonly CompiledIdentity[];

export function* indexCandidates(identities: readonly CompiledIdentity[]): Steps<Candidates> {
  const sharing = new Map<string, number>();
  for (const identity of identities) {
    for (const key of exactKeys(identity).flat()) sharing.set(key, (sharing.get(key) ?? 0) + 1);
    yield;
  }
  const byKey = new Map<string, CompiledIdentity[]>();
  const always: CompiledIdentity[] = [];
  const normals = new Map<SanKind, Pattern['normal']>();
  for (const identity of identities) {
    for (const { kind, pattern } of identity.san) normals.set(kind, pattern.normal);
    // The rarest exact text tells most: `CN: pump-4711` rather than `O: Acme`.
    const sharers = (keys: readonly string[]) => Math.max(...keys.map((key) => sharing.get(key) ?? 0));
    const [keys] = exactKeys(identity).sort((a, b) => sharers(a) - sharers(b));
    if (keys === undefined) always.push(identity);
    for (const key of keys ?? []) {
      const others = byKey.get(key);
      if (others === undefined) byKey.set(key, [identity]);
      else others.push(identity);
    }
    yield;
  }
  if (byKey.size === 0) return () => always;
  return (facts) => {
    const found = new Set(always);
    for (const key of certificateKeys(facts, normals)) for (const identity of byKey.get(key) ?? []) found.add(identity);
    return [...found].sort((a, b) => a.index - b.index);
  };
}

/** Sets of keys, of each of which a certificate that matches has at least one. */
function exactKeys(identity: CompiledIdentity): string[][] {
  const keys: string[][] = [];
  for (const { type, patterns } of identity.subject) {
    for (const { exact } of patterns) if (exact !== undefined) keys.push([`subject ${type} ${exact}`]);
  }
  for (const { kind, pattern } of identity.san) {
    if (pattern.exact !== undefined) keys.push([`san ${kind} ${pattern.exact}`]);
  }
  const { serials } = identity.terms;
  if (serials !== undefined) keys.push(serials.map((serial) => `serial ${serial}`));
  return keys;
}

function* certificateKeys(facts: CertificateFacts, normals: ReadonlyMap<SanKind, Pattern['normal']>): Iterable<string> {
  yield `serial ${comparableSerial(facts.serial)}`;
  for (const rdn of facts.subject) for (const { type, value } of rdn) yield `subject ${type} ${value}`;
  for (const kind of SAN_KINDS) {
    const normal = normals.get(kind);
    if (normal !== undefined) for (const text of facts.san[kind]) yield `san ${kind} ${normal(text)}`;
  }
}
