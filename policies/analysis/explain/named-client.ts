/** A client of which only the principal is known: the variables that follow from it. */
import { type CompiledIdentity, compileIdentity } from '../../identity/compile.ts';
import type { Pattern } from '../../identity/pattern.ts';
import { type Values, valueProblem } from '../../identity/placeholder.ts';
import { fillPrincipal } from '../../identity/principal.ts';
import { isPlaceholder, type Part, parseTemplate } from '../../identity/template.ts';
import { limitsStated } from '../../limits/blocks.ts';
import { effectiveLimits } from '../../limits/effective.ts';
import { ofSections, PROTOCOLS } from '../../protocols.ts';
import type { IdentitySource, PolicySource } from '../../source.ts';
import type { Identified, Unidentified } from '../../types.ts';

/**
 * The client that the identity calls by this principal. A principal can be filled in one way only
 * (identity/principal.ts), so that its variables are read from it; `known` gives the others.
 */
export function namedClient(
  source: PolicySource,
  identity: IdentitySource,
  principal: string,
  known: Readonly<Values> = {},
): Identified | Unidentified {
  const compiled = compileIdentity(identity, 0, () => true, []);
  const read = readPrincipal(compiled.principal, principal);
  if (read === undefined) return no(`its principals are of the form ${JSON.stringify(identity.principal)}`);
  const values: Values = { ...known, ...read };
  const wrong = Object.entries(values).find(([, value]) => valueProblem(value) !== undefined);
  if (wrong !== undefined) return no(`the value of {${wrong[0]}} ${valueProblem(wrong[1])}`);
  const filled = fillPrincipal(compiled.principal, values);
  if (!('principal' in filled) || filled.principal !== principal) {
    return no(`its principals are of the form ${JSON.stringify(identity.principal)}`);
  }
  const refusal = patternRefusal(compiled, values);
  if (refusal !== undefined) return no(refusal);
  const limits = effectiveLimits(limitsStated(source, source.identities.indexOf(identity)));
  const variables = Object.fromEntries(
    [...compiled.variables, ...compiled.attributes].flatMap((name) =>
      Object.hasOwn(values, name) ? [[name, values[name] as string]] : [],
    ),
  );
  return { ok: true, identity: identity.name, principal, roles: identity.roles, variables, limits };
}

/** Variables in rules and client ids of the client's roles that are not known of it: what those say of it cannot be told. */
export function missingVariables({ roles }: PolicySource, client: Identified): readonly string[] {
  const used = client.roles.flatMap((role) =>
    ofSections(roles[role] ?? {}, (protocol, section) => PROTOCOLS[protocol].variables(section)),
  );
  return [...new Set(used)].filter((name) => !Object.hasOwn(client.variables, name));
}

/** What each placeholder would hold: a value ends where the text behind its placeholder first stands. What comes last is not looked at. */
function readPrincipal(parts: readonly Part[], principal: string): Values | undefined {
  const values: Values = {};
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      if (!principal.startsWith(part, at)) return undefined;
      at += part.length;
    } else if (isPlaceholder(part)) {
      const behind = parts[index + 1];
      const last = !parts.slice(index + 1).some(isPlaceholder);
      const end = endOf(principal, at, typeof behind === 'string' ? behind : '', last);
      if (end <= at) return undefined;
      const value = principal.slice(at, end);
      if (Object.hasOwn(values, part.variable) && values[part.variable] !== value) return undefined;
      values[part.variable] = value;
      at = end;
    }
  }
  return values;
}

function endOf(principal: string, at: number, behind: string, last: boolean): number {
  return last ? principal.length - behind.length : principal.indexOf(behind, at);
}

/** Why no certificate with these values matches the identity, as far as the values tell. */
function patternRefusal({ subject, san, attributes }: CompiledIdentity, values: Readonly<Values>): string | undefined {
  for (const { type, patterns } of subject) {
    for (const pattern of patterns) {
      if (!fits(pattern, values)) return `${type} would not match ${JSON.stringify(pattern.source)}`;
      const value = values[type];
      if (attributes.includes(type) && value !== undefined && typeof pattern.match(value) !== 'object') {
        return `the ${type} in the principal does not match ${JSON.stringify(pattern.source)}`;
      }
    }
  }
  const wrong = san.find(({ pattern }) => !fits(pattern, values));
  return wrong && `SAN ${wrong.kind} would not match ${JSON.stringify(wrong.pattern.source)}`;
}

/** Filled with the values, does the pattern match and give the values back? Where one is not known it may. */
function fits(pattern: Pattern, values: Readonly<Values>): boolean {
  if (pattern.variables.length === 0 || pattern.variables.some((name) => !Object.hasOwn(values, name))) return true;
  const text = parseTemplate(pattern.source, pattern.source.includes('*'))
    .map((part) => (typeof part === 'string' ? part : isPlaceholder(part) ? values[part.variable] : ''))
    .join('');
  const match = pattern.match(text);
  return typeof match === 'object' && pattern.variables.every((name) => match[name] === values[name]);
}

function no(reason: string): Unidentified {
  return { ok: false, reason };
}
