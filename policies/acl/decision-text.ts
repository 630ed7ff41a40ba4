/**
 * Verdicts in words. The reason names rules as the configuration writes them and never repeats
 * what the client sent: that is in `resource`, which every reader cuts and escapes.
 */
import type { Cause } from '../causes.ts';
import {
  type Action,
  DEFAULT_DENY,
  type Decision,
  PERMIT_SESSION,
  PERMIT_UNGRANTED,
  type Permit,
  SHADOW_ALLOW,
} from '../decision.ts';
import type { Verdict } from './decide.ts';
import type { Rule, RuleAction } from './rules.ts';

const VERBS: Readonly<Record<RuleAction, string>> = {
  publish: 'publish to',
  subscribe: 'subscribe to',
  receive: 'receive from',
  will: 'a will on',
};

/** What was asked for beside the topic. */
export interface Asked {
  readonly qos?: number;
  readonly retain?: boolean;
  /** Of the payload, in bytes. */
  readonly size?: number;
}

/** What words need of a rule of either protocol. */
export type NamedRule = Pick<Rule, 'id' | 'role'>;

export function explain(
  verdict: Verdict,
  action: RuleAction,
  resource: string,
  roles: string,
  asked: Asked = {},
): Decision {
  const { rule, allowed, shadow } = verdict;
  if (shadow !== undefined) return letThrough(explain(shadow, action, resource, roles, asked), rule);
  if (rule === undefined)
    return refuse(action, resource, causeOf(verdict, action), `no rule of ${roles} allows this ${action}`);
  const base = { action, resource, ruleId: rule.id, role: rule.role };
  if (allowed) return { verdict: 'allow', ...base, reason: `rule ${rule.id} allows ${what(rule, action)}` };
  return { verdict: 'deny', ...base, cause: causeOf(verdict, action), reason: reasonOf(verdict, rule, action, asked) };
}

/** The allow in the place of a refusal that is not enforced. `rule`: that allows it, if any does. */
export function letThrough(refusal: Decision, rule: NamedRule | undefined): Decision {
  const { action, resource } = refusal;
  return {
    verdict: 'allow',
    action,
    resource,
    ruleId: rule?.id ?? SHADOW_ALLOW,
    role: rule?.role ?? '',
    reason: `in shadow mode: ${refusal.reason}`,
    shadow: refusal,
  };
}

/** A refusal that no rule stands behind. */
export function refuse(action: Action, resource: string, cause: Cause, reason: string): Decision {
  return { verdict: 'deny', action, resource, ruleId: DEFAULT_DENY, role: '', cause, reason };
}

/** What stands behind a permit: a rule, the session itself, or a fault of ours. */
export function explainPermit(rule: NamedRule | undefined, permit: Permit, action: Action, resource: string): Decision {
  if (rule !== undefined) {
    const reason = `rule ${rule.id} allows ${action}`;
    return { verdict: 'allow', action, resource, ruleId: rule.id, role: rule.role, reason };
  }
  if (permit === PERMIT_SESSION) {
    const reason = 'part of an authorised session';
    return { verdict: 'allow', action, resource, ruleId: 'session', role: '', reason };
  }
  if (permit === PERMIT_UNGRANTED) {
    const reason = 'in shadow mode, without a rule that allows it';
    return { verdict: 'allow', action, resource, ruleId: SHADOW_ALLOW, role: '', reason };
  }
  return refuse(action, resource, 'internal-error', 'no rule stands behind this permit');
}

function causeOf(verdict: Verdict, action: RuleAction): Cause {
  const cause = verdict.cause ?? 'denied';
  return action === 'will' && cause === 'denied' ? 'will-denied' : cause;
}

function reasonOf(verdict: Verdict, rule: Rule, action: RuleAction, asked: Asked): string {
  const allows = `rule ${rule.id} allows ${what(rule, action)}`;
  if (verdict.cause === 'qos-not-allowed') return `${allows} with QoS ${qosList(rule)}, not ${asked.qos}`;
  if (verdict.cause === 'retain-not-allowed') return `${allows}, but no retained messages`;
  if (verdict.cause === 'payload-too-large') return `${allows} with at most ${rule.size} bytes, not ${asked.size}`;
  if (verdict.blocked) return `rule ${rule.id} cannot be filled for this client, so it denies every ${action}`;
  const denies = `rule ${rule.id} denies ${what(rule, action)}`;
  if (action !== 'subscribe') return denies;
  return `${denies}, and the requested filter ${rule.filters ? 'lies inside' : 'overlaps'} it`;
}

function what(rule: Rule, action: RuleAction): string {
  return `${VERBS[action]} "${rule.text}"`;
}

function qosList(rule: Rule): string {
  return [0, 1, 2].filter((qos) => rule.qosMask & (1 << qos)).join(' or ');
}
