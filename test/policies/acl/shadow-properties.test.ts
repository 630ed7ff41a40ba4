import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KafkaRoles } from '../../../policies/acl/kafka-roles.ts';
import type { Mode, RoleSource } from '../../../policies/source.ts';
import type { KafkaAccess, MqttAccess } from '../../../policies/types.ts';
import {
  CLUSTER,
  type Question,
  rolesOf as rolesOfQuestion,
  ruleSets,
} from '../../support/kafka-authorizer/rule-set.ts';
import { kafkaClientOf } from './kafka-support.ts';
import { mqttOf, type Outcome, outcomeOf, type Roles } from './shadow-support.ts';
import { publish, receive } from './support.ts';

/** The rules without modes; `enforced`: only what is enforced, with allows of everything where a role is in shadow. */
function plainly(roles: Roles, mode: Mode, enforced: boolean): Roles {
  const open = mode === 'shadow' || Object.values(roles).some((role) => role.mode === 'shadow');
  const stripped = Object.entries(roles).map(([name, role]): [string, RoleSource] => {
    const dropped = mode === 'shadow' || role.mode === 'shadow';
    const kept = <T extends { readonly mode?: Mode }>(denies: readonly T[] = []): T[] =>
      denies
        .filter((deny) => !enforced || !(dropped || deny.mode === 'shadow'))
        .map(({ mode: _, ...deny }) => deny as T);
    const { mqtt = {}, kafka = {} } = role;
    return [name, { mqtt: { ...mqtt, deny: kept(mqtt.deny) }, kafka: { ...kafka, deny: kept(kafka.deny) } }];
  });
  return Object.fromEntries(enforced && open ? [...stripped, ['everything', EVERYTHING]] : stripped);
}

const EVERYTHING: RoleSource = {
  mqtt: { allow: [{ publish: '#' }, { subscribe: '#' }] },
  kafka: {
    allow: [
      { topic: '*', operations: ['all'] },
      { group: '*', operations: ['all'] },
      { transactionalId: '*', operations: ['all'] },
      { cluster: true, operations: ['all'] },
    ],
  },
};

const mode = fc.constantFrom<Mode>('enforce', 'enforce', 'shadow');
const filter = fc.constantFrom('a', 'a/#', '+/b', 'a/b', '#', 'b/+', '{device}/x', '{nobody}/x');
const rule = fc
  .tuple(
    fc.constantFrom('publish', 'subscribe', 'receive', 'will'),
    filter,
    fc.constantFrom({}, { qos: [0, 1] as const }),
  )
  .map(([action, text, qos]) => ({ [action]: text, ...(action === 'receive' ? {} : qos) }));
const role = fc
  .record({
    mode,
    allow: fc.array(rule, { maxLength: 4 }),
    deny: fc.array(
      fc.tuple(rule, mode).map(([one, how]) => ({ ...one, mode: how })),
      { maxLength: 3 },
    ),
  })
  .map(({ mode: how, ...mqtt }): RoleSource => ({ mode: how, mqtt }));

test('MQTT: what is enforced decides, and what is tried tells, for any rules and modes', () => {
  const seen: Record<Outcome, number> = { allow: 0, shadow: 0, deny: 0 };
  const topics = ['a', 'a/b', 'b/b', 'd1/x', 'c'];
  fc.assert(
    fc.property(fc.record({ r: role, s: role }), mode, (roles, how) => {
      const [access, tried, enforced] = [
        mqttOf(roles, how),
        mqttOf(plainly(roles, how, false)),
        mqttOf(plainly(roles, how, true)),
      ];
      const expect = (ask: (of: MqttAccess) => number, words: string) => {
        const expected = ask(tried) > 0 ? 'allow' : ask(enforced) > 0 ? 'shadow' : 'deny';
        assert.equal(outcomeOf(ask(access)), expected, `${words} ${JSON.stringify([how, roles])}`);
        seen[expected]++;
      };
      for (const topic of topics) {
        for (const qos of [0, 2]) {
          expect((of) => publish(of, topic, qos), `publish ${topic}`);
          expect((of) => of.will(topic, qos, false).permit, `will ${topic}`);
        }
        expect((of) => receive(of, topic), `receive ${topic}`);
      }
      for (const text of [...topics, 'a/#', '+/b']) {
        const [{ qos }, would] = [access.subscribe(text, 2), enforced.subscribe(text, 2)];
        assert.equal(qos, would.qos, text);
      }
    }),
    { numRuns: 400 },
  );
  for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 500, `${outcome}: ${count}`);
});

test('Kafka: what is enforced decides, and what is tried tells, for any rules and modes', () => {
  const seen: Record<Outcome, number> = { allow: 0, shadow: 0, deny: 0 };
  fc.assert(
    fc.property(ruleSets(15), mode, fc.array(mode, { minLength: 12, maxLength: 12 }), (set, how, modes) => {
      const roles = Object.fromEntries(
        Object.entries(set.roles).map(([name, kafka], i): [string, RoleSource] => {
          const deny = kafka.deny?.map((one, j) => ({ ...one, mode: modes[(i + j) % 12] as Mode })) ?? [];
          return [name, { mode: modes[11 - (i % 12)] as Mode, kafka: { ...kafka, deny } }];
        }),
      );
      for (const asked of set.questions) {
        const own = Object.fromEntries(rolesOfQuestion(set, asked).map((name) => [name, roles[name] as RoleSource]));
        const access = kafkaOf(own, asked, how);
        const [tried, enforced] = [false, true].map((what) => kafkaOf(plainly(own, how, what), asked)) as [
          KafkaAccess,
          KafkaAccess,
        ];
        const { operation, type } = asked;
        const name = type === 'cluster' ? CLUSTER : asked.name;
        const words = JSON.stringify([asked, how, own]);
        const expect = (ask: (of: KafkaAccess) => number) => {
          const expected = ask(tried) > 0 ? 'allow' : ask(enforced) > 0 ? 'shadow' : 'deny';
          assert.equal(outcomeOf(ask(access)), expected, words);
          return expected;
        };
        const outcome = expect((of) => of.authorize(operation, type, name));
        seen[outcome]++;
        expect((of) => of.authorizeByType(operation, type));
        const { verdict, shadow } = access.explain(operation, type, name);
        assert.deepEqual(
          [verdict, shadow?.verdict],
          [outcome === 'deny' ? 'deny' : 'allow', outcome === 'shadow' ? 'deny' : undefined],
        );
        assert.equal(access.authorizedOperations(type, name), enforced.authorizedOperations(type, name), words);
      }
    }),
    { numRuns: 300 },
  );
  for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 300, `${outcome}: ${count}`);
});

function kafkaOf(roles: Roles, { host }: Question, how?: Mode): KafkaAccess {
  return KafkaRoles.of(roles, { cacheSlots: 16, accesses: 1 }).access(kafkaClientOf(Object.keys(roles)), host, how);
}
