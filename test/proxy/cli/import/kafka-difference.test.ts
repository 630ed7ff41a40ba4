/** Lists of ACLs, imported, held against Kafka's own authorizer with the same ACLs. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KAFKA_RESOURCE_TYPES, SUPPORTED_OPERATIONS } from '../../../../policies/acl/kafka-operations.ts';
import type { KafkaRoleSource } from '../../../../policies/source.ts';
import { importKafkaAcls } from '../../../../proxy/cli/import/kafka-acls.ts';
import { askKafka } from '../../../support/kafka-authorizer/authorizer.ts';
import { CLUSTER, EVERYONE, type Question, type RuleSet } from '../../../support/kafka-authorizer/rule-set.ts';
import { kafkaLibs, requireKafka } from '../../../support/kafka-dist.ts';
import { without } from '../../../support/require-tool.ts';
import { identify, policyOf, TRUST } from './loaded.ts';

const SETS = 100;
const QUESTIONS = 100;
const skip = requireKafka() || without('javac');

/** As Java prints them. */
const HOSTS = ['10.0.0.1', '10.0.0.2', '0:0:0:0:0:0:0:1'];
const NAMES = ['a', 'aa', 'ab', 'aab', 'a-', 'A', 'b', 'ba'];
/** Groups and transactional ids may have any name, also one that no rule can have. */
const ODD = ['a*', 'a{b}', '{', '*a', 'ä', 'a b', 'a, host=*, operation=ALL'];

/** A type, and operations that can be asked of it. */
const typed = fc.constantFrom(...KAFKA_RESOURCE_TYPES).chain((type) => {
  const operation = fc.constantFrom(...SUPPORTED_OPERATIONS[type]);
  return fc.record({
    type: fc.constant(type),
    operation,
    operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
  });
});
const rule = fc
  .record({
    typed,
    name: fc.constantFrom(...NAMES, '*'),
    odd: fc.constantFrom(...ODD, ...NAMES),
    prefix: fc.boolean(),
    all: fc.nat({ max: 3 }).map((one) => one === 0),
    hosts: fc.option(fc.array(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 2 }), { nil: undefined }),
  })
  .map(({ typed: { type, operations }, all, name, odd, prefix, hosts }) => {
    const named = type === 'topic' ? name : odd;
    const about = type === 'cluster' ? { cluster: true as const } : { [type]: named, prefix: prefix && named !== '*' };
    return { ...about, operations: all ? (['all'] as const) : operations, ...(hosts === undefined ? {} : { hosts }) };
  });
const role = fc.record({
  allow: fc.array(rule, { maxLength: 12, size: 'max' }),
  deny: fc.array(rule, { maxLength: 4, size: 'max' }),
});
const question: fc.Arbitrary<Question> = fc
  .record({
    kind: fc.constant('one' as const),
    principal: fc.constantFrom('alice', 'bob', 'carol'),
    host: fc.constantFrom(...HOSTS),
    typed,
    name: fc.constantFrom(...NAMES, ...NAMES, ...ODD, 'a*b', 'a{b}c'),
  })
  .map(({ typed: { type, operation }, name, ...asked }) => {
    const legal = type === 'topic' ? name.replace(/[^a-zA-Z-]/g, 'a') : name;
    return { ...asked, operation, type, name: type === 'cluster' ? CLUSTER : legal };
  });
const sets: fc.Arbitrary<RuleSet> = fc.record({
  roles: fc.record({ alice: role, bob: role, [EVERYONE]: role }),
  questions: fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS }),
});

test('an imported list decides as Kafka does, or denies where it was told', { skip }, async (t) => {
  const libs = await kafkaLibs();
  assert.ok(libs !== undefined);
  const cases = fc.sample(sets, { seed: 20_261_124, numRuns: SETS });
  const answers = await askKafka(libs, cases, 'documented');
  const counts = { allowed: 0, denied: 0, narrower: 0 };
  for (const [i, set] of cases.entries()) {
    const imported = importKafkaAcls(listOf(set.roles), TRUST);
    const policy = policyOf(imported);
    for (const [k, asked] of set.questions.entries()) {
      const who = identify(policy, asked.principal);
      const ours =
        who !== undefined && policy.kafka(who, asked.host).authorize(asked.operation, asked.type, asked.name) > 0;
      const kafka = answers[i]?.[k] === 1;
      if (ours === kafka) counts[ours ? 'allowed' : 'denied']++;
      else {
        assert.ok(
          kafka && imported.leftOut.length > 0,
          JSON.stringify({ asked, kafka, ours, list: listOf(set.roles) }, null, 1),
        );
        // A name that no rule can have; all others are decided alike.
        assert.ok(asked.type === 'group' || asked.type === 'transactionalId', JSON.stringify(asked));
        counts.narrower++;
      }
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.allowed > 500 && counts.denied > 500 && counts.narrower < counts.allowed / 2);
});

/** As `kafka-acls.sh --list` prints it. */
function listOf(roles: Readonly<Record<string, KafkaRoleSource>>): string {
  const lines: string[] = [];
  for (const [user, { allow = [], deny = [] }] of Object.entries(roles)) {
    for (const [permission, rules] of [
      ['ALLOW', allow],
      ['DENY', deny],
    ] as const) {
      for (const one of rules) {
        const type = KAFKA_RESOURCE_TYPES.find((each) => one[each] !== undefined) ?? 'cluster';
        const name = type === 'cluster' ? CLUSTER : one[type];
        const pattern = one.prefix === true ? 'PREFIXED' : 'LITERAL';
        lines.push(
          `Current ACLs for resource \`ResourcePattern(resourceType=${javaName(type)}, name=${name}, patternType=${pattern})\`: `,
        );
        for (const what of one.operations) {
          for (const host of one.hosts ?? ['*']) {
            const principal = user === EVERYONE ? '*' : user;
            lines.push(
              ` \t(principal=User:${principal}, host=${host}, operation=${javaName(what)}, permissionType=${permission})`,
            );
          }
        }
        lines.push('');
      }
    }
  }
  return lines.join('\n');
}

/** `describeConfigs` -> `DESCRIBE_CONFIGS` */
function javaName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
