import type { Problem } from '../problem.ts';
import type { IdentitySource } from '../source.ts';
import { attributeOid } from '../x509/attribute-types.ts';
import { type AltNamePattern, compileAltNames } from './alt-name-patterns.ts';
import { ANONYMOUS } from './anonymous.ts';
import { type CertificateTerms, compileTerms } from './certificate-terms.ts';
import { attempt, type ReportAt } from './checked-pattern.ts';
import { KafkaRuleError, type KafkaRules, parseKafkaRules } from './kafka-rule/rules.ts';
import { type AttributePatterns, compileNamePatterns } from './name-patterns.ts';
import { isPlaceholder, type Part, parseTemplate } from './template.ts';

/** An identity ready to be held against certificates. */
export interface CompiledIdentity {
  readonly source: IdentitySource;
  /** Position in the configuration. */
  readonly index: number;
  /** Trust store that must have accepted the chain, or ANONYMOUS. */
  readonly store: string;
  readonly subject: readonly AttributePatterns[];
  readonly issuer: readonly AttributePatterns[];
  readonly san: readonly AltNamePattern[];
  readonly terms: CertificateTerms;
  /** Empty where `rules` make the principal. */
  readonly principal: readonly Part[];
  readonly rules: KafkaRules | undefined;
  /** Subject attributes that the principal takes. */
  readonly attributes: readonly string[];
  /** Variables of all patterns. */
  readonly variables: readonly string[];
}

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
  const subject = compileNamePatterns('subject', when.subject, report);
  const issuer = compileNamePatterns('issuer', when.issuer, report);
  const san = compileAltNames(when.san, report);
  const terms = compileTerms(when, report);
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
    if (!isPlaceholder(part)) continue;
    if (part.constraint !== undefined) {
      report('principal', `the constraint of {${part.variable}} belongs into the pattern that takes it`);
    }
    if (variables.includes(part.variable)) continue;
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
  const taken = [...new Set(attributes)];
  return { source, index, store, subject, issuer, san, terms, principal, rules, attributes: taken, variables };
}

function compileRules(text: string, report: ReportAt): KafkaRules | undefined {
  try {
    return parseKafkaRules(text);
  } catch (error) {
    if (!(error instanceof KafkaRuleError)) throw error;
    report('kafkaPrincipalRules', error.message);
    return undefined;
  }
}
