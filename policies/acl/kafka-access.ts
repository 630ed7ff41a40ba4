/** What one client may do over Kafka: its rules, by type of resource, behind the shared decision cache. */
import {
  type Decision,
  PERMIT_FIRST_RULE,
  PERMIT_SESSION,
  PERMIT_SHADOW,
  type Permit,
  REFUSED,
  withoutShadow,
} from '../decision.ts';
import type { KafkaAccess } from '../types.ts';
import { type DecisionCache, MISS } from './decision-cache.ts';
import { explainPermit, letThrough } from './decision-text.ts';
import { explainKafka, type KafkaQuestion, resourceText } from './kafka-decision-text.ts';
import {
  KAFKA_CLUSTER,
  KAFKA_OPERATION_CODE,
  KAFKA_RESOURCE_TYPES,
  type KafkaOperation,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
  statedMask,
} from './kafka-operations.ts';
import { ResourceRules } from './kafka-resource-rules.ts';
import { ANY_NAME, type BoundKafkaRule, type KafkaRule } from './kafka-rules.ts';
import type { Enforced } from './shadow.ts';

export interface KafkaAccessParts {
  readonly cache: DecisionCache;
  /** Every Kafka rule of the policy; a permit minus PERMIT_FIRST_RULE is an index. */
  readonly rules: readonly KafkaRule[];
  /** The rules of this client. */
  readonly bound: readonly BoundKafkaRule[];
  /** Those of them that are enforced; absent: all. */
  readonly enforced?: Enforced<BoundKafkaRule> | undefined;
  /** Its allows that hold for other addresses only: nothing is decided by them, they are what a refusal tells of. */
  readonly elsewhere: readonly BoundKafkaRule[];
  /** `role erp`, `roles a, b`: for the words of a refusal. */
  readonly roles: string;
}

type ByType = Readonly<Record<KafkaResourceType, ResourceRules>>;

