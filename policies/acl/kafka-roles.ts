/** The kafka sections of all roles, compiled once per policy; makes the access of one client. */
import type { Mode, PolicySource } from '../source.ts';
import type { Identified, KafkaAccess } from '../types.ts';
import { AccessCache } from './access-cache.ts';
import { DecisionCache } from './decision-cache.ts';
import { CompiledKafkaAccess } from './kafka-access.ts';
import { parseHost } from './kafka-host.ts';
import { bindKafkaRule, compileKafkaRules, concernsHost, type KafkaRule } from './kafka-rules.ts';
import { enforcedRights, rolesInShadow } from './shadow.ts';
import { templateVariables, type Variables } from './template.ts';

export interface KafkaOptions {
  readonly cacheSlots?: number;
  /** Accesses that are kept. */
  readonly accesses: number;
}

export class KafkaRoles {
  readonly #roles = new Map<string, readonly KafkaRule[]>();
  readonly #inShadow: ReadonlySet<string>;
  readonly #rules: readonly KafkaRule[];
  readonly #cache: DecisionCache;
  readonly #accesses: AccessCache<KafkaAccess>;

  /** The source has passed `checkPolicy`. */
  constructor(roles: PolicySource['roles'], options: KafkaOptions) {
    this.#inShadow = rolesInShadow(roles);
    const rules: KafkaRule[] = [];
    for (const [name, { kafka }] of Object.entries(roles)) {
      if (kafka === undefined) continue;
      const own = compileKafkaRules(name, kafka, rules.length);
      rules.push(...own);
      this.#roles.set(name, own);
    }
    this.#rules = rules;
    this.#cache = new DecisionCache(cacheOptions(rules.length, options.cacheSlots));
    this.#accesses = new AccessCache(options.accesses);
  }

  /**
   * Roles unite their allows and their denies.
   *
   * An access depends on nothing but the mode, the roles, the rules that concern the address, and the
   * variables that occur in rules: clients that agree in these share it. So neither many clients
   * of one role nor a client with many addresses costs more than their rules differ.
   */
  access(who: Identified, host: string, mode: Mode = 'enforce'): KafkaAccess {
    const rules = who.roles.flatMap((name) => this.#roles.get(name) ?? []);
    const address = parseHost(host);
    const concerned = rules.filter((rule) => concernsHost(rule, address));
    const key = JSON.stringify([mode, who.roles, hostKey(concerned), variablesKey(rules, who.variables)]);
    return this.#accesses.get(key, () => {
      const bind = (rule: KafkaRule) => bindKafkaRule(rule, who.variables) ?? [];
      const enforced = enforcedRights(concerned, who.roles, this.#inShadow, mode);
      return new CompiledKafkaAccess({
        cache: this.#cache,
        rules: this.#rules,
        bound: concerned.flatMap(bind),
        enforced: enforced && { ...enforced, rules: enforced.rules.flatMap(bind) },
        elsewhere: rules.filter((rule) => rule.effect === 'allow' && !concernsHost(rule, address)).flatMap(bind),
        roles: `${who.roles.length === 1 ? 'role' : 'roles'} ${who.roles.join(', ')}`,
      });
    });
  }
}

/** Without rules there is nothing worth remembering. */
function cacheOptions(rules: number, slots: number | undefined): { slots?: number } {
  if (rules === 0) return { slots: 1 };
  return slots === undefined ? {} : { slots };
}

/** Which of the rules for certain hosts concern the client. */
function hostKey(concerned: readonly KafkaRule[]): number[] {
  return concerned.filter((rule) => rule.hosts !== undefined).map((rule) => rule.number);
}

/** Names and values of the variables that rules are filled with. */
function variablesKey(rules: readonly KafkaRule[], variables: Variables): [string, string][] {
  const used = new Set(rules.flatMap((rule) => templateVariables(rule.template)));
  return [...used].flatMap((name) =>
    Object.hasOwn(variables, name) ? [[name, variables[name] as string] satisfies [string, string]] : [],
  );
}
