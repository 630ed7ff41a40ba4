/** What is wrong with the kafka section of a role: everything at once, each with its path. */
import type { Problem } from '../problem.ts';
import type { KafkaRoleSource, KafkaRuleSource } from '../source.ts';
import { attempt, checkMode, checkVariables, type RoleUser } from './check-text.ts';
import { parseHostRange } from './kafka-host.ts';
import {
  isKafkaOperation,
  KAFKA_RESOURCE_TYPES,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
} from './kafka-operations.ts';
import { ANY_NAME, resourceTypesOf } from './kafka-rules.ts';
import { parseTemplate, type Template, templateVariables } from './template.ts';

/** Topic.MAX_NAME_LENGTH */
const MAX_TOPIC_LENGTH = 249;
/** Topic.LEGAL_CHARS */
const TOPIC_TEXT = /^[a-zA-Z0-9._-]*$/;

/** What is wrong with the Kafka rules of a role; every problem names its place in the configuration. */
export function checkKafkaRules(source: KafkaRoleSource, path: string, users: readonly RoleUser[]): Problem[] {
  const problems: Problem[] = [];
  for (const effect of ['allow', 'deny'] as const) {
    for (const [i, rule] of (source[effect] ?? []).entries()) {
      checkRule(rule, `${path}.${effect}[${i}]`, users, problems);
      checkMode(rule.mode, effect, `${path}.${effect}[${i}].mode`, problems);
    }
  }
  return problems;
}

function checkRule(rule: KafkaRuleSource, path: string, users: readonly RoleUser[], problems: Problem[]): void {
  const types = resourceTypesOf(rule);
  if (types.length !== 1) {
    const found = types.length === 0 ? 'none' : types.join(' and ');
    problems.push({
      path,
      message: `a rule has exactly one of ${KAFKA_RESOURCE_TYPES.join(', ')}; this one has ${found}`,
    });
  }
  for (const type of types) {
    if (type === 'cluster') checkCluster(rule, path, problems);
    else checkName(rule, type, `${path}.${type}`, users, problems);
    checkOperations(rule, type, `${path}.operations`, problems);
  }
  checkHosts(rule.hosts, `${path}.hosts`, problems);
}

function checkCluster(rule: KafkaRuleSource, path: string, problems: Problem[]): void {
  if (rule.cluster !== true) problems.push({ path: `${path}.cluster`, message: 'must be true' });
  if (rule.prefix !== undefined) {
    problems.push({ path: `${path}.prefix`, message: 'prefix is about names, and the cluster has none' });
  }
}

function checkName(
  rule: KafkaRuleSource,
  type: Exclude<KafkaResourceType, 'cluster'>,
  path: string,
  users: readonly RoleUser[],
  problems: Problem[],
): void {
  const text = rule[type] ?? '';
  attempt(problems, path, () => {
    const template = parseTemplate(text);
    const message = nameFault(rule, type, text, template);
    if (message !== undefined) problems.push({ path, message });
    checkVariables(templateVariables(template), path, users, problems);
  });
}

/** What is wrong with a name, in words. What would never match is a mistake: in a deny, one that nobody notices. */
function nameFault(
  rule: KafkaRuleSource,
  type: Exclude<KafkaResourceType, 'cluster'>,
  text: string,
  template: Template,
): string | undefined {
  if (text === '') return `must not be empty; write "${ANY_NAME}" to mean every ${type}`;
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  if (text === ANY_NAME && rule.prefix !== true) return undefined;
  if (text === ANY_NAME) {
    return `with prefix, "${ANY_NAME}" means names that begin with an asterisk; leave prefix out to mean every ${type}`;
  }
  if (text.endsWith(ANY_NAME) && rule.prefix !== true) {
    const begin = text.slice(0, -1);
    return `"${ANY_NAME}" stands for any name only alone; write "${begin}" and prefix: true for what begins with it`;
  }
  return type === 'topic' ? topicFault(template, rule.prefix === true) : undefined;
}

/** Topic.validate; of a name with variables what is known of it. */
function topicFault(template: Template, prefix: boolean): string | undefined {
  const literals = template.filter((_, i) => i % 2 === 0);
  const literal = literals.join('');
  if (!TOPIC_TEXT.test(literal)) return 'a topic has only letters, digits, ".", "_" and "-" in its name';
  if (literal.length > MAX_TOPIC_LENGTH) return `a topic has at most ${MAX_TOPIC_LENGTH} characters in its name`;
  const whole = literals.length === 1 && !prefix;
  return whole && (literal === '.' || literal === '..') ? 'a topic is not named "." or ".."' : undefined;
}

function checkOperations(rule: KafkaRuleSource, type: KafkaResourceType, path: string, problems: Problem[]): void {
  const supported: readonly string[] = SUPPORTED_OPERATIONS[type];
  const offer = `has ${supported.join(', ')} and all`;
  const operations: readonly string[] = rule.operations ?? [];
  if (operations.length === 0) problems.push({ path, message: `at least one operation is needed: a ${type} ${offer}` });
  for (const [i, operation] of operations.entries()) {
    if (operation === 'all' || supported.includes(operation)) continue;
    const fault = isKafkaOperation(operation) ? `a ${type} has no operation ${operation}` : 'no such operation';
    problems.push({ path: `${path}[${i}]`, message: `${fault}: it ${offer}` });
  }
}

function checkHosts(hosts: readonly string[] | undefined, path: string, problems: Problem[]): void {
  if (hosts === undefined) return;
  if (hosts.length === 0)
    problems.push({ path, message: 'at least one address; or leave hosts out to mean every address' });
  for (const [i, host] of hosts.entries()) attempt(problems, `${path}[${i}]`, () => parseHostRange(host));
}
