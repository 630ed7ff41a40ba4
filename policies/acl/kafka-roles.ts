/** The kafka sections of all roles, compiled once per policy; makes the access of one client. */
import type { Mode, PolicySource } from '../source.ts';
import { finish, type Steps } from '../steps.ts';
import type { Identified, KafkaAccess } from '../types.ts';
import { AccessCache } from './access-cache.ts';
import { DecisionCache } from './decision-cache.ts';
import { CompiledKafkaAccess } from './kafka-access.ts';
import { parseHost } from './kafka-host.ts';
import { bindKafkaRule, concernsHost, eachKafkaRule, type KafkaRule } from './kafka-rules.ts';
import { enforcedRights, rolesInShadow } from './shadow.ts';
import { templateVariables, type Variables } from './template.ts';

export interface KafkaOptions {
  readonly cacheSlots?: number;
  /** Accesses that are kept. */
  readonly accesses: number;
}

/** The rules of one role, and what of a client they depend on. */
interface CompiledRole {
  readonly rules: readonly KafkaRule[];
  /** Those for certain addresses only. */
  readonly hosted: readonly KafkaRule[];
  /** Variables that occur in them. */
  readonly variables: readonly string[];
}

/**
 * The Kafka rules of all roles, compiled once for all clients; an access is made from them for each principal and
 * address.
 */
export class KafkaRoles {
  readonly #roles: ReadonlyMap<string, CompiledRole>;
  readonly #inShadow: ReadonlySet<string>;
  readonly #rules: readonly KafkaRule[];
  readonly #cache: DecisionCache;
  readonly #accesses: AccessCache<KafkaAccess>;

  private constructor(
    roles: ReadonlyMap<string, CompiledRole>,
    inShadow: ReadonlySet<string>,
    rules: readonly KafkaRule[],
    options: KafkaOptions,
  ) {
    this.#roles = roles;
    this.#inShadow = inShadow;
    this.#rules = rules;
    this.#cache = new DecisionCache(cacheOptions(rules.length, options.cacheSlots));
    this.#accesses = new AccessCache(options.accesses);
  }

  /** The source has passed `checkPolicy`. */
  static *inSteps(sources: PolicySource['roles'], options: KafkaOptions): Steps<KafkaRoles> {
    const rules: KafkaRule[] = [];
    const roles = new Map<string, CompiledRole>();
    for (const [name, { kafka }] of Object.entries(sources)) {
      if (kafka === undefined) continue;
      const own: KafkaRule[] = [];
      for (const rule of eachKafkaRule(name, kafka, rules.length)) {
        own.push(rule);
        yield;
      }
      for (const rule of own) rules.push(rule);
      roles.set(name, {
        rules: own,
        hosted: own.filter((rule) => rule.hosts !== undefined),
        variables: [...new Set(own.flatMap((rule) => templateVariables(rule.template)))],
      });
    }
    return new KafkaRoles(roles, rolesInShadow(sources), rules, options);
  }

  /** The same at once. */
  static of(sources: PolicySource['roles'], options: KafkaOptions): KafkaRoles {
    return finish(KafkaRoles.inSteps(sources, options));
  }

  /**
   * Roles unite their allows and their denies.
   *
   * An access depends on nothing but the mode, the roles, the rules that concern the address, and the
   * variables that occur in rules: clients that agree in these share it. So neither many clients
   * of one role nor a client with many addresses costs more than their rules differ.
   */
  access(client: Identified, host: string, mode: Mode = 'enforce'): KafkaAccess {
    const roles = client.roles.map((name) => this.#roles.get(name)).filter((role) => role !== undefined);
    const address = parseHost(host);
    const key = JSON.stringify([mode, client.roles, hostKey(roles, address), variablesKey(roles, client.variables)]);
    return this.#accesses.get(key, () => {
      const rules = roles.flatMap((role) => role.rules);
      const concerned = rules.filter((rule) => concernsHost(rule, address));
      const bind = (rule: KafkaRule) => bindKafkaRule(rule, client.variables) ?? [];
      const enforced = enforcedRights(concerned, client.roles, this.#inShadow, mode);
      return new CompiledKafkaAccess({
        cache: this.#cache,
        rules: this.#rules,
        bound: concerned.flatMap(bind),
        enforced: enforced && { ...enforced, rules: enforced.rules.flatMap(bind) },
        elsewhere: rules.filter((rule) => rule.effect === 'allow' && !concernsHost(rule, address)).flatMap(bind),
        roles: `${client.roles.length === 1 ? 'role' : 'roles'} ${client.roles.join(', ')}`,
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
function hostKey(roles: readonly CompiledRole[], address: Uint8Array | undefined): number[] {
  const concerned = roles.flatMap(({ hosted }) => hosted.filter((rule) => concernsHost(rule, address)));
  return concerned.map(({ number }) => number);
}

/** Names and values of the variables that rules are filled with. */
function variablesKey(roles: readonly CompiledRole[], variables: Variables): [string, string][] {
  const used = new Set(roles.flatMap((role) => role.variables));
  return [...used].flatMap((name) =>
    Object.hasOwn(variables, name) ? [[name, variables[name] as string] satisfies [string, string]] : [],
  );
}
