import type { Problem } from '../problem.ts';
import type { IdentitySource } from '../source.ts';
import { finish, type Steps } from '../steps.ts';
import type { CertificateFacts } from '../types.ts';
import { ANONYMOUS } from './anonymous.ts';
import { type Candidates, indexCandidates } from './candidates.ts';
import { type CompiledIdentity, compileIdentity } from './compile.ts';
import { type Match, matchIdentity } from './match-identity.ts';

/** Candidates whose reasons are told; more would be noise. */
const TOLD = 8;
/** Up to so many identities of a store each is tried, so that each can say why it did not match. */
const FEW = 8;

export interface IdentityMatch extends Match {
  readonly ok: true;
  readonly identity: IdentitySource;
  /** Position in the configuration. */
  readonly index: number;
}

export interface NoIdentity {
  readonly ok: false;
  /** Why each candidate does not match; bounded, unescaped. */
  readonly reason: string;
}

/**
 * Finds the identity of a certificate whose chain the trust store `store` accepted; of ANONYMOUS, that of a client
 * without one. `now` is in milliseconds since the epoch; without it nothing matches that asks for an age.
 */
export type Identify = (store: string, facts: CertificateFacts, now?: number) => IdentityMatch | NoIdentity;

/** The identities of a configuration are faulty; `problems` has all of it. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Compiles identities: the first that matches wins, no match is an answer of its own.
 * @throws IdentityError
 */
export function compileIdentities(sources: readonly IdentitySource[], roleExists: (role: string) => boolean): Identify {
  return finish(identitiesInSteps(sources, roleExists));
}

/** The same in steps. */
export function* identitiesInSteps(
  sources: readonly IdentitySource[],
  roleExists: (role: string) => boolean,
): Steps<Identify> {
  const problems: Problem[] = [];
  const identities = yield* compileAll(sources, roleExists, problems);
  if (problems.length > 0) throw new IdentityError(problems);
  const stores = Map.groupBy(identities, ({ store }) => store);
  const candidates = new Map<string, Candidates>();
  for (const [store, own] of stores) candidates.set(store, own.length <= FEW ? () => own : yield* indexCandidates(own));
  return (store, facts, now) => {
    const tried = candidates.get(store)?.(facts) ?? [];
    const reasons: string[] = [];
    for (const compiled of tried) {
      const match = matchIdentity(compiled, facts, now);
      if (typeof match !== 'string') return { ok: true, identity: compiled.source, index: compiled.index, ...match };
      if (reasons.length < TOLD) reasons.push(`${compiled.source.name}: ${match}`);
    }
    return { ok: false, reason: explain(store, reasons, stores.get(store)?.length ?? 0) };
  };
}

/** Everything that is wrong with the identities of a configuration. */
export function checkIdentities(
  sources: readonly IdentitySource[],
  roleExists: (role: string) => boolean = () => true,
): readonly Problem[] {
  const problems: Problem[] = [];
  finish(compileAll(sources, roleExists, problems));
  return problems;
}

/** Names that the rules of this identity's roles may use as `{variable}`; what does not compile has none. */
export function identityVariables(source: IdentitySource): readonly string[] {
  const { variables, attributes } = compileIdentity(source, 0, () => true, []);
  return [...variables, ...attributes];
}

function* compileAll(
  sources: readonly IdentitySource[],
  roleExists: (role: string) => boolean,
  problems: Problem[],
): Steps<CompiledIdentity[]> {
  const names = new Set<string>();
  const compiled: CompiledIdentity[] = [];
  for (const [index, source] of sources.entries()) {
    if (names.has(source.name)) {
      problems.push({ path: `identities[${index}].name`, message: `the name "${source.name}" is taken` });
    }
    names.add(source.name);
    compiled.push(compileIdentity(source, index, roleExists, problems));
    yield;
  }
  return compiled;
}

function explain(store: string, reasons: readonly string[], known: number): string {
  if (store === ANONYMOUS) return 'no identity is for clients without a certificate';
  if (known === 0) return `no identity names the trust store "${store}"`;
  const others = known - reasons.length;
  const rest = others === 0 ? '' : reasons.length === 0 ? `none of ${known} fits` : `; ${others} more do not fit`;
  return `no identity of the trust store "${store}" matches: ${reasons.join('; ')}${rest}`;
}
