/** What is wrong with the mqtt section of a role: everything at once, each with its path. */
import { parseRate } from '../limits/rate.ts';
import type { Problem } from '../problem.ts';
import type { MqttRoleSource, MqttRuleSource } from '../source.ts';
import { attempt, checkMode, checkVariables, type RoleUser } from './check-text.ts';
import { ANY_CLIENT_ID } from './client-id.ts';
import { ANY_SIZE, actionsOf, RULE_ACTIONS, type RuleAction } from './rules.ts';
import { parseFilterTemplate, parseTemplate, templateVariables } from './template.ts';

/** What is wrong with the MQTT rules of a role; every problem names its place in the configuration. */
export function checkRules(source: MqttRoleSource, path: string, users: readonly RoleUser[]): Problem[] {
  const problems: Problem[] = [];
  for (const effect of ['allow', 'deny'] as const) {
    for (const [i, rule] of (source[effect] ?? []).entries()) {
      const at = `${path}.${effect}[${i}]`;
      checkRule(rule, at, users, problems);
      checkMode(rule.mode, effect, `${at}.mode`, problems);
      if (effect === 'deny' && rule.size !== undefined) {
        problems.push({ path: `${at}.size`, message: 'size narrows allow rules; a deny holds for every size' });
      }
    }
  }
  checkClientId(source.clientId, `${path}.clientId`, users, problems);
  if (source.onDeny !== undefined && source.onDeny !== 'ack-drop' && source.onDeny !== 'disconnect') {
    problems.push({ path: `${path}.onDeny`, message: 'must be ack-drop or disconnect' });
  }
  if (source.denyOverlap !== undefined && source.denyOverlap !== 'reject' && source.denyOverlap !== 'filter') {
    problems.push({ path: `${path}.denyOverlap`, message: 'must be reject or filter' });
  }
  const budget = source.denialBudget;
  if (budget !== undefined) attempt(problems, `${path}.denialBudget`, () => parseRate(budget));
  return problems;
}

function checkRule(rule: MqttRuleSource, path: string, users: readonly RoleUser[], problems: Problem[]): void {
  const actions = actionsOf(rule);
  if (actions.length !== 1) {
    const found = actions.length === 0 ? 'none' : actions.join(' and ');
    problems.push({ path, message: `a rule has exactly one of ${RULE_ACTIONS.join(', ')}; this one has ${found}` });
  }
  for (const action of actions) checkFilter(rule[action] as string, `${path}.${action}`, users, problems);
  for (const action of actions) checkNarrowing(rule, action, path, problems);
}

function checkFilter(text: string, path: string, users: readonly RoleUser[], problems: Problem[]): void {
  attempt(problems, path, () => checkVariables(parseFilterTemplate(text).variables, path, users, problems));
}

function checkNarrowing(rule: MqttRuleSource, action: RuleAction, path: string, problems: Problem[]): void {
  if (rule.retain !== undefined && (action === 'subscribe' || action === 'receive')) {
    problems.push({ path: `${path}.retain`, message: `retain narrows publish and will rules, not ${action}` });
  }
  checkSize(rule.size, action, `${path}.size`, problems);
  const qos: readonly number[] | undefined = rule.qos;
  if (qos === undefined) return;
  if (action === 'receive') {
    problems.push({ path: `${path}.qos`, message: 'qos narrows publish, will and subscribe rules, not receive' });
  }
  if (qos.length === 0) problems.push({ path: `${path}.qos`, message: 'at least one of 0, 1, 2; or leave qos out' });
  if (qos.some((q) => q !== 0 && q !== 1 && q !== 2)) {
    problems.push({ path: `${path}.qos`, message: 'must be a list of 0, 1 and 2' });
  }
}

function checkSize(size: number | undefined, action: RuleAction, path: string, problems: Problem[]): void {
  if (size === undefined) return;
  if (action === 'subscribe' || action === 'receive') {
    problems.push({ path, message: `size narrows publish and will rules, not ${action}` });
  }
  if (!Number.isInteger(size) || size < 1 || size > ANY_SIZE) {
    problems.push({ path, message: `must be a whole number of bytes from 1 to ${ANY_SIZE}` });
  }
}

function checkClientId(text: string | undefined, path: string, users: readonly RoleUser[], problems: Problem[]): void {
  if (text === undefined || text === ANY_CLIENT_ID) return;
  if (text === '') problems.push({ path, message: 'must not be empty; write any to allow every client id' });
  attempt(problems, path, () => checkVariables(templateVariables(parseTemplate(text)), path, users, problems));
}
