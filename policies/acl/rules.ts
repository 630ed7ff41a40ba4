/**
 * MQTT rules: from the text of a role to what holds for one client.
 *
 * A rule is compiled once per policy. Its filter is filled with the client's variables when
 * the client's access is made; a rule without variables is shared by all.
 */
import type { MqttRoleSource, MqttRuleSource } from '../source.ts';
import { type FilterTemplate, fillFilter, parseFilterTemplate, type Variables } from './template.ts';
import type { FilterLevels } from './topic-filter.ts';

/** The actions that MQTT rules can name. */
export const RULE_ACTIONS = ['publish', 'subscribe', 'receive', 'will'] as const;
/** An action that MQTT rules can name. */
export type RuleAction = (typeof RULE_ACTIONS)[number];
/** What a rule does to what it matches. */
export type Effect = 'allow' | 'deny';

const ALL_QOS = 0b111;

/** The size that a rule without one grants: larger than any packet. */
export const ANY_SIZE = 0x7fff_ffff;

/** A rule of a role, before it is known who asks. */
export interface Rule {
  /** Number in the policy; the permit is this plus PERMIT_FIRST_RULE. */
  readonly number: number;
  /** `roles.device.mqtt.allow[0]` */
  readonly id: string;
  readonly role: string;
  readonly effect: Effect;
  readonly action: RuleAction;
  /** As written, variables included. */
  readonly text: string;
  readonly template: FilterTemplate;
  /** Bit q is set when the rule is about quality of service q. */
  readonly qosMask: number;
  /** Allow: false grants no retained messages. Deny: true or false narrows the rule to those. */
  readonly retain: boolean | undefined;
  /** Allow: the largest payload that it grants, in bytes. */
  readonly size: number;
  /** Deny: lets subscriptions that overlap it through and drops what it denies on the way to the client. */
  readonly filters: boolean;
  /** What it decides: the action that it names, and what follows from it. */
  readonly covers: readonly RuleAction[];
  /** Deny: it is only tried. */
  readonly shadow: boolean;
}

/** A rule for one client. */
export interface BoundRule {
  readonly rule: Rule;
  readonly levels: FilterLevels;
}

/** What one client's rules say, sorted by what they are asked for. */
export interface RuleSet {
  readonly publish: RuleList;
  readonly subscribe: RuleList;
  /** Rules for `receive` and those for `subscribe`: who may subscribe may receive. */
  readonly receive: RuleList;
  /** Rules for `will` and those for `publish`: a will is a message that the broker publishes. */
  readonly will: RuleList;
}

/** The rules of one action that hold for one principal: its variables are filled in. */
export interface RuleList {
  readonly allow: readonly BoundRule[];
  readonly deny: readonly BoundRule[];
  /** A deny whose variables this client cannot fill: what it would deny is unknown, so all is. */
  readonly blocked?: Rule;
  /** What no deny refuses is allowed, without any allow. */
  readonly open?: true;
}

/**
 * Compiles the rules of one role, numbered from `first`. The source has passed `checkRules`.
 *
 * @throws TopicFilterError, TemplateError on a filter that `checkRules` would have named
 */
export function compileRules(role: string, source: MqttRoleSource, first: number, maxLevels?: number): Rule[] {
  return [...eachRule(role, source, first, maxLevels)];
}

/** The same, one after the other. */
export function* eachRule(role: string, source: MqttRoleSource, first: number, maxLevels?: number): Generator<Rule> {
  let number = first;
  for (const effect of ['allow', 'deny'] as const) {
    for (const [i, rule] of (source[effect] ?? []).entries()) {
      const action = actionsOf(rule)[0];
      if (action === undefined) continue;
      const text = rule[action] as string;
      const qosMask = rule.qos?.reduce<number>((mask, qos) => mask | (1 << qos), 0) ?? ALL_QOS;
      yield {
        number: number++,
        id: `roles.${role}.mqtt.${effect}[${i}]`,
        role,
        effect,
        action,
        text,
        template: parseFilterTemplate(text, maxLevels),
        qosMask,
        retain: rule.retain,
        size: rule.size ?? ANY_SIZE,
        filters: effect === 'deny' && source.denyOverlap === 'filter' && stopsDeliveries(action, qosMask),
        covers: coveredBy(effect, action, qosMask),
        shadow: rule.mode === 'shadow',
      };
    }
  }
}

export function actionsOf(rule: MqttRuleSource): RuleAction[] {
  return RULE_ACTIONS.filter((action) => rule[action] !== undefined);
}

/** The rules for a client with these variables. An allow that cannot be filled grants nothing. */
export function bindRules(rules: readonly Rule[], variables: Variables): RuleSet {
  const set = { publish: newList(), subscribe: newList(), receive: newList(), will: newList() };
  for (const rule of rules) {
    const bound = bindRule(rule, variables);
    for (const action of rule.covers) {
      const list = set[action];
      if (bound !== undefined) list[rule.effect].push(bound);
      else if (rule.effect === 'deny') list.blocked ??= rule;
    }
  }
  return set;
}

/** The rule for a client with these variables; undefined where they cannot fill it. */
export function bindRule(rule: Rule, variables: Variables): BoundRule | undefined {
  const levels = fillFilter(rule.template, variables);
  return levels && { rule, levels };
}

function coveredBy(effect: Effect, action: RuleAction, qosMask: number): readonly RuleAction[] {
  if (action === 'publish') return ['publish', 'will'];
  if (action !== 'subscribe') return [action];
  const narrow = effect === 'deny' && !stopsDeliveries(action, qosMask);
  return narrow ? ['subscribe'] : ['subscribe', 'receive'];
}

/** Of a deny. One of some qualities of service lowers what is granted and lets deliveries pass. */
function stopsDeliveries(action: RuleAction, qosMask: number): boolean {
  return action === 'receive' || (action === 'subscribe' && qosMask === ALL_QOS);
}

function newList(): { allow: BoundRule[]; deny: BoundRule[]; blocked?: Rule } {
  return { allow: [], deny: [] };
}
