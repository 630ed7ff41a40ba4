import type { CertificateFacts, Name } from '../types.ts';
import { termsProblem } from './certificate-terms.ts';
import type { CompiledIdentity } from './compile.ts';
import { printName } from './kafka-rule/distinguished-name.ts';
import type { KafkaRules } from './kafka-rule/rules.ts';
import type { AttributePatterns } from './name-patterns.ts';
import type { Pattern } from './pattern.ts';
import { bind, type Values, valueProblem } from './placeholder.ts';
import { fillPrincipal } from './principal.ts';

/** What a certificate becomes under an identity. */
export interface Match {
  readonly principal: string;
  /** Values of the patterns' variables and of the subject attributes that the principal takes. */
  readonly variables: Readonly<Values>;
}

/**
 * Holds a certificate against one identity at `now`, in milliseconds since the epoch. A string is the reason
 * why it does not match.
 */
export function matchIdentity(identity: CompiledIdentity, facts: CertificateFacts, now?: number): Match | string {
  const values: Values = {};
  const problem =
    nameProblem(identity.subject, facts.subject, 'subject', values) ??
    nameProblem(identity.issuer, facts.issuer, 'issuer', values) ??
    termsProblem(identity.terms, facts, now);
  if (problem !== undefined) return problem;
  for (const { kind, pattern } of identity.san) {
    // Of several URIs just one may be meant: an identity document (SPIFFE) names one subject.
    const problem = matchOne(pattern, facts.san[kind], `SAN ${kind}`, values, kind === 'uri');
    if (problem !== undefined) return problem;
  }
  for (const type of identity.attributes) {
    const found = attributeValues(facts.subject, type, 'subject');
    if (typeof found === 'string') return found;
    const [value = ''] = found;
    if (found.length > 1) return `the subject has ${found.length} attributes ${type}, the principal takes one`;
    const problem = valueProblem(value);
    if (problem !== undefined) return `the subject attribute ${type} ${problem}`;
    values[type] = value;
  }
  const filled =
    identity.rules === undefined ? fillPrincipal(identity.principal, values) : mapped(identity.rules, facts);
  return 'problem' in filled ? filled.problem : { principal: filled.principal, variables: values };
}

/** Why the attributes of a name do not match; what variables take is added to `values`. */
function nameProblem(
  asked: readonly AttributePatterns[],
  name: Name,
  whose: 'subject' | 'issuer',
  values: Values,
): string | undefined {
  const message = whose === 'subject' ? '' : 'issuer ';
  for (const { type, patterns } of asked) {
    const found = attributeValues(name, type, whose);
    if (typeof found === 'string') return found;
    for (const pattern of patterns) {
      const problem = matchOne(pattern, found, `${message}${type}`, values, false);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** The principal as Kafka's own rules make it of the whole subject. */
function mapped(rules: KafkaRules, { subject }: CertificateFacts): { principal: string } | { problem: string } {
  const printed = printName(subject);
  return 'problem' in printed ? printed : rules.map(printed.text);
}

/**
 * Values of an attribute type. An attribute that shares its RDN with others is refused: an
 * authority that puts `CN=` + a name of the client's choice into a text, and lets OpenSSL read
 * it, signs `CN=x+OU=admin` for the name `x+OU=admin`.
 */
function attributeValues(name: Name, type: string, whose: 'subject' | 'issuer'): readonly string[] | string {
  const values: string[] = [];
  for (const rdn of name) {
    for (const attribute of rdn) {
      if (attribute.type !== type) continue;
      if (rdn.length > 1) return `the ${whose} attribute ${type} stands in a multi-valued RDN`;
      values.push(attribute.value);
    }
  }
  if (values.length === 0) return `the ${whose} has no ${type}`;
  if (type === 'CN' && values.length > 1) return `the ${whose} has ${values.length} attributes CN`;
  return values;
}

/** Finds the value that the pattern matches; only one may, where variables take from it or `single` is set. */
function matchOne(
  pattern: Pattern,
  texts: readonly string[],
  what: string,
  values: Values,
  single: boolean,
): string | undefined {
  let captured: Values | undefined;
  for (const text of texts) {
    const match = pattern.match(text);
    if (match === undefined) continue;
    if (match === 'ambiguous') return `${what} ${quote(text)} matches ${quote(pattern.source)} in more than one way`;
    if (captured !== undefined && (single || pattern.variables.length > 0)) {
      return `more than one ${what} matches ${quote(pattern.source)}`;
    }
    captured = match;
  }
  if (captured === undefined) return `no ${what} matches ${quote(pattern.source)}${given(texts)}`;
  return bind(values, captured);
}

function given(texts: readonly string[]): string {
  if (texts.length === 0) return ': there is none';
  return `: it is ${quote(texts[0] as string)}${texts.length > 1 ? ` and ${texts.length - 1} more` : ''}`;
}

/** Text of a certificate in a reason: cut, since the client chose it. */
function quote(text: string): string {
  return `"${text.length > 64 ? `${text.slice(0, 64)}…` : text}"`;
}
