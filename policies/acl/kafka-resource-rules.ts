/**
 * The rules of one client for one type of resource, with Kafka's semantics (StandardAuthorizer):
 * every rule counts whose name is the resource, begins it, or is the wildcard; a deny among them
 * wins, however short its name; without an allow nothing is allowed.
 *
 * One difference is meant: the wildcard is about every name, as Kafka documents it. Its authorizer
 * (4.3.1, 4.4.0) passes over the wildcard for longer names that begin with an asterisk, so that a
 * deny of every group is none for the group `*a`.
 */
import { PrefixTable } from './kafka-prefixes.ts';
import type { BoundKafkaRule } from './kafka-rules.ts';
import type { Effect } from './rules.ts';

/** The rules with one pattern: which bits they decide together, and the rules behind the bits. */
interface Grants {
  allowed: number;
  denied: number;
  /** Bits that an allow names, without those that only follow. */
  stated: number;
  /** `allowed` and `denied` of this and, for a prefix, of all shorter ones: where to look no further. */
  chainAllowed: number;
  chainDenied: number;
  readonly rules: BoundKafkaRule[];
}

/** The name that Kafka asks about before it looks at patterns. */
const PROBE = 'hardcode';

const NOTHING = newGrants();

/**
 * The rules for one resource type and principal: literal names, prefixes and any name, each found without walking
 * the others.
 */
export class ResourceRules {
  readonly #any: Grants;
  readonly #literals: ReadonlyMap<string, Grants>;
  readonly #prefixes: PrefixTable<Grants>;
  /** Answers of `decideByType`, which walks all rules. */
  readonly #byType = new Map<number, BoundKafkaRule | undefined>();

  constructor(rules: readonly BoundKafkaRule[]) {
    const any = newGrants();
    const literals = new Map<string, Grants>();
    const prefixes = new Map<string, Grants>();
    for (const bound of rules) {
      const { pattern, name } = bound;
      add(pattern === 'any' ? any : grantsOf(pattern === 'literal' ? literals : prefixes, name), bound);
    }
    this.#any = any;
    this.#literals = literals;
    this.#prefixes = new PrefixTable(prefixes);
    for (const [at, grants] of this.#prefixes.entries()) chain(grants, this.#grantsAt(this.#prefixes.shorter(at)));
  }

  /** The rule that decides about an operation (its bit): a deny, else an allow; undefined: none, so it is refused. */
  decide(bit: number, name: string): BoundKafkaRule | undefined {
    const literal = this.#literals.get(name) ?? NOTHING;
    const longest = this.#prefixes.longest(name);
    return (
      ruleOf(this.#any, 'deny', bit) ??
      ruleOf(literal, 'deny', bit) ??
      this.#prefixRule(longest, 'deny', bit) ??
      ruleOf(literal, 'allow', bit) ??
      this.#prefixRule(longest, 'allow', bit) ??
      ruleOf(this.#any, 'allow', bit)
    );
  }

  /** The bits of all operations that are allowed. */
  allowedBits(name: string): number {
    const literal = this.#literals.get(name) ?? NOTHING;
    const prefix = this.#grantsAt(this.#prefixes.longest(name));
    return (this.#any.allowed | literal.allowed | prefix.chainAllowed) & ~this.deniedBits(name);
  }

  /** The bits of all operations that a deny names. */
  deniedBits(name: string): number {
    const literal = this.#literals.get(name) ?? NOTHING;
    return this.#any.denied | literal.denied | this.#grantsAt(this.#prefixes.longest(name)).chainDenied;
  }

  /**
   * The rule that decides whether the operation is allowed for any resource at all, as Kafka
   * decides it (Authorizer.authorizeByResourceType): implications do not count beyond the probe,
   * and an allow counts where no deny covers the whole of it.
   */
  decideByType(bit: number): BoundKafkaRule | undefined {
    if (!this.#byType.has(bit)) this.#byType.set(bit, this.#walk(bit));
    return this.#byType.get(bit);
  }

  #walk(bit: number): BoundKafkaRule | undefined {
    const probe = this.decide(bit, PROBE);
    if (probe?.rule.effect === 'allow') return probe;
    const deny = ruleOf(this.#any, 'deny', bit);
    if (deny !== undefined) return deny;
    if (this.#any.stated & bit) return ruleOf(this.#any, 'allow', bit);
    let covering: BoundKafkaRule | undefined;
    for (const [name, grants] of this.#literals) {
      if (!(grants.stated & bit)) continue;
      const cover = ruleOf(grants, 'deny', bit) ?? this.#prefixRule(this.#prefixes.longest(name), 'deny', bit);
      if (cover === undefined) return ruleOf(grants, 'allow', bit);
      covering ??= cover;
    }
    for (const [at, grants] of this.#prefixes.entries()) {
      if (!(grants.stated & bit)) continue;
      const cover = this.#prefixRule(at, 'deny', bit);
      if (cover === undefined) return ruleOf(grants, 'allow', bit);
      covering ??= cover;
    }
    return covering;
  }

  /** The rule of the prefix at `index` or, failing that, of the next shorter one. */
  #prefixRule(index: number, effect: Effect, bit: number): BoundKafkaRule | undefined {
    for (let at = index; at >= 0; at = this.#prefixes.shorter(at)) {
      const grants = this.#prefixes.at(at);
      if (!((effect === 'deny' ? grants.chainDenied : grants.chainAllowed) & bit)) return undefined;
      const bound = ruleOf(grants, effect, bit);
      if (bound !== undefined) return bound;
    }
    return undefined;
  }

  #grantsAt(index: number): Grants {
    return index < 0 ? NOTHING : this.#prefixes.at(index);
  }
}

function newGrants(): Grants {
  return { allowed: 0, denied: 0, stated: 0, chainAllowed: 0, chainDenied: 0, rules: [] };
}

function grantsOf(table: Map<string, Grants>, name: string): Grants {
  let grants = table.get(name);
  if (grants === undefined) {
    grants = newGrants();
    table.set(name, grants);
  }
  return grants;
}

/** A rule that adds no bit is never the first to decide one: it is left out. */
function add(grants: Grants, bound: BoundKafkaRule): void {
  const { effect, mask, stated } = bound.rule;
  const before = grants.allowed + grants.denied + grants.stated;
  if (effect === 'deny') grants.denied |= mask;
  else {
    grants.allowed |= mask;
    grants.stated |= stated;
  }
  if (grants.allowed + grants.denied + grants.stated !== before) grants.rules.push(bound);
}

/** A shorter prefix has been chained before: it sorts in front. */
function chain(grants: Grants, shorter: Grants): void {
  grants.chainAllowed = grants.allowed | shorter.chainAllowed;
  grants.chainDenied = grants.denied | shorter.chainDenied;
}

function ruleOf(grants: Grants, effect: Effect, bit: number): BoundKafkaRule | undefined {
  const bits = effect === 'deny' ? grants.denied : grants.allowed;
  if (!(bits & bit)) return undefined;
  return grants.rules.find(({ rule }) => rule.effect === effect && (rule.mask & bit) !== 0);
}
