/**
 * The clients of a role, as far as its rules can tell them apart: by their roles. Instead of the
 * values of certificates, variables hold symbols that occur nowhere else. What inclusion says
 * about symbols holds for every value; what can happen with symbols can happen with a value.
 */
import { compileKafkaRules, type KafkaRule } from '../../acl/kafka-rules.ts';
import { compileRules, type Rule } from '../../acl/rules.ts';
import { templateVariables, type Variables } from '../../acl/template.ts';
import type { PolicySource } from '../../source.ts';

/** Characters of no script (private use); a policy that uses them itself is told nothing it could be misled by. */
const OPEN = '\ue000';
const CLOSE = '\ue001';

/** Clients that have the same roles. */
export interface RoleHolder {
  /** All of their roles. */
  readonly roles: readonly string[];
  /** Identities, in configuration order; none where only the role itself can be looked at. */
  readonly identities: readonly string[];
}

export class RoleBook {
  readonly #mqtt: ReadonlyMap<string, readonly Rule[]>;
  readonly #kafka: ReadonlyMap<string, readonly KafkaRule[]>;
  readonly #holders = new Map<string, RoleHolder[]>();

  constructor({ roles, identities }: PolicySource) {
    const entries = Object.entries(roles);
    this.#mqtt = new Map(
      entries.map(([name, { mqtt }]) => [name, mqtt === undefined ? [] : compileRules(name, mqtt, 0)]),
    );
    this.#kafka = new Map(
      entries.map(([name, { kafka }]) => [name, kafka === undefined ? [] : compileKafkaRules(name, kafka, 0)]),
    );
    const byRoles = Map.groupBy(identities, (identity) => JSON.stringify(identity.roles));
    for (const same of byRoles.values()) {
      const own = [...new Set(same[0]?.roles ?? [])];
      for (const role of own) {
        const holder = { roles: own, identities: same.map(({ name }) => name) };
        this.#holders.set(role, [...(this.#holders.get(role) ?? []), holder]);
      }
    }
  }

  /** Never empty: a role that nobody has is looked at alone. */
  holders(role: string): readonly RoleHolder[] {
    return this.#holders.get(role) ?? [{ roles: [role], identities: [] }];
  }

  mqtt(roles: readonly string[]): readonly Rule[] {
    return roles.flatMap((role) => this.#mqtt.get(role) ?? []);
  }

  kafka(roles: readonly string[]): readonly KafkaRule[] {
    return roles.flatMap((role) => this.#kafka.get(role) ?? []);
  }
}

/** A symbol for each variable of the rules. */
export function symbols(mqtt: readonly Rule[], kafka: readonly KafkaRule[] = []): Variables {
  const names = [
    ...mqtt.flatMap(({ template }) => template.variables),
    ...kafka.flatMap(({ template }) => templateVariables(template)),
  ];
  return Object.fromEntries(names.map((name) => [name, `${OPEN}${name}${CLOSE}`]));
}

/** Could the text of a rule be taken for a symbol? */
export function holdsSymbol(text: string): boolean {
  return text.includes(OPEN) || text.includes(CLOSE);
}
