/** The mqtt sections of all roles, compiled once per policy; makes the access of one client. */

import { PERMIT_FIRST_RULE } from '../decision.ts';
import { parseRate, perSecond } from '../limits/rate.ts';
import type { Mode, MqttRoleSource, PolicySource } from '../source.ts';
import { finish, type Steps } from '../steps.ts';
import type { Identified, Rate } from '../types.ts';
import { type ClientIdRule, ClientIds, compileClientId } from './client-id.ts';
import { ClientRules, RoleRules } from './client-rules.ts';
import { DecisionCache } from './decision-cache.ts';
import { type AccessContext, CompiledMqttAccess } from './mqtt-access.ts';
import { MqttRights } from './mqtt-rights.ts';
import { ANY_SIZE, eachRule, type Rule } from './rules.ts';
import { isOpen, rolesInShadow } from './shadow.ts';
import { DEFAULT_MAX_LEVELS } from './topic-name.ts';

const DEFAULT_DENIAL_BUDGET = '100/min';

interface CompiledRole {
  readonly rules: RoleRules;
  readonly clientId: ClientIdRule;
  readonly onDeny: 'ack-drop' | 'disconnect';
  readonly denialBudget: Rate;
}

/** Sizes of what is compiled; the defaults serve a worker. */
export interface MqttOptions {
  readonly cacheSlots?: number;
  readonly maxTopicLevels?: number;
}

/** The MQTT rules of all roles, compiled once for all clients; an access is made from them for each principal. */
export class MqttRoles {
  readonly #roles: ReadonlyMap<string, CompiledRole>;
  readonly #inShadow: ReadonlySet<string>;
  readonly #context: AccessContext;

  private constructor(
    roles: ReadonlyMap<string, CompiledRole>,
    inShadow: ReadonlySet<string>,
    rules: readonly Rule[],
    options: MqttOptions,
  ) {
    this.#roles = roles;
    this.#inShadow = inShadow;
    this.#context = {
      cache: new DecisionCache(options.cacheSlots === undefined ? {} : { slots: options.cacheSlots }),
      rules,
      sizes: sizesOf(rules),
      maxTopicLevels: options.maxTopicLevels ?? DEFAULT_MAX_LEVELS,
    };
  }

  /** The source has passed `checkPolicy`. */
  static *inSteps(sources: PolicySource['roles'], options: MqttOptions): Steps<MqttRoles> {
    const inShadow = rolesInShadow(sources);
    const rules: Rule[] = [];
    const roles = new Map<string, CompiledRole>();
    for (const [name, { mqtt }] of Object.entries(sources)) {
      if (mqtt === undefined) continue;
      const own: Rule[] = [];
      for (const rule of eachRule(name, mqtt, rules.length)) {
        own.push(rule);
        yield;
      }
      for (const rule of own) rules.push(rule);
      roles.set(name, compileRole(name, mqtt, own, inShadow));
    }
    return new MqttRoles(roles, inShadow, rules, options);
  }

  /** The same at once. */
  static of(sources: PolicySource['roles'], options: MqttOptions): MqttRoles {
    return finish(MqttRoles.inSteps(sources, options));
  }

  /** Roles unite their allows and their denies; of onDeny and the denial budgets the strictest holds. */
  access(client: Identified, mode: Mode = 'enforce'): CompiledMqttAccess {
    const roles = client.roles.map((name) => this.#roles.get(name)).filter((role) => role !== undefined);
    const budgets = roles.map((role) => role.denialBudget);
    const rules = roles.map((role) => role.rules);
    const enforced = rules.map((own) => own.enforced(mode));
    const open = isOpen(client.roles, this.#inShadow, mode);
    const isPartial = open || enforced.some((own, i) => own !== rules[i]);
    return new CompiledMqttAccess(this.#context, {
      rights: new MqttRights(
        new ClientRules(rules, client.variables),
        isPartial ? new ClientRules(enforced, client.variables, open) : undefined,
      ),
      roles: `${client.roles.length === 1 ? 'role' : 'roles'} ${client.roles.join(', ')}`,
      clientIds: new ClientIds(
        roles.map((role) => role.clientId),
        client.principal,
        client.variables,
        open,
      ),
      onDeny: roles.some((role) => role.onDeny === 'disconnect') ? 'disconnect' : 'ack-drop',
      denialBudget: budgets.length === 0 ? budgetOf(DEFAULT_DENIAL_BUDGET) : budgets.reduce(stricter),
    });
  }
}

/** By permit. What is no rule's has no size of its own. */
function sizesOf(rules: readonly Rule[]): Int32Array {
  const sizes = new Int32Array(PERMIT_FIRST_RULE + rules.length).fill(ANY_SIZE);
  for (const { number, size } of rules) sizes[PERMIT_FIRST_RULE + number] = size;
  return sizes;
}

function compileRole(
  name: string,
  source: MqttRoleSource,
  rules: readonly Rule[],
  inShadow: ReadonlySet<string>,
): CompiledRole {
  return {
    rules: new RoleRules(name, rules, inShadow),
    clientId: compileClientId(name, source),
    onDeny: source.onDeny ?? 'ack-drop',
    denialBudget: budgetOf(source.denialBudget ?? DEFAULT_DENIAL_BUDGET),
  };
}

/** `100/min`: a hundred at once, and as many again in a minute. */
function budgetOf(text: string): Rate {
  const rate = parseRate(text);
  return { perSecond: perSecond(rate), burst: rate.count };
}

function stricter(a: Rate, b: Rate): Rate {
  return { perSecond: Math.min(a.perSecond, b.perSecond), burst: Math.min(a.burst, b.burst) };
}
