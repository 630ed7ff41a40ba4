import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KAFKA_OPERATION_CODE, SUPPORTED_OPERATIONS } from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRoleSource, KafkaRuleSource } from '../../../policies/source.ts';
import type { KafkaAccess, KafkaOperation } from '../../../policies/types.ts';
import { type Question, type RuleSet, rolesOf, ruleSets } from '../../support/kafka-authorizer/rule-set.ts';
import { kafkaClientOf, kafkaRolesOf } from './kafka-support.ts';

/** The semantics once more, as plainly as they can be said: one look at every rule for every question. */
class Naive {
  readonly allow: readonly KafkaRuleSource[];
  readonly deny: readonly KafkaRuleSource[];
  readonly asked: Question;

  constructor(set: RuleSet, asked: Question) {
    const roles = rolesOf(set, asked).map((name) => set.roles[name] as KafkaRoleSource);
    const concerns = (rule: KafkaRuleSource) => rule[asked.type] !== undefined && fromHost(rule, asked.host);
    this.allow = roles.flatMap((role) => role.allow ?? []).filter(concerns);
    this.deny = roles.flatMap((role) => role.deny ?? []).filter(concerns);
    this.asked = asked;
  }

  one(operation: KafkaOperation, name: string): boolean {
    const isNamed = (rule: KafkaRuleSource) => this.#matches(rule, name);
    if (this.deny.some((rule) => isNamed(rule) && says(rule, operation))) return false;
    return this.allow.some((rule) => isNamed(rule) && grantedBy(operation).some((granted) => says(rule, granted)));
  }

  any(operation: KafkaOperation): boolean {
    if (this.one(operation, 'hardcode')) return true;
    const denies = this.deny.filter((rule) => says(rule, operation));
    if (denies.some((rule) => this.#isWildcard(rule))) return false;
    const covered = (allow: KafkaRuleSource) =>
      denies.some((deny) => {
        if (!deny.prefix) return !allow.prefix && this.#name(deny) === this.#name(allow);
        return this.#name(allow).startsWith(this.#name(deny));
      });
    const allows = this.allow.filter((rule) => says(rule, operation));
    return allows.some((rule) => this.#isWildcard(rule) || !covered(rule));
  }

  all(name: string): number {
    return SUPPORTED_OPERATIONS[this.asked.type]
      .filter((operation) => this.one(operation, name))
      .reduce((sum, operation) => sum + 2 ** KAFKA_OPERATION_CODE[operation], 0);
  }

  #matches(rule: KafkaRuleSource, name: string): boolean {
    if (this.#isWildcard(rule)) return true;
    return rule.prefix ? name.startsWith(this.#name(rule)) : name === this.#name(rule);
  }

  #isWildcard(rule: KafkaRuleSource): boolean {
    return this.#name(rule) === '*' && !rule.prefix;
  }

  #name(rule: KafkaRuleSource): string {
    const { type } = this.asked;
    return type === 'cluster' ? 'kafka-cluster' : (rule[type] ?? '');
  }
}

function says(rule: KafkaRuleSource, operation: KafkaOperation): boolean {
  return rule.operations.includes(operation) || rule.operations.includes('all');
}

function grantedBy(operation: KafkaOperation): KafkaOperation[] {
  if (operation === 'describe') return ['describe', 'read', 'write', 'delete', 'alter'];
  return operation === 'describeConfigs' ? ['describeConfigs', 'alterConfigs'] : [operation];
}

/** The generated addresses in one spelling. */
function fromHost(rule: KafkaRuleSource, host: string): boolean {
  const canonical = (text: string) => {
    const ip = new URL(`http://${text.includes(':') ? `[${text}]` : text}`).hostname;
    return ip.replace(/^\[::ffff:a00:(\d)\]$/, '10.0.0.$1');
  };
  return rule.hosts === undefined || rule.hosts.some((one) => canonical(one) === canonical(host));
}

function accessOf(set: RuleSet, asked: Question): KafkaAccess {
  return kafkaRolesOf(set.roles).access(kafkaClientOf(rolesOf(set, asked)), asked.host);
}

test('every decision is that of a look at every rule', () => {
  fc.assert(
    fc.property(ruleSets(25), (set) => {
      for (const asked of set.questions) {
        const { operation, type, name } = asked;
        const [access, naive] = [accessOf(set, asked), new Naive(set, asked)];
        assert.equal(access.authorize(operation, type, name) > 0, naive.one(operation, name), JSON.stringify(asked));
        assert.equal(access.authorizeByType(operation, type) > 0, naive.any(operation), JSON.stringify(asked));
        assert.equal(access.authorizedOperations(type, name), naive.all(name), JSON.stringify(asked));
      }
    }),
    { numRuns: 300 },
  );
});

test('a decision is explained by a rule that exists, is for the client and is about the resource', () => {
  fc.assert(
    fc.property(ruleSets(25), (set) => {
      for (const asked of set.questions) {
        const { operation, type, name } = asked;
        const access = accessOf(set, asked);
        const permit = access.authorize(operation, type, name);
        const decision = access.explain(operation, type, name);
        assert.equal(decision.verdict === 'allow', permit > 0);
        const [, role, effect, index] = /^roles\.(\w+)\.kafka\.(allow|deny)\[(\d+)\]$/.exec(decision.ruleId) ?? [];
        if (role === undefined) {
          assert.deepEqual([decision.ruleId, decision.role, decision.verdict], ['default-deny', '', 'deny']);
          continue;
        }
        assert.ok(rolesOf(set, asked).includes(role));
        assert.ok(set.roles[role]?.[effect as 'allow' | 'deny']?.[Number(index)]?.[type] !== undefined);
        assert.equal(decision.role, role);
        if (permit > 0) {
          assert.equal(effect, 'allow');
          assert.equal(access.explainPermit(permit, operation, decision.resource).ruleId, decision.ruleId);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a further deny allows nothing, and a further allow takes nothing away', () => {
  fc.assert(
    fc.property(ruleSets(10), ruleSets(0), (set, more) => {
      const added = more.roles['alice'] as KafkaRoleSource;
      const extended = (effect: 'allow' | 'deny'): RuleSet => {
        const roles = Object.entries(set.roles).map(([name, role]) => [
          name,
          { ...role, [effect]: [...(role[effect] ?? []), ...(added[effect] ?? [])] },
        ]);
        return { ...set, roles: Object.fromEntries(roles) };
      };
      const [allowing, denying] = [extended('allow'), extended('deny')];
      for (const asked of set.questions) {
        const bits = (of: RuleSet) => accessOf(of, asked).authorizedOperations(asked.type, asked.name);
        assert.equal(bits(denying) & ~bits(set), 0);
        assert.equal(bits(set) & ~bits(allowing), 0);
      }
    }),
    { numRuns: 200 },
  );
});
