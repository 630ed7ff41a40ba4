import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { KafkaRoles } from '../policies/acl/kafka-roles.ts';
import type { KafkaRuleSource } from '../policies/source.ts';
import type { Identified, KafkaAccess } from '../policies/types.ts';
import { askKafka } from './support/kafka-authorizer/authorizer.ts';
import { type Question, type RuleSet, rolesOf, ruleSets } from './support/kafka-authorizer/rule-set.ts';
import { kafkaLibs, requireKafka } from './support/kafka-dist.ts';
import { without } from './support/require-tool.ts';

const QUESTIONS = 500;

/** Each set of rules has `QUESTIONS` questions. */
const RUNS = [
  { what: 'a fixed seed', seed: 20_260_823, sets: 420 },
  { what: 'a random seed', seed: randomInt(2 ** 31), sets: 100 },
];

const skip = requireKafka() || without('javac');

for (const { what, seed, sets } of RUNS) {
  test(`every decision is the one of Kafka’s own authorizer: ${what}`, { skip }, async (t) => {
    t.diagnostic(`seed ${seed}`);
    const cases = fc.sample(ruleSets(QUESTIONS), { seed, numRuns: sets });
    const expected = await askKafka(await libs(), cases, 'documented');
    assert.equal(expected.length, sets);
    tell(
      t,
      cases.flatMap((set, i) => compare(set, expected[i] ?? [])),
    );
  });
}

test('the wildcard holds for names that begin with an asterisk, which Kafka’s authorizer forgets', {
  skip,
}, async () => {
  const asked = { kind: 'one', principal: 'alice', host: '10.0.0.1', operation: 'read', type: 'group' } as const;
  const every: KafkaRuleSource = { group: '*', operations: ['read'] };
  const questions = ['*', '*a', 'a'].map((name) => ({ ...asked, name }));
  const sets: RuleSet[] = [
    { roles: { alice: { allow: [every] } }, questions },
    { roles: { alice: { allow: [{ ...every, prefix: true }], deny: [every] } }, questions },
  ];
  assert.deepEqual(await askKafka(await libs(), sets, 'as-it-is'), [
    [1, 0, 1],
    [0, 1, 0],
  ]);
  compare(sets[0] as RuleSet, [1, 1, 1]);
  compare(sets[1] as RuleSet, [0, 0, 0]);
});

async function libs(): Promise<string> {
  const found = await kafkaLibs();
  assert.ok(found !== undefined);
  return found;
}

/** Fails where an answer of ours is not the expected one; else gives what decided each question. */
function compare(set: RuleSet, expected: readonly number[]): Decided[] {
  assert.equal(expected.length, set.questions.length);
  const sources = Object.entries(set.roles).map(([role, kafka]) => [role, { kafka }]);
  const roles = KafkaRoles.of(Object.fromEntries(sources), { cacheSlots: 1024, accesses: 8 });
  return set.questions.map((asked, i) => {
    const own = rolesOf(set, asked);
    const access = roles.access(client(asked.principal, own), asked.host);
    for (const [way, answer] of Object.entries(answers(access, asked))) {
      if (answer === expected[i]) continue;
      const rules = Object.fromEntries(own.map((role) => [role, set.roles[role]]));
      assert.fail(JSON.stringify({ asked, way, kafka: expected[i], ours: answer, rules }, null, 1));
    }
    const { verdict, ruleId } = access.explain(asked.operation, asked.type, asked.name);
    return verdict === 'allow' ? 'allow' : ruleId.includes('.deny[') ? 'deny' : 'default';
  });
}

type Decided = 'allow' | 'deny' | 'default';

/** What is allowed, by every way to ask for it. */
function answers(access: KafkaAccess, { kind, operation, type, name }: Question): Record<string, number> {
  if (kind === 'all') return { authorizedOperations: access.authorizedOperations(type, name) };
  if (kind === 'any') {
    return {
      authorizeByType: Number(access.authorizeByType(operation, type) > 0),
      explainByType: Number(access.explainByType(operation, type).verdict === 'allow'),
    };
  }
  const strings = {
    authorize: Number(access.authorize(operation, type, name) > 0),
    explain: Number(access.explain(operation, type, name).verdict === 'allow'),
  };
  if (type !== 'topic') return strings;
  const bytes = Buffer.from(name);
  const topic = () => Number(access.topic(operation, bytes, 0, bytes.length) > 0);
  return { ...strings, decided: topic(), cached: topic() };
}

function client(principal: string, roles: readonly string[]): Identified {
  return { ok: true, identity: 'i', principal, roles, variables: {}, limits: {} };
}

/** A comparison in which nearly all is decided alike would prove little. */
function tell(t: TestContext, decided: readonly Decided[]): void {
  const shares = (['allow', 'deny', 'default'] as const).map((kind) => {
    const share = decided.filter((one) => one === kind).length / decided.length;
    assert.ok(share > 0.05, `${kind}: only ${share}`);
    return `${kind} ${Math.round(share * 100)} %`;
  });
  t.diagnostic(`${decided.length} decisions: ${shares.join(', ')}`);
}
