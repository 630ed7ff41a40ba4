/**
 * The MQTT rules of one client, found by the topic that it asks about. What has no variables is
 * bound and indexed once per role, so that a client costs no more than the rules that are its own.
 */

import type { Mode } from '../source.ts';
import { FilterIndex } from './filter-index.ts';
import { type BoundRule, bindRule, type Rule, type RuleAction, type RuleList } from './rules.ts';
import { enforcedRights } from './shadow.ts';
import type { Variables } from './template.ts';
import type { FilterLevels } from './topic-filter.ts';

/** The rules of one role, before it is known who asks. */
export class RoleRules {
  readonly #role: string;
  readonly #rules: readonly Rule[];
  readonly #inShadow: ReadonlySet<string>;
  /** What is enforced of them on listeners of a mode, made when it is asked for. */
  readonly #enforced = new Map<Mode, RoleRules>();
  readonly #fixed: IndexedRules;
  /** Those with variables. */
  readonly #variable: readonly Rule[];

  /** @param inShadow `rolesInShadow` of the policy */
  constructor(role: string, rules: readonly Rule[], inShadow: ReadonlySet<string>) {
    this.#role = role;
    this.#rules = rules;
    this.#inShadow = inShadow;
    const isVariable = ({ template }: Rule): boolean => template.variables.length > 0;
    this.#variable = rules.filter(isVariable);
    this.#fixed = new IndexedRules(
      rules.filter((rule) => !isVariable(rule)),
      {},
    );
  }

  /** Without the denies that are only tried; the same where all are enforced. */
  enforced(listener: Mode): RoleRules {
    let enforced = this.#enforced.get(listener);
    if (enforced === undefined) {
      const rights = enforcedRights(this.#rules, [this.#role], this.#inShadow, listener);
      const isSame = rights === undefined || rights.rules.length === this.#rules.length;
      enforced = isSame ? this : new RoleRules(this.#role, rights.rules, this.#inShadow);
      this.#enforced.set(listener, enforced);
    }
    return enforced;
  }

  /** For a client with these variables. */
  bind(variables: Variables): readonly IndexedRules[] {
    return this.#variable.length === 0 ? [this.#fixed] : [this.#fixed, new IndexedRules(this.#variable, variables)];
  }
}

/** The rules of all roles of one client. */
export class ClientRules {
  readonly #roles: readonly (readonly IndexedRules[])[];
  readonly #blocked: ReadonlyMap<RuleAction, Rule>;
  /** Nothing is refused for lack of an allow (shadow.ts). */
  readonly open: boolean;
  /** What the allows of wills, and with them of publishing, grant together: bit q for quality of service q. */
  readonly qosMask: number;
  /** One of these allows grants retained messages. */
  readonly retained: boolean;

  constructor(roles: readonly RoleRules[], variables: Variables, open = false) {
    this.open = open;
    this.#roles = roles.map((role) => role.bind(variables));
    const all = this.#roles.flat();
    // The first one is told.
    this.#blocked = new Map(all.flatMap(({ blocked }) => blocked).reverse());
    this.qosMask = all.reduce((mask, rules) => mask | rules.qosMask, 0);
    this.retained = all.some((rules) => rules.retained);
  }

  /** What decides about a topic name: all rules but those that do not hold it. */
  forTopic(action: RuleAction, topic: readonly string[]): RuleList {
    return this.#list(
      action,
      ({ allow }) => allow.holding(topic),
      ({ deny }) => deny.holding(topic),
    );
  }

  /** What decides about a subscription: all rules but allows that do not hold it whole and denies that do not touch it. */
  forFilter(filter: FilterLevels): RuleList {
    return this.#list(
      'subscribe',
      ({ allow }) => allow.holding(filter),
      ({ deny }) => deny.overlapping(filter),
    );
  }

  #list(action: RuleAction, allows: Find, denies: Find): RuleList {
    const blocked = this.#blocked.get(action);
    if (blocked !== undefined) return { allow: [], deny: [], blocked };
    const list = { allow: this.#collect(action, allows), deny: this.#collect(action, denies) };
    return this.open ? { ...list, open: true } : list;
  }

  #collect(action: RuleAction, find: Find): readonly BoundRule[] {
    const all: BoundRule[] = [];
    for (const parts of this.#roles) {
      const concerned: BoundRule[] = [];
      for (const part of parts) {
        for (const bound of find(part)) if (bound.rule.covers.includes(action)) concerned.push(bound);
      }
      if (parts.length > 1) concerned.sort(asStated);
      if (this.#roles.length === 1) return concerned;
      for (const bound of concerned) all.push(bound);
    }
    return all;
  }
}

type Find = (rules: IndexedRules) => readonly BoundRule[];

/** Rules of one role that are bound alike. */
class IndexedRules {
  readonly allow: FilterIndex<BoundRule>;
  readonly deny: FilterIndex<BoundRule>;
  /** Denies that cannot be filled, by what they would decide. */
  readonly blocked: readonly (readonly [RuleAction, Rule])[];
  readonly qosMask: number;
  readonly retained: boolean;

  constructor(rules: readonly Rule[], variables: Variables) {
    const bound = rules.map((rule) => bindRule(rule, variables)).filter((rule) => rule !== undefined);
    const of = (effect: Rule['effect']) => bound.filter(({ rule }) => rule.effect === effect);
    this.allow = new FilterIndex(of('allow'));
    this.deny = new FilterIndex(of('deny'));
    const filled = new Set(bound.map(({ rule }) => rule));
    this.blocked = rules
      .filter((rule) => rule.effect === 'deny' && !filled.has(rule))
      .flatMap((rule) => rule.covers.map((action) => [action, rule] as const));
    const wills = of('allow').filter(({ rule }) => rule.covers.includes('will'));
    this.qosMask = wills.reduce((mask, { rule }) => mask | rule.qosMask, 0);
    this.retained = wills.some(({ rule }) => rule.retain !== false);
  }
}

/** A rule's number says where its role states it. */
function asStated(a: BoundRule, b: BoundRule): number {
  return a.rule.number - b.rule.number;
}
