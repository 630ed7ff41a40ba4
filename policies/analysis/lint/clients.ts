/**
 * The clients of a role, as far as its rules can tell them apart: by their roles. Instead of the
 * values of certificates, variables hold symbols that occur nowhere else. What inclusion says
 * about symbols holds for every value; what can happen with symbols can happen with a value.
 */
import type { KafkaRule } from '../../acl/kafka-rules.ts';
import type { Rule } from '../../acl/rules.ts';
import { templateVariables, type Variables } from '../../acl/template.ts';
import type { Protocol } from '../../decision.ts';
import { PROTOCOL_NAMES, PROTOCOLS, type ProtocolRules, sectionOf } from '../../protocols.ts';
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

type RulesByRole = { readonly [P in Protocol]: ReadonlyMap<string, readonly ProtocolRules[P][]> };

/** Which identities have which roles, with the rules that follow. */
export class RoleBook {
  readonly #rules: RulesByRole;
  readonly #holders = new Map<string, RoleHolder[]>();

  /** Of one client's roles alone. */
  static ofClient({ roles }: PolicySource, names: readonly string[]): RoleBook {
    const own = Object.fromEntries(names.flatMap((role) => (roles[role] ? [[role, roles[role]]] : [])));
    return new RoleBook({ identities: [], roles: own });
  }

  constructor({ roles, identities }: PolicySource) {
    this.#rules = Object.fromEntries(
      PROTOCOL_NAMES.map((protocol) => [protocol, rulesByRole(protocol, roles)]),
    ) as unknown as RulesByRole;
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

  /** The rules of one protocol, role by role. */
  rules<P extends Protocol>(protocol: P, roles: readonly string[]): readonly ProtocolRules[P][] {
    const byRole: RulesByRole[P] = this.#rules[protocol];
    return roles.flatMap((role): readonly ProtocolRules[P][] => byRole.get(role) ?? []);
  }
}

function rulesByRole<P extends Protocol>(
  protocol: P,
  roles: PolicySource['roles'],
): ReadonlyMap<string, readonly ProtocolRules[P][]> {
  const compiled = Object.entries(roles).map(([name, role]): [string, readonly ProtocolRules[P][]] => {
    const section = sectionOf(role, protocol);
    return [name, section === undefined ? [] : PROTOCOLS[protocol].compile(name, section)];
  });
  return new Map(compiled);
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
