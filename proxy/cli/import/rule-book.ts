import { isDeepStrictEqual } from 'node:util';
import { valueProblem } from '../../../policies/identity/placeholder.ts';
import type { IdentitySource, RoleSource } from '../../../policies/source.ts';
import type { Imported, LeftOut, Place, Rule } from './imported.ts';
import { RoleNames } from './role-names.ts';

/** Rules of each effect in one role; the schema has this limit. */
const MAX_RULES = 1000;
/** Characters of the name of a user. */
const MAX_COMMON_NAME = 256;

/**
 * The clients that a rule is about: those without a name, all with one, all, those with a name that have no rules of
 * their own, or one by its name.
 */
export type RuleSubject = 'anonymous' | 'named' | 'all' | 'others' | { readonly user: string };

/** Collects rules by subject, and makes roles and identities of them. */
export class RuleBook {
  readonly #trust: string;
  readonly #anonymousPrincipal: string;
  readonly #users = new Map<string, Rule[]>();
  readonly #groups: Readonly<Record<Extract<RuleSubject, string>, Rule[]>> = {
    anonymous: [],
    named: [],
    all: [],
    others: [],
  };
  readonly #leftOut: LeftOut[] = [];

  /**
   * @param trust Name of the trust store whose certificates have the user as their common name.
   * @param anonymousPrincipal The principal of clients without a certificate.
   */
  constructor(trust: string, anonymousPrincipal: string) {
    this.#trust = trust;
    this.#anonymousPrincipal = anonymousPrincipal;
  }

  leaveOut(line: number, text: string, reason: string): void {
    this.#leftOut.push({ line, text, reason });
  }

  /** `place` is the line that the rule comes from. */
  add(subject: RuleSubject, rule: Rule, place: Place): void {
    if (typeof subject === 'string') this.#groups[subject].push(rule);
    else this.#addOf(subject.user, rule, place);
  }

  #addOf(user: string, rule: Rule, { line, text }: Place): void {
    const problem = nameProblem(user);
    if (problem === undefined) {
      const own = this.#users.get(user);
      if (own === undefined) this.#users.set(user, [rule]);
      else own.push(rule);
    } else if (rule.effect === 'allow') {
      this.leaveOut(line, text, `left out: the user cannot become an identity, because its name ${problem}`);
    } else {
      // The client may get the identity of all others, where the deny must hold as well.
      this.#groups.named.push(rule);
      this.leaveOut(line, text, `narrower: denied for everyone, because the name of the user ${problem}`);
    }
  }

  close(): Imported {
    const names = new RoleNames();
    const roles: Record<string, RoleSource> = {};
    const identities: IdentitySource[] = [];
    const addRoles = (title: string, rules: readonly Rule[]): string[] => {
      const parts = rolesOf(rules);
      return parts.map((role) => {
        const name = names.take(title);
        roles[name] = role;
        return name;
      });
    };
    const all = addRoles('everyone', this.#groups.all);
    const named = [...all, ...addRoles('every-user', this.#groups.named)];
    const others = [...named, ...addRoles('other-users', this.#groups.others)];
    const anonymous = addRoles('anonymous', this.#groups.anonymous);
    if (anonymous.length > 0) {
      const when = { anonymous: true } as const;
      identities.push({ name: 'anonymous', when, principal: this.#anonymousPrincipal, roles: [...anonymous, ...all] });
    }
    const identityNames = new RoleNames(['anonymous', 'everyone']);
    for (const [user, rules] of this.#users) {
      const when = { trust: this.#trust, subject: { CN: user } };
      const own = addRoles(user, rules);
      identities.push({ name: identityNames.take(user), when, principal: '{CN}', roles: [...own, ...named] });
    }
    if (others.length > 0) {
      identities.push({ name: 'everyone', when: { trust: this.#trust }, principal: '{CN}', roles: others });
    }
    const leftOut = this.#leftOut.toSorted((a, b) => a.line - b.line);
    return { identities, roles, leftOut };
  }
}

function nameProblem(user: string): string | undefined {
  if (/[{}]/.test(user)) return 'contains a brace';
  if (user.length > MAX_COMMON_NAME) return `is longer than ${MAX_COMMON_NAME} characters`;
  return valueProblem(user);
}

/** As many roles as the rules need. */
function rolesOf(rules: readonly Rule[]): RoleSource[] {
  const unique: Rule[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    const key = JSON.stringify(rule);
    if (!seen.has(key)) unique.push(rule);
    seen.add(key);
  }
  const allow = unique.filter(({ effect }) => effect === 'allow');
  const deny = unique.filter(({ effect }) => effect === 'deny');
  const roles: RoleSource[] = [];
  for (let from = 0; from < Math.max(allow.length, deny.length); from += MAX_RULES) {
    roles.push(roleOf(allow.slice(from, from + MAX_RULES), deny.slice(from, from + MAX_RULES)));
  }
  return roles;
}

function roleOf(allow: readonly Rule[], deny: readonly Rule[]): RoleSource {
  const mqtt = {
    ...some(
      'allow',
      allow.flatMap((rule) => rule.mqtt ?? []),
    ),
    ...some(
      'deny',
      deny.flatMap((rule) => rule.mqtt ?? []),
    ),
  };
  const kafka = {
    ...some(
      'allow',
      allow.flatMap((rule) => rule.kafka ?? []),
    ),
    ...some(
      'deny',
      deny.flatMap((rule) => rule.kafka ?? []),
    ),
  };
  return {
    ...(isDeepStrictEqual(mqtt, {}) ? {} : { mqtt: { clientId: 'any', ...mqtt } }),
    ...(isDeepStrictEqual(kafka, {}) ? {} : { kafka }),
  };
}

function some<K extends string, T>(key: K, list: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [key]: list } as { readonly [P in K]: readonly T[] });
}
