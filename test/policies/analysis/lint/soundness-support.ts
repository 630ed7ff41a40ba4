/** What holds the lints against the engine, over random policies of few words so that much is found. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LintId } from '../../../../policies/analysis/lint/catalogue.ts';
import type { Finding } from '../../../../policies/analysis/lint/finding.ts';
import { lintPolicy } from '../../../../policies/analysis/lint/lint-policy.ts';
import { checkPolicy } from '../../../../policies/policy.ts';
import type { MqttRoleSource, MqttRuleSource, PolicySource, RoleSource } from '../../../../policies/source.ts';
import type { Identified } from '../../../../policies/types.ts';
import { device, KAFKA, MQTT } from './support.ts';

export const RUNS = { numRuns: 500, seed: 20261124 };
/** Values that meet each other and the words of rules: where the lints speak of variables they must hold for all. */
const CLIENTS = [
  { plant: 'a', device: 'b' },
  { plant: 'b', device: 'b' },
  { plant: 'a', device: 'a' },
];

export const optional = <K extends string, T>(key: K, arb: fc.Arbitrary<T>) =>
  fc.option(
    arb.map((value) => ({ [key]: value }) as Record<K, T>),
    { nil: {} },
  );
export const merge = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as never);

/** Of a deny: one of eight is in shadow. */
const mode = fc.constantFrom({}, {}, {}, {}, {}, {}, {}, { mode: 'shadow' } as const);

export const rolesOf = <T>(
  rule: fc.Arbitrary<T>,
  section: 'mqtt' | 'kafka',
): fc.Arbitrary<Record<string, RoleSource>> => {
  const list = fc.array(rule, { maxLength: 4 });
  const deny = fc.tuple(rule, mode).map(([one, more]) => ({ ...one, ...more }));
  const role = fc
    .record({ allow: list, deny: fc.array(deny, { maxLength: 2 }) })
    .map((rules) => ({ [section]: rules }) as RoleSource);
  return fc.record({ r: role, s: role });
};

const overlaps = fc.constantFrom(undefined, 'reject', 'filter');

/** With a way to treat what overlaps a deny, and without sizes in denies, where they are refused. */
function completed(roles: Record<string, RoleSource>, ways: readonly (MqttRoleSource['denyOverlap'] | undefined)[]) {
  const entries = Object.entries(roles).map(([name, { mqtt = {} }], i): [string, RoleSource] => {
    const deny = (mqtt.deny ?? []).map(({ size: _size, ...rule }) => rule);
    const way = ways[i];
    return [name, { mqtt: { ...mqtt, deny, ...(way === undefined ? {} : { denyOverlap: way }) } }];
  });
  return Object.fromEntries(entries);
}

/** Roles of MQTT rules, each with a way to treat what overlaps its denies. */
export const mqttRolesOf = (rule: fc.Arbitrary<MqttRuleSource>): fc.Arbitrary<Record<string, RoleSource>> =>
  fc.tuple(rolesOf(rule, 'mqtt'), overlaps, overlaps).map(([roles, ...ways]) => completed(roles, ways));

/** The first client has both roles, or each of two clients has one. */
export function sourceOf(roles: Record<string, RoleSource>, both: boolean): PolicySource {
  const identities = both
    ? [device({ roles: ['r', 's'] })]
    : [
        device({ roles: ['r'] }),
        { ...device({ name: 'others', roles: ['r', 's'] }), when: { trust: 'ca', san: { dns: '{plant}.{device}' } } },
      ];
  return { identities, roles };
}

export function lint(policy: PolicySource): Finding[] {
  assert.deepEqual(checkPolicy(policy), []);
  return lintPolicy({
    policy,
    listeners: [{ ...MQTT, maxTopicLevels: 32 }, KAFKA],
    stores: ['ca'],
    maxConnections: 1000,
  });
}

/** Ids of the rules (or identities) that findings of a lint are about. */
export function ruleIds(findings: readonly Finding[], lintId: LintId, seen: ReturnType<typeof counter>): Set<string> {
  const ids = findings.filter((one) => one.lint === lintId).map(({ path }) => /^.*?\[\d+\]/.exec(path)?.[0] ?? path);
  seen.add(lintId, ids.length);
  return new Set(ids);
}

export function withoutRules({ identities, roles }: PolicySource, ids: ReadonlySet<string>): PolicySource {
  const kept = Object.entries(roles).map(([role, sections]) => {
    const shorter = Object.entries(sections).map(([section, lists]) => {
      const left = Object.entries(lists as Record<string, unknown>).map(([effect, rules]) => [
        effect,
        Array.isArray(rules) ? rules.filter((_, i) => !ids.has(`roles.${role}.${section}.${effect}[${i}]`)) : rules,
      ]);
      return [section, Object.fromEntries(left)];
    });
    return [role, Object.fromEntries(shorter)];
  });
  return { identities, roles: Object.fromEntries(kept) as PolicySource['roles'] };
}

/** Clients of each identity, with every set of values. */
export function* clients(source: PolicySource): Generator<Identified> {
  for (const { name, roles } of source.identities) {
    for (const variables of CLIENTS) {
      yield {
        ok: true,
        identity: name,
        principal: JSON.stringify([name, variables]),
        roles,
        variables,
        limits: {},
      };
    }
  }
}

export function counter() {
  const counts: Partial<Record<LintId, number>> = {};
  return {
    add: (id: LintId, count: number) => {
      counts[id] = (counts[id] ?? 0) + count;
    },
    atLeast: (least: Partial<Record<LintId, number>>) => {
      for (const [id, count] of Object.entries(least))
        assert.ok((counts[id as LintId] ?? 0) >= count, `too few ${id}: ${JSON.stringify(counts)}`);
    },
  };
}
