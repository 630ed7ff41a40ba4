import type { KafkaRuleSource } from '../../../policies/source.ts';
import { ImportError, type Imported, type Place, type Rule } from './imported.ts';
import { type Binding, leave, ruleOf } from './kafka-binding.ts';
import { RuleBook, type RuleSubject } from './rule-book.ts';

/** `Current ACLs for resource …`, the first form since Kafka 2.0, the second of 1.x and with no pattern type before. */
const RESOURCE = /^Current ACLs for resource `(.*)`:$/;
const PATTERN = /^ResourcePattern\(resourceType=([A-Z_]+), name=(.*), patternType=([A-Z]+)\)$/s;
const OLD_PATTERN = /^(Topic|Group|Cluster|TransactionalId|DelegationToken|User):(?:(LITERAL|PREFIXED):)?(.+)$/s;
const ENTRY = /^\(principal=(.*), host=([^,]*), operation=([A-Z_]+), permissionType=([A-Z]+)\)$/;
const OLD_ENTRY = /^(.*) has (Allow|Deny) permission for operations: ([A-Za-z]+) from hosts: (\S+)$/;
/** With `--principal` the list is printed for each principal. */
const HEADING = /^ACLs for principal `.*`$/;

const ANONYMOUS = 'ANONYMOUS';

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly pattern: string;
}

/**
 * Reads what `kafka-acls.sh --list` prints. `User:alice` becomes the role of clients of the trust store whose common
 * name is `alice`, `User:*` a role of everyone.
 *
 * @throws ImportError where a deny may be lost: a resource or a deny that cannot be read
 */
export function importKafkaAcls(text: string, trust: string): Imported {
  const book = new RuleBook(trust, ANONYMOUS);
  const merged = new MergedRules();
  let resource: Resource | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = { line: index + 1, text: line };
    if (line === '' || HEADING.test(line)) continue;
    const heading = RESOURCE.exec(line);
    if (heading !== null) {
      resource = resourceOf(heading[1] ?? '');
      if (resource === undefined) throw new ImportError(`line ${place.line}: the resource cannot be read`);
      continue;
    }
    const entry = entryOf(line);
    if (entry === undefined) {
      if (/deny/i.test(line)) throw new ImportError(`line ${place.line}: the deny cannot be read`);
      book.leaveOut(place.line, line, 'left out: neither a resource nor an entry of a list');
    } else if (resource === undefined) throw new ImportError(`line ${place.line}: the entry belongs to no resource`);
    else carry({ ...resource, ...entry }, place, book, merged);
  }
  for (const [subject, rule, place] of merged.all()) book.add(subject, rule, place);
  return book.close();
}

function carry(binding: Binding, place: Place, book: RuleBook, merged: MergedRules): void {
  const { principal, permission } = binding;
  const effect = EFFECTS[permission];
  const subject = subjectOf(principal);
  const { rule, reason } =
    effect === undefined
      ? leave(`the permission ${permission} is unknown`)
      : subject === undefined
        ? leave('only principals of the type User are supported')
        : ruleOf(binding);
  if (reason !== undefined) book.leaveOut(place.line, place.text, reason);
  if (rule === undefined || effect === undefined || subject === undefined) return;
  if (typeof subject === 'object' && isDistinguishedName(subject.user)) nameless(effect, rule, place, book);
  else merged.add(subject, effect, rule, place);
}

const EFFECTS: Readonly<Record<string, Rule['effect']>> = { ALLOW: 'allow', DENY: 'deny' };

/** `User:*` holds for every client, with a certificate or without. */
function subjectOf(principal: string): RuleSubject | undefined {
  if (!principal.startsWith('User:')) return undefined;
  const user = principal.slice('User:'.length);
  if (user === '*') return 'all';
  return user === ANONYMOUS ? 'anonymous' : { user };
}

/** Kafka's principal where it has no mapping rules. Its attributes must be matched one by one here. */
function isDistinguishedName(user: string): boolean {
  return /^(?:CN|C|L|ST|STREET|O|OU|DC|UID|[0-9]+(?:\.[0-9]+)+)=/.test(user);
}

function nameless(effect: Rule['effect'], kafka: KafkaRuleSource, { line, text }: Place, book: RuleBook): void {
  const what = 'the principal is a distinguished name: write an identity for it';
  if (effect === 'allow') {
    book.leaveOut(line, text, `left out: ${what}`);
    return;
  }
  // Under the identity of everyone the client would be free of the deny.
  book.leaveOut(line, text, `narrower: denied for everyone, because ${what}`);
  book.add('all', { effect, kafka }, { line, text });
}

/** Joins the operations of rules that are alike otherwise. */
class MergedRules {
  readonly #rules = new Map<
    string,
    { subject: RuleSubject; effect: Rule['effect']; rule: KafkaRuleSource; place: Place }
  >();

  add(subject: RuleSubject, effect: Rule['effect'], rule: KafkaRuleSource, place: Place): void {
    const { operations, ...rest } = rule;
    const key = JSON.stringify([subject, effect, rest]);
    const known = this.#rules.get(key);
    if (known === undefined) this.#rules.set(key, { subject, effect, rule, place });
    else known.rule = { ...rule, operations: [...new Set([...known.rule.operations, ...operations])] };
  }

  *all(): Iterable<[RuleSubject, Rule, Place]> {
    for (const { subject, effect, rule, place } of this.#rules.values())
      yield [subject, { effect, kafka: rule }, place];
  }
}

function resourceOf(text: string): Resource | undefined {
  const [, type, name, pattern] = PATTERN.exec(text) ?? [];
  if (type !== undefined && name !== undefined && pattern !== undefined) return { type, name, pattern };
  const [, oldType, oldPattern, oldName] = OLD_PATTERN.exec(text) ?? [];
  if (oldType === undefined || oldName === undefined) return undefined;
  return { type: upperCase(oldType), name: oldName, pattern: oldPattern ?? 'LITERAL' };
}

function entryOf(line: string): Omit<Binding, keyof Resource> | undefined {
  const [, principal, host, operation, permission] = ENTRY.exec(line) ?? [];
  if (principal !== undefined && host !== undefined && operation !== undefined && permission !== undefined) {
    return { principal, host, operation, permission };
  }
  const [, user, allowed, what, from] = OLD_ENTRY.exec(line) ?? [];
  if (user === undefined || allowed === undefined || what === undefined || from === undefined) return undefined;
  return { principal: user, host: from, operation: upperCase(what), permission: allowed.toUpperCase() };
}

/** `DescribeConfigs` -> `DESCRIBE_CONFIGS` */
function upperCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