/** Strict, and a leading U+FEFF is part of the name. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class CompiledKafkaAccess implements KafkaAccess {
  readonly #cache: DecisionCache;
  readonly #id: number;
  readonly #parts: KafkaAccessParts;
  readonly #rules: ByType;
  readonly #enforced: ByType | undefined;
  readonly #open: boolean;
  readonly #elsewhere: ByType;

  constructor(parts: KafkaAccessParts) {
    this.#cache = parts.cache;
    this.#id = parts.cache.nextAccessId();
    this.#parts = parts;
    this.#rules = byType(parts.bound);
    this.#enforced = parts.enforced && byType(parts.enforced.rules);
    this.#open = parts.enforced?.open === true;
    this.#elsewhere = byType(parts.elsewhere);
  }

  authorize(operation: KafkaOperation, type: KafkaResourceType, name: string): Permit {
    return permitOf(this.#verdict(type, 1 << KAFKA_OPERATION_CODE[operation], name));
  }

  topic(operation: KafkaOperation, buf: Uint8Array, start: number, end: number): Permit {
    const code = KAFKA_OPERATION_CODE[operation];
    const known = this.#cache.find(this.#id, code, buf, start, end);
    if (known !== MISS) return known;
    let name: string;
    try {
      name = UTF8.decode(buf.subarray(start, end));
    } catch {
      // Not UTF-8: refused, never decided on something near.
      return REFUSED;
    }
    const permit = permitOf(this.#verdict('topic', 1 << code, name));
    this.#cache.store(this.#id, code, buf, start, end, permit);
    return permit;
  }

  authorizeByType(operation: KafkaOperation, type: KafkaResourceType): Permit {
    return permitOf(this.#verdictByType(type, 1 << KAFKA_OPERATION_CODE[operation]));
  }

  explain(operation: KafkaOperation, type: KafkaResourceType, name: string): Decision {
    const bit = 1 << KAFKA_OPERATION_CODE[operation];
    const question = { operation, type, resource: resourceText(type, name), roles: this.#parts.roles };
    return this.#explain(question, this.#verdict(type, bit, name), this.#elsewhere[type].decide(bit, name));
  }

  explainByType(operation: KafkaOperation, type: KafkaResourceType): Decision {
    const bit = 1 << KAFKA_OPERATION_CODE[operation];
    const question = { operation, type, resource: resourceText(type, ANY_NAME), roles: this.#parts.roles };
    return this.#explain(question, this.#verdictByType(type, bit), this.#elsewhere[type].decideByType(bit));
  }

  authorizedOperations(type: KafkaResourceType, name: string): number {
    const rules = (this.#enforced ?? this.#rules)[type];
    const allowed = this.#open ? ~rules.deniedBits(name) : rules.allowedBits(name);
    return allowed & statedMask(SUPPORTED_OPERATIONS[type]);
  }

  explainPermit(permit: Permit, action: Decision['action'], resource: string): Decision {
    const rule = this.#parts.rules[withoutShadow(permit) - PERMIT_FIRST_RULE];
    return explainPermit(rule, permit, action, resource);
  }

  /** By all rules; where they refuse, by those that are enforced. */
  #verdict(type: KafkaResourceType, bit: number, name: string): KafkaVerdict {
    const tried = this.#rules[type].decide(bit, name);
    if (isAllow(tried) || this.#enforced === undefined) return { allowed: isAllow(tried), rule: tried };
    const rule = this.#enforced[type].decide(bit, name);
    return isAllow(rule) || (rule === undefined && this.#open)
      ? { allowed: true, rule, shadow: { allowed: false, rule: tried } }
      : { allowed: false, rule };
  }

  #verdictByType(type: KafkaResourceType, bit: number): KafkaVerdict {
    const tried = this.#rules[type].decideByType(bit);
    if (isAllow(tried) || this.#enforced === undefined) return { allowed: isAllow(tried), rule: tried };
    const shadow = { allowed: false, rule: tried };
    const rules = this.#enforced[type];
    const some = rules.decideByType(bit);
    if (isAllow(some)) return { allowed: true, rule: some, shadow };
    if (!this.#open) return { allowed: false, rule: some };
    // Names have no end: only a deny of every one leaves none.
    const single = type === 'cluster';
    const rule = rules.decide(bit, single ? KAFKA_CLUSTER : ANY_NAME);
    const none = rule?.rule.effect === 'deny' && (single || rule.pattern === 'any');
    return none ? { allowed: false, rule } : { allowed: true, rule: undefined, shadow };
  }

  #explain(question: KafkaQuestion, verdict: KafkaVerdict, elsewhere: BoundKafkaRule | undefined): Decision {
    if (verdict.shadow === undefined) return explainKafka(question, verdict.rule, elsewhere);
    return letThrough(explainKafka(question, verdict.shadow.rule, elsewhere), verdict.rule?.rule);
  }
}

interface KafkaVerdict {
  readonly allowed: boolean;
  /** That decided, if any. */
  readonly rule: BoundKafkaRule | undefined;
  /** Of one that allows: the refusal that it would be, were nothing in shadow. */
  readonly shadow?: KafkaVerdict;
}

function permitOf({ allowed, rule, shadow }: KafkaVerdict): Permit {
  if (!allowed) return REFUSED;
  const permit = rule === undefined ? PERMIT_SESSION : PERMIT_FIRST_RULE + rule.rule.number;
  return shadow === undefined ? permit : PERMIT_SHADOW + permit;
}

function isAllow(bound: BoundKafkaRule | undefined): boolean {
  return bound?.rule.effect === 'allow';
}

function byType(bound: readonly BoundKafkaRule[]): ByType {
  const of = (type: KafkaResourceType) => new ResourceRules(bound.filter(({ rule }) => rule.type === type));
  return Object.fromEntries(KAFKA_RESOURCE_TYPES.map((type) => [type, of(type)])) as Record<
    KafkaResourceType,
    ResourceRules
  >;
}
