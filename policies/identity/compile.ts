import type { Problem } from '../problem.ts';
import type { IdentitySource } from '../source.ts';
import { attributeName, attributeOid } from '../x509/attribute-types.ts';
import { ipText, parseIp } from '../x509/ip.ts';
import { ANONYMOUS } from './anonymous.ts';
import { KafkaRuleError, type KafkaRules, parseKafkaRules } from './kafka-rule/rules.ts';
import { dnsPattern, emailPattern, type Pattern, subjectPattern, uriPattern } from './pattern.ts';
import { isPlaceholder, type Part, parseTemplate, TemplateError } from './template.ts';

export type SanKind = 'uri' | 'dns' | 'email' | 'ip';

/** An identity ready to be held against certificates. */
export interface CompiledIdentity {
  readonly source: IdentitySource;
  /** Position in the configuration. */
  readonly index: number;
  /** Trust store that must have accepted the chain, or ANONYMOUS. */
  readonly store: string;
  /** Attribute type (as in `NameAttribute.type`) and the patterns that must all match a value of it. */
  readonly subject: readonly { readonly type: string; readonly patterns: readonly Pattern[] }[];
  readonly san: readonly { readonly kind: SanKind; readonly pattern: Pattern }[];
  /** Empty where `rules` make the principal. */
  readonly principal: readonly Part[];
  readonly rules: KafkaRules | undefined;
  /** Subject attributes that the principal takes. */
  readonly attributes: readonly string[];
  /** Variables of all patterns. */
  readonly variables: readonly string[];
}

const SAN_PATTERNS: Readonly<Record<SanKind, (source: string) => Pattern>> = {
  uri: uriPattern,
  dns: dnsPattern,
  email: emailPattern,
  ip: ipPattern,
};

const DOTTED_OID = /^[0-2](\.\d+)+$/;

/** Compiles one identity and adds what is wrong with it to `problems`; the result counts only if nothing was added. */
export function compileIdentity(
  source: IdentitySource,
  index: number,
  roleExists: (role: string) => boolean,
  problems: Problem[],
): CompiledIdentity {
  const path = `identities[${index}]`;
  const report = (at: string, message: string) => problems.push({ path: `${path}.${at}`, message });
  const { when, roles } = source;
  if (source.name === '') report('name', 'the name is empty');
  const anonymous = when.anonymous === true;
  if (anonymous && Object.keys(when).length > 1) {
    report('when', 'a client without a certificate has nothing else to show: "anonymous" stands alone');
  }
  if (!anonymous && (when.trust ?? '') === '') report('when.trust', 'the name of the trust store is empty');
  const subject = compileSubject(when.subject, report);
  const san = compileSan(when.san, report);
  const variables = [
    ...new Set(
      [...subject.flatMap(({ patterns }) => patterns), ...san.map(({ pattern }) => pattern)].flatMap(
        (pattern) => pattern.variables,
      ),
    ),
  ];
  const { principal: template, kafkaPrincipalRules } = source;
  if ((template === undefined) === (kafkaPrincipalRules === undefined)) {
    report('principal', 'one of "principal" and "kafkaPrincipalRules" is needed, and only one');
  }
  const principal =
    template === undefined
      ? []
      : (attempt(() => parseTemplate(template, false), 'principal', 'the principal', report) ?? []);
  const rules = kafkaPrincipalRules === undefined ? undefined : compileRules(kafkaPrincipalRules, report);
  const attributes: string[] = [];
  for (const part of principal) {
    if (!isPlaceholder(part) || variables.includes(part.variable)) continue;
    if (attributeOid(part.variable) !== undefined) attributes.push(part.variable);
    else report('principal', `{${part.variable}} is neither a variable of the patterns nor a subject attribute`);
  }
  for (const [position, role] of roles.entries()) {
    if (!roleExists(role)) report(`roles[${position}]`, `there is no role "${role}"`);
  }
  if (anonymous && attributes.length > 0) {
    report('principal', `a client without a certificate has no attribute ${attributes[0]}`);
  }
  if (anonymous && kafkaPrincipalRules !== undefined) {
    report('kafkaPrincipalRules', 'a client without a certificate has no subject to map');
  }
  const store = anonymous ? ANONYMOUS : (when.trust ?? '');
  return { source, index, store, subject, san, principal, rules, attributes: [...new Set(attributes)], variables };
}

type Report = (at: string, message: string) => void;

function compileRules(text: string, report: Report): KafkaRules | undefined {
  try {
    return parseKafkaRules(text);
  } catch (error) {
    if (!(error instanceof KafkaRuleError)) throw error;
    report('kafkaPrincipalRules', error.message);
    return undefined;
  }
}

function compileSubject(source: IdentitySource['when']['subject'], report: Report): CompiledIdentity['subject'] {
  if (source === undefined) return [];
  const entries = Object.entries(source);
  if (entries.length === 0) report('when.subject', 'is empty; leave it out to match any subject');
  const seen = new Set<string>();
  return entries.flatMap(([name, value]) => {
    const at = `when.subject.${name}`;
    const type = attributeOid(name) !== undefined ? name : DOTTED_OID.test(name) ? attributeName(name) : undefined;
    if (type === undefined) {
      const upper = name.toUpperCase();
      report(at, `unknown subject attribute${attributeOid(upper) === undefined ? '' : `; write ${upper}`}`);
      return [];
    }
    if (seen.has(type)) report(at, `${type} is named twice`);
    seen.add(type);
    const sources = typeof value === 'string' ? [value] : value;
    if (sources.length === 0) report(at, 'the list of patterns is empty');
    const patterns = sources.flatMap((pattern, index) => {
      const place = typeof value === 'string' ? at : `${at}[${index}]`;
      return checkedPattern(() => subjectPattern(pattern), place, report);
    });
    return [{ type, patterns }];
  });
}

function compileSan(source: IdentitySource['when']['san'], report: Report): CompiledIdentity['san'] {
  if (source === undefined) return [];
  const entries = Object.entries(source).filter(([, pattern]) => pattern !== undefined);
  if (entries.length === 0) report('when.san', 'is empty; leave it out to match any certificate');
  return entries.flatMap(([kind, pattern]) => {
    const at = `when.san.${kind}`;
    if (!isSanKind(kind)) {
      report(at, 'unknown kind of subject alternative name; known are uri, dns, email and ip');
      return [];
    }
    return checkedPattern(() => SAN_PATTERNS[kind](pattern), at, report).map((compiled) => ({
      kind,
      pattern: compiled,
    }));
  });
}

function isSanKind(kind: string): kind is SanKind {
  return Object.hasOwn(SAN_PATTERNS, kind);
}

/** A pattern of `make`, if it makes one and its variables hide no subject attribute. */
function checkedPattern(make: () => Pattern, at: string, report: Report): Pattern[] {
  const pattern = attempt(make, at, 'the pattern', report);
  const hidden = pattern?.variables.find((variable) => attributeOid(variable) !== undefined);
  if (hidden !== undefined)
    report(at, `{${hidden}} is the name of a subject attribute; choose another for the variable`);
  return pattern === undefined ? [] : [pattern];
}

function attempt<T>(make: () => T, at: string, what: string, report: Report): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(at, `${what} ${error.message}`);
    return undefined;
  }
}

/** One address, in any of its textual forms. */
function ipPattern(source: string): Pattern {
  const bytes = parseIp(source);
  if (bytes === undefined) throw new TemplateError('is not an IP address (no placeholders, no prefix length)');
  const exact = ipText(bytes) as string;
  return { source, variables: [], exact, normal: (text) => text, match: (text) => (text === exact ? {} : undefined) };
}
