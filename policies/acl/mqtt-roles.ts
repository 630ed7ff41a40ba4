/** The mqtt sections of all roles, compiled once per policy; makes the access of one client. */

import { PERMIT_FIRST_RULE } from '../decision.ts';
import { parseRate, perSecond } from '../limits/rate.ts';
import type { Mode, MqttRoleSource, PolicySource } from '../source.ts';
import type { Identified, Rate } from '../types.ts';
import { type ClientIdRule, ClientIds, compileClientId } from './client-id.ts';
import { DecisionCache } from './decision-cache.ts';
import { type AccessContext, CompiledMqttAccess } from './mqtt-access.ts';
import { MqttRights } from './mqtt-rights.ts';
import { ANY_SIZE, bindRules, compileRules, type Rule } from './rules.ts';
import { enforcedRights, rolesInShadow } from './shadow.ts';
import { DEFAULT_MAX_LEVELS } from './topic-name.ts';

const DEFAULT_DENIAL_BUDGET = '100/min';

interface CompiledRole {
  readonly rules: readonly Rule[];
  readonly clientId: ClientIdRule;
  readonly onDeny: 'ack-drop' | 'disconnect';
  readonly denialBudget: Rate;
}

export interface MqttOptions {
  readonly cacheSlots?: number;
  readonly maxTopicLevels?: number;
}

export class MqttRoles {
  readonly #roles = new Map<string, CompiledRole>();
  readonly #inShadow: ReadonlySet<string>;
  readonly #context: AccessContext;

  /** The source has passed `checkPolicy`. */
  constructor(roles: PolicySource['roles'], options: MqttOptions) {
    this.#inShadow = rolesInShadow(roles);
    const rules: Rule[] = [];
    for (const [name, { mqtt }] of Object.entries(roles)) {
      if (mqtt === undefined) continue;
      const role = compileRole(name, mqtt, rules.length);
      rules.push(...role.rules);
      this.#roles.set(name, role);
    }
    this.#context = {
      cache: new DecisionCache(options.cacheSlots === undefined ? {} : { slots: options.cacheSlots }),
      rules,
      sizes: sizesOf(rules),
      maxTopicLevels: options.maxTopicLevels ?? DEFAULT_MAX_LEVELS,
    };
  }

  /** Roles unite their allows and their denies; of onDeny and the denial budgets the strictest holds. */
  access(who: Identified, mode: Mode = 'enforce'): CompiledMqttAccess {
    const roles = who.roles.map((name) => this.#roles.get(name)).filter((role) => role !== undefined);
    const budgets = roles.map((role) => role.denialBudget);
    const rules = roles.flatMap((role) => role.rules);
    const enforced = enforcedRights(rules, who.roles, this.#inShadow, mode);
    return new CompiledMqttAccess(this.#context, {
      rights: new MqttRights(
        bindRules(rules, who.variables),
        enforced && bindRules(enforced.rules, who.variables, enforced.open),
      ),
      roles: `${who.roles.length === 1 ? 'role' : 'roles'} ${who.roles.join(', ')}`,
      clientIds: new ClientIds(
        roles.map((role) => role.clientId),
        who.principal,
        who.variables,
        enforced?.open,
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

function compileRole(name: string, source: MqttRoleSource, first: number): CompiledRole {
  return {
    rules: compileRules(name, source, first),
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
