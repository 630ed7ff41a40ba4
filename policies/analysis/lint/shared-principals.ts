/**
 * Lint of principals that two trust stores can give. Nothing is concluded from the patterns
 * alone: a certificate is made up for either store, and the engine says what it becomes.
 */
import { type CompiledIdentity, compileIdentity } from '../../identity/compile.ts';
import { compileIdentities, type Identify } from '../../identity/identity.ts';
import { type Pattern, subjectPattern } from '../../identity/pattern.ts';
import type { Values } from '../../identity/placeholder.ts';
import { isPlaceholder, TemplateError } from '../../identity/template.ts';
import { EXAMPLE_TIME, exampleCertificate } from './example-certificate.ts';
import { type Finding, finding, type LintSource } from './finding.ts';
import { storeOf, storeWords } from './store-of.ts';

/** Pairs of identities that are compared; a larger policy is told less. */
const MAX_COMPARED = 1_000_000;
/** Text for a variable. More than one, should the first be taken by a narrower identity or refused by a constraint. */
const SAMPLES = ['x', 'headgate-example', '1'];

interface Principals {
  readonly identity: CompiledIdentity;
  /** What the principal can be: its template, with the patterns of the attributes that it takes. */
  readonly pattern: Pattern;
  /** What every principal begins and ends with. */
  readonly begin: string;
  readonly end: string;
}

export function lintSharedPrincipals({ policy, listeners }: LintSource): Finding[] {
  const taken = new Set(listeners.flatMap(({ clients }) => clients));
  const reached = policy.identities.flatMap((source, index) =>
    taken.has(storeOf(source)) ? (principalsOf(compileIdentity(source, index, () => true, [])) ?? []) : [],
  );
  if (new Set(reached.map(({ identity }) => identity.store)).size < 2) return [];
  const identify = compileIdentities(policy.identities, () => true);
  const findings: Finding[] = [];
  let left = MAX_COMPARED;
  const earlier = new Map<string, Principals[]>();
  for (const later of reached) {
    const { store } = later.identity;
    const others = [...earlier].filter(([name]) => name !== store).flatMap(([, own]) => own);
    left -= others.length;
    if (left < 0) return findings;
    const found = firstShared(others, later, identify);
    if (found !== undefined) findings.push(found);
    const own = earlier.get(store);
    if (own === undefined) earlier.set(store, [later]);
    else own.push(later);
  }
  return findings;
}

function firstShared(others: readonly Principals[], later: Principals, identify: Identify): Finding | undefined {
  for (const earlier of others) {
    const principal = commonPrincipal(earlier, later, identify);
    if (principal === undefined) continue;
    const { store, source } = earlier.identity;
    const message = `the identity ${JSON.stringify(source.name)} of ${storeWords(store)} can give the same principal, for example ${JSON.stringify(principal)}`;
    return finding('shared-principal', `identities[${later.identity.index}].principal`, message);
  }
  return undefined;
}

/** A principal that a certificate of either store really gets. */
function commonPrincipal(a: Principals, b: Principals, identify: Identify): string | undefined {
  const begin = longerWhereOneHolds(a.begin, b.begin, (long, short) => long.startsWith(short));
  const end = longerWhereOneHolds(a.end, b.end, (long, short) => long.endsWith(short));
  if (begin === undefined || end === undefined) return undefined;
  const texts = [a.pattern.exact, b.pattern.exact].flatMap((exact) => exact ?? []);
  const samples = SAMPLES.flatMap((sample) => [`${begin}${sample}${end}`, filled(a, sample), filled(b, sample)]);
  return [...texts, ...samples].find((text) => gives(a, text, identify) && gives(b, text, identify));
}

function gives({ identity, pattern }: Principals, principal: string, identify: Identify): boolean {
  const values = pattern.match(principal);
  if (values === undefined || values === 'ambiguous') return false;
  const certificate = exampleCertificate(identity, wholeAttributes(identity, values));
  const found = identify(identity.store, certificate, EXAMPLE_TIME);
  return found.ok && found.index === identity.index && found.principal === principal;
}

function filled({ pattern }: Principals, sample: string): string {
  return pattern.source.replace(/\{[^}]*\}/g, sample);
}

/**
 * `device-{CN}` where `CN: "pump-*"` can be `device-pump-{CN_0}`. Undefined where an attribute
 * must match several patterns at once, or has one that cannot stand inside another.
 */
function principalsOf(identity: CompiledIdentity): Principals | undefined {
  if (identity.rules !== undefined) return undefined;
  const source = identity.principal
    .map((part) => (isPlaceholder(part) ? placeText(identity, part.variable) : String(part)))
    .join('');
  try {
    const pattern = subjectPattern(source);
    const [begin = ''] = source.split('{', 1);
    return { identity, pattern, begin, end: source.slice(source.lastIndexOf('}') + 1) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return undefined;
  }
}

function placeText(identity: CompiledIdentity, name: string): string {
  const pattern = attributePattern(identity, name);
  return pattern === undefined ? `{${name}}` : named(pattern.shape, name);
}

/** What the attributes are when the variables that stand for them have these values. */
function wholeAttributes(identity: CompiledIdentity, values: Readonly<Values>): Values {
  const whole: Values = { ...values };
  for (const type of identity.attributes) {
    const pattern = attributePattern(identity, type);
    if (pattern !== undefined) {
      whole[type] = named(pattern.shape, type).replace(/\{([^}]*)\}/g, (_, name: string) => values[name] ?? '');
    }
  }
  return whole;
}

function attributePattern({ attributes, subject }: CompiledIdentity, type: string): Pattern | undefined {
  return attributes.includes(type) ? subject.find((one) => one.type === type)?.patterns[0] : undefined;
}

/** The pattern with a variable in place of each `*`. */
function named(source: string, type: string): string {
  let count = 0;
  return source.replaceAll('*', () => `{${type}_${count++}}`);
}

function longerWhereOneHolds(
  a: string,
  b: string,
  holds: (long: string, short: string) => boolean,
): string | undefined {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return holds(long, short) ? long : undefined;
}
