/** Inclusion of identities: does one take every certificate that another would match? */
import type { CompiledIdentity } from '../../identity/compile.ts';
import type { Pattern } from '../../identity/pattern.ts';
import { longerThan, MAX_VALUE_BYTES, valueProblem } from '../../identity/placeholder.ts';
import { isPlaceholder } from '../../identity/template.ts';
import { type Place, patternHolds } from './pattern-cover.ts';

/** True only where it is certain. Both are of the same trust store. */
export function identityHolds(outer: CompiledIdentity, inner: CompiledIdentity): boolean {
  // Whether rules give every certificate a principal is not known.
  if (outer.rules !== undefined) return false;
  const holds = (wide: Pattern, candidates: readonly Pattern[], place: Place) =>
    candidates.some(
      (narrow) =>
        patternHolds(wide, narrow, place) &&
        // The same variable in two patterns must take the same text: certain only where the inner one asks for the same.
        (wide.source === narrow.source || !wide.variables.some((name) => isRepeated(outer, name))),
    );
  const subject = outer.subject.every(({ type, patterns }) => {
    const narrow = subjectPatterns(inner, type);
    return patterns.every((wide) => holds(wide, narrow, { kind: 'subject', single: type === 'CN' }));
  });
  const san = outer.san.every(({ kind, pattern }) => {
    const narrow = inner.san.filter((one) => one.kind === kind).map((one) => one.pattern);
    return holds(pattern, narrow, { kind, single: false });
  });
  return subject && san && issuerHolds(outer, inner) && termsHold(outer, inner) && principalHolds(outer, inner);
}

/** Why no certificate at all can match; undefined where that is not certain. */
export function contradiction({ subject, attributes, principal, source }: CompiledIdentity): string | undefined {
  for (const { type, patterns } of subject) {
    const exact = patterns.flatMap((pattern) => pattern.exact ?? []);
    const taken = attributes.includes(type);
    if (type === 'CN' || taken) {
      const clash = patterns.find((pattern) => exact.some((text) => pattern.match(text) === undefined));
      if (clash !== undefined) return `one ${type} cannot match all of its patterns`;
    }
    for (const text of taken ? exact : []) {
      const problem = valueProblem(text);
      if (problem !== undefined) return `the principal takes {${type}}, whose value ${problem}`;
    }
  }
  const literal = principal.filter((part) => typeof part === 'string').join('');
  const holes = principal.some(isPlaceholder) ? 1 : 0;
  if (longerThan(literal, MAX_VALUE_BYTES - holes))
    return `the principal ${JSON.stringify((source.principal ?? '').slice(0, 32))}… is longer than ${MAX_VALUE_BYTES} bytes`;
  return undefined;
}

/** Does the inner identity ask for each pattern of the outer one, letter by letter? */
function issuerHolds(outer: CompiledIdentity, inner: CompiledIdentity): boolean {
  return outer.issuer.every(({ type, patterns }) => {
    const narrow = inner.issuer.filter((one) => one.type === type).flatMap((one) => one.patterns);
    return patterns.every(({ source }) => narrow.some((pattern) => pattern.source === source));
  });
}

function termsHold({ terms: outer }: CompiledIdentity, { terms: inner }: CompiledIdentity): boolean {
  const { serials, age } = outer;
  return (
    outer.eku.every((oid) => inner.eku.includes(oid)) &&
    (serials === undefined || inner.serials?.every((serial) => serials.includes(serial)) === true) &&
    (age === undefined || (inner.age !== undefined && inner.age.min >= age.min && inner.age.max <= age.max))
  );
}

/** Can the outer principal be filled whenever the inner identity matches? */
function principalHolds(outer: CompiledIdentity, inner: CompiledIdentity): boolean {
  const sound = outer.attributes.every((type) => {
    if (inner.attributes.includes(type)) return true;
    // Only of common names it is certain that there is no second one.
    return type === 'CN' && subjectPatterns(inner, type).some(givesGoodValue);
  });
  const holes = outer.principal.filter(isPlaceholder).length;
  // With several variables, whether the value of one may hold the text behind it depends on the value.
  const same = outer.source.principal === inner.source.principal && samePatterns(outer, inner);
  return sound && (holes <= 1 || same);
}

/** The same principal is filled with the same values only where the patterns are the same. */
function samePatterns(outer: CompiledIdentity, inner: CompiledIdentity): boolean {
  const known = new Set(patternKeys(inner));
  return patternKeys(outer).every((key) => known.has(key));
}

function patternKeys({ subject, san }: CompiledIdentity): string[] {
  return [
    ...subject.flatMap(({ type, patterns }) => patterns.map(({ source }) => `subject ${type} ${source}`)),
    ...san.map(({ kind, pattern }) => `san ${kind} ${pattern.source}`),
  ];
}

/** May what the pattern matches be taken into a principal? */
function givesGoodValue(pattern: Pattern): boolean {
  if (pattern.exact !== undefined) return valueProblem(pattern.exact) === undefined;
  const example = pattern.shape.replace(/\{[^}]*\}/g, 'x');
  return !pattern.shape.includes('*') && valueProblem(example) === undefined;
}

function subjectPatterns(identity: CompiledIdentity, type: string): readonly Pattern[] {
  return identity.subject.filter((one) => one.type === type).flatMap(({ patterns }) => patterns);
}

function isRepeated({ subject, san }: CompiledIdentity, variable: string): boolean {
  const all = [...subject.flatMap(({ patterns }) => patterns), ...san.map(({ pattern }) => pattern)];
  return all.flatMap(({ variables }) => variables).filter((name) => name === variable).length > 1;
}
