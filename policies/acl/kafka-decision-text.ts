/** Verdicts over Kafka resources in words. As in `decision-words.ts`, no reason repeats what the client sent. */
import type { Decision } from '../decision.ts';
import { type NamedRule, refuse } from './decision-text.ts';
import type { KafkaOperation, KafkaResourceType } from './kafka-operations.ts';
import { ANY_NAME, type BoundKafkaRule, type KafkaRule } from './kafka-rules.ts';

const KINDS: Readonly<Record<KafkaResourceType, string>> = {
  topic: 'topic',
  group: 'group',
  transactionalId: 'transactional id',
  cluster: 'cluster',
};

/** The request that was decided, and the principal. */
export interface KafkaQuestion {
  readonly operation: KafkaOperation;
  readonly type: KafkaResourceType;
  /** `topic:orders`, `cluster`. */
  readonly resource: string;
  /** `role erp`, `roles a, b`. */
  readonly roles: string;
}

export function resourceText(type: KafkaResourceType, name: string): string {
  return type === 'cluster' ? type : `${type}:${name}`;
}

/**
 * @param bound The rule that decided, if any.
 * @param elsewhere An allow that would hold, did the client come from another address.
 */
export function explainKafka(
  question: KafkaQuestion,
  bound: BoundKafkaRule | undefined,
  elsewhere: BoundKafkaRule | undefined,
): Decision {
  const { operation, type, resource, roles } = question;
  if (bound?.rule.effect === 'allow') {
    const { id, role } = bound.rule;
    return { verdict: 'allow', action: operation, resource, ruleId: id, role, reason: says(bound.rule) };
  }
  if (bound?.blocked) {
    const reason = `rule ${bound.rule.id} cannot be filled for this client, so it denies ${operation} on every ${KINDS[type]}`;
    return deny(question, bound.rule, reason);
  }
  if (bound !== undefined) return deny(question, bound.rule, says(bound.rule));
  if (elsewhere !== undefined) {
    return deny(question, elsewhere.rule, `${says(elsewhere.rule)}, but not from the address of this client`);
  }
  const on = type === 'cluster' ? 'the cluster' : `this ${KINDS[type]}`;
  return refuse(operation, resource, 'denied', `no rule of ${roles} allows ${operation} on ${on}`);
}

function deny({ operation, resource }: KafkaQuestion, rule: NamedRule, reason: string): Decision {
  return { verdict: 'deny', action: operation, resource, ruleId: rule.id, role: rule.role, cause: 'denied', reason };
}

/** `rule roles.erp.kafka.allow[0] allows read, write on topics that begin with "orders."` */
function says(rule: KafkaRule): string {
  const verb = rule.effect === 'allow' ? 'allows' : 'denies';
  return `rule ${rule.id} ${verb} ${rule.operations.join(', ')} on ${what(rule)}`;
}

function what({ type, text, prefix }: KafkaRule): string {
  if (type === 'cluster') return 'the cluster';
  if (prefix) return `${KINDS[type]}s that begin with "${text}"`;
  return text === ANY_NAME ? `every ${KINDS[type]}` : `${KINDS[type]} "${text}"`;
}
