/** Rule sets and questions to compare authorizers by: few names that begin each other, many collisions. */
import fc from 'fast-check';
import {
  KAFKA_OPERATION_CODE,
  KAFKA_RESOURCE_TYPES,
  type KafkaOperation,
  type KafkaResourceType,
  type KafkaRuleOperation,
} from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRoleSource, KafkaRuleSource } from '../../../policies/source.ts';

/** The role of every principal: what Kafka calls `User:*`. */
export const EVERYONE = 'everyone';
export const CLUSTER = 'kafka-cluster';

export interface Question {
  /** About one resource, about any of the type, or about all operations on one. */
  readonly kind: 'one' | 'any' | 'all';
  /** Has the role of this name, if there is one, and `EVERYONE`. */
  readonly principal: string;
  readonly host: string;
  readonly operation: KafkaOperation;
  readonly type: KafkaResourceType;
  readonly name: string;
}

export interface RuleSet {
  readonly roles: Readonly<Record<string, KafkaRoleSource>>;
  readonly questions: readonly Question[];
}

/** UTF-16 sorts U+FF5E after U+1F600, code points do not; `hardcode` is what Kafka asks about first for any resource. */
const NAMES = [
  ...['*', '**', '*a', 'h', 'hardcode', 'a', 'aa', 'ab', 'aab', 'aabb', 'a-', 'a*', 'A', 'b', 'ba', 'bab'],
  ...['\u{ff5e}', 'a\u{ff5e}', 'a\u{ff5e}a', 'a\u{1f600}', 'a\u{1f600}b'],
];

/** Each address in several spellings. */
const HOSTS = [
  ...['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1', '10.0.0.2', '::FFFF:10.0.0.2'],
  ...['::1', '0:0:0:0:0:0:0:1', '2001:db8::ff', '2001:DB8:0:0::00FF'],
];

const name = fc.constantFrom(...NAMES);
const host = fc.constantFrom(...HOSTS);
const operation = fc.constantFrom(...(Object.keys(KAFKA_OPERATION_CODE) as KafkaOperation[]));
const type = fc.constantFrom('topic', 'topic', ...KAFKA_RESOURCE_TYPES);
const operations = fc.oneof(
  { weight: 2, arbitrary: fc.array(operation, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<KafkaRuleOperation[]>(['all']) },
);
const hosts = fc.option(fc.array(host, { minLength: 1, maxLength: 2 }), { freq: 2, nil: undefined });

const rule: fc.Arbitrary<KafkaRuleSource> = fc
  .record({ type, name, prefix: fc.boolean(), operations, hosts })
  .map((one) => {
    const about = one.type === 'cluster' ? { cluster: true as const } : { [one.type]: one.name, prefix: one.prefix };
    return { ...about, operations: one.operations, ...(one.hosts === undefined ? {} : { hosts: one.hosts }) };
  });

const role: fc.Arbitrary<KafkaRoleSource> = fc.record({
  allow: fc.array(rule, { maxLength: 16, size: 'max' }),
  deny: fc.array(rule, { maxLength: 8, size: 'max' }),
});

const question: fc.Arbitrary<Question> = fc
  .record({
    kind: fc.constantFrom('one', 'one', 'one', 'one', 'one', 'one', 'any', 'all'),
    principal: fc.constantFrom('alice', 'bob', 'carol'),
    host,
    operation,
    type,
    name: fc.oneof(
      name,
      fc.tuple(name, name).map(([a, b]) => a + b),
    ),
  })
  .map((asked) => (asked.type === 'cluster' && asked.name !== 'h' ? { ...asked, name: CLUSTER } : asked));

/** Carol has no role but `EVERYONE`. */
export function ruleSets(questions: number): fc.Arbitrary<RuleSet> {
  return fc.record({
    roles: fc.record({ alice: role, bob: role, [EVERYONE]: role }),
    questions: fc.array(question, { minLength: questions, maxLength: questions }),
  });
}

export function rolesOf(set: RuleSet, { principal }: Question): string[] {
  return Object.hasOwn(set.roles, principal) ? [principal, EVERYONE] : [EVERYONE];
}
