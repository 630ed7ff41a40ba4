import assert from 'node:assert/strict';
import test from 'node:test';
import type { LintId } from '../../../../policies/analysis/lint/catalogue.ts';
import type { LintListener, LintSource } from '../../../../policies/analysis/lint/finding.ts';
import { lintPolicy } from '../../../../policies/analysis/lint/lint-policy.ts';
import { checkPolicy } from '../../../../policies/policy.ts';
import type { IdentitySource, KafkaRuleSource, MqttRuleSource, RoleSource } from '../../../../policies/source.ts';

/** The parts of a policy that a case is about; the rest is a device with every role of the case. */
export interface Parts {
  readonly roles?: Readonly<Record<string, RoleSource>>;
  readonly identities?: readonly IdentitySource[];
  readonly listeners?: readonly LintListener[];
  readonly stores?: readonly string[];
  readonly maxConnections?: number;
}

export const MQTT: LintListener = { protocol: 'mqtt', clients: ['ca'], maxTopicLevels: 8, admits: [] };
export const KAFKA: LintListener = { protocol: 'kafka', clients: ['ca'], admits: [] };
const ROLES = { idle: {} };

export function lintSource(parts: Parts): LintSource {
  const { roles = ROLES, listeners = [MQTT, KAFKA], stores = ['ca'], maxConnections = 1000 } = parts;
  const identities = parts.identities ?? [device({ roles: Object.keys(roles) })];
  const source = { policy: { identities, roles }, listeners, stores, maxConnections };
  assert.deepEqual(checkPolicy(source.policy), [], 'the policy of a case is valid');
  return source;
}

export function device(parts: Partial<IdentitySource> = {}): IdentitySource {
  return {
    name: 'devices',
    when: { trust: 'ca', san: { uri: 'spiffe://acme/{plant}/{device}' } },
    principal: '{device}',
    roles: ['idle'],
    ...parts,
  };
}

/** A device with one role of these rules. */
export function mqttRules(allow: readonly MqttRuleSource[], deny: readonly MqttRuleSource[] = []): Parts {
  return { roles: { r: { mqtt: { allow, deny } } } };
}

export function kafkaRules(allow: readonly KafkaRuleSource[], deny: readonly KafkaRuleSource[] = []): Parts {
  return { roles: { r: { kafka: { allow, deny } } } };
}

/** What is found, and a near miss in which it is not. */
export interface LintCase {
  readonly about: string;
  readonly found: Parts;
  /** Paths of the findings of this lint in `found`. */
  readonly at: readonly string[];
  readonly message?: RegExp;
  readonly near: Parts;
}

export function testLint(lint: LintId, cases: readonly LintCase[]): void {
  for (const { about, found, at, message, near } of cases) {
    test(`${lint}: ${about}`, () => {
      const findings = findingsOf(lint, found);
      assert.deepEqual(
        findings.map(({ path }) => path),
        at,
        JSON.stringify(lintPolicy(lintSource(found)), null, 1),
      );
      if (message !== undefined) assert.match(findings[0]?.message ?? '', message);
      assert.deepEqual(findingsOf(lint, near), [], 'the near miss is none');
    });
  }
}

function findingsOf(lint: LintId, parts: Parts) {
  return lintPolicy(lintSource(parts)).filter((one) => one.lint === lint);
}
