/** What one client may do over Kafka: its rules, by type of resource, behind the shared decision cache. */
import { type Decision, PERMIT_FIRST_RULE, type Permit, REFUSED } from '../decision.ts';
import type { KafkaAccess } from '../types.ts';
import { type DecisionCache, MISS } from './decision-cache.ts';
import { explainPermit } from './decision-words.ts';
import {
  KAFKA_OPERATION_CODE,
  KAFKA_RESOURCE_TYPES,
  type KafkaOperation,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
  statedMask,
} from './kafka-operations.ts';
import { ResourceRules } from './kafka-resource-rules.ts';
import { ANY_NAME, type BoundKafkaRule, type KafkaRule } from './kafka-rules.ts';
import { explainKafka, resourceText } from './kafka-words.ts';

export interface KafkaAccessParts {
  readonly cache: DecisionCache;
  /** Every Kafka rule of the policy; a permit minus PERMIT_FIRST_RULE is an index. */
  readonly rules: readonly KafkaRule[];
  /** The rules of this client. */
  readonly bound: readonly BoundKafkaRule[];
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
  readonly #elsewhere: ByType;

  constructor(parts: KafkaAccessParts) {
    this.#cache = parts.cache;
    this.#id = parts.cache.nextAccessId();
    this.#parts = parts;
    this.#rules = byType(parts.bound);
    this.#elsewhere = byType(parts.elsewhere);
  }

  authorize(operation: KafkaOperation, type: KafkaResourceType, name: string): Permit {
    return permitOf(this.#rules[type].decide(1 << KAFKA_OPERATION_CODE[operation], name));
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
    const permit = permitOf(this.#rules.topic.decide(1 << code, name));
    this.#cache.store(this.#id, code, buf, start, end, permit);
    return permit;
  }

  authorizeByType(operation: KafkaOperation, type: KafkaResourceType): Permit {
    return permitOf(this.#rules[type].decideByType(1 << KAFKA_OPERATION_CODE[operation]));
  }

  explain(operation: KafkaOperation, type: KafkaResourceType, name: string): Decision {
    const bit = 1 << KAFKA_OPERATION_CODE[operation];
    const question = { operation, type, resource: resourceText(type, name), roles: this.#parts.roles };
    return explainKafka(question, this.#rules[type].decide(bit, name), this.#elsewhere[type].decide(bit, name));
  }

  explainByType(operation: KafkaOperation, type: KafkaResourceType): Decision {
    const bit = 1 << KAFKA_OPERATION_CODE[operation];
    const question = { operation, type, resource: resourceText(type, ANY_NAME), roles: this.#parts.roles };
    return explainKafka(question, this.#rules[type].decideByType(bit), this.#elsewhere[type].decideByType(bit));
  }

  authorizedOperations(type: KafkaResourceType, name: string): number {
    return this.#rules[type].allowedBits(name) & statedMask(SUPPORTED_OPERATIONS[type]);
  }

  explainPermit(permit: Permit, action: Decision['action'], resource: string): Decision {
    return explainPermit(this.#parts.rules[permit - PERMIT_FIRST_RULE], permit, action, resource);
  }
}

function permitOf(bound: BoundKafkaRule | undefined): Permit {
  return bound?.rule.effect === 'allow' ? PERMIT_FIRST_RULE + bound.rule.number : REFUSED;
}

function byType(bound: readonly BoundKafkaRule[]): ByType {
  const of = (type: KafkaResourceType) => new ResourceRules(bound.filter(({ rule }) => rule.type === type));
  return Object.fromEntries(KAFKA_RESOURCE_TYPES.map((type) => [type, of(type)])) as Record<
    KafkaResourceType,
    ResourceRules
  >;
}
