import { overlaps } from '../../../policies/acl/filter-algebra.ts';
import type { MqttRuleSource } from '../../../policies/source.ts';
import { ImportError, type Imported } from './imported.ts';
import { carryFilter, literally, percent } from './mqtt-filter.ts';
import { RuleBook, type RuleSubject } from './rule-book.ts';

const ANONYMOUS = 'anonymous';
const ACCESS = ['read', 'write', 'readwrite', 'deny'] as const;
type Access = (typeof ACCESS)[number];

interface AclLine {
  readonly line: number;
  readonly text: string;
  readonly pattern: boolean;
  /** The user that a `topic` line is about; undefined for clients without a user name. */
  readonly user: string | undefined;
  readonly access: Access;
  readonly topic: string;
}

/**
 * Reads an `acl_file` of mosquitto 2.0. A user becomes the role of clients of the trust store whose common name is
 * the user's name (`use_identity_as_username`).
 *
 * mosquitto looks at the `topic` lines of a user first, denies before the others, and at the
 * `pattern` lines only when none of them matched. It grants every subscription and holds back what may not be read;
 * here a subscription must lie inside of what may be read.
 *
 * @throws ImportError for a line that is none, and for a deny that cannot be carried over
 */
export function importMosquitto(text: string, trust: string): Imported {
  const book = new RuleBook(trust, ANONYMOUS);
  const carried: CarriedLine[] = [];
  for (const acl of aclLines(text)) {
    const deny = acl.access === 'deny';
    const filter = carryFilter(acl.topic, deny, acl.pattern ? percent : literally);
    if ('none' in filter) {
      if (deny) throw new ImportError(`line ${acl.line}: the deny cannot be converted: ${filter.none}`);
      book.leaveOut(acl.line, acl.text, `left out: ${filter.none}`);
      continue;
    }
    if (filter.wider !== undefined) {
      book.leaveOut(acl.line, acl.text, `narrower: denies ${filter.filter}, because ${filter.wider}`);
    }
    carried.push({ ...acl, filter: filter.filter, subject: subjectOf(acl, filter.named) });
  }
  for (const line of carried) {
    for (const mqtt of rulesOf(line.access, line.filter)) {
      book.add(line.subject, { effect: line.access === 'deny' ? 'deny' : 'allow', mqtt }, line);
    }
  }
  tellOverridden(carried, book);
  return book.close();
}

interface CarriedLine extends AclLine {
  readonly filter: string;
  readonly subject: RuleSubject;
}

function subjectOf({ pattern, user }: AclLine, named: boolean): RuleSubject {
  if (pattern) return named ? 'named' : 'all';
  return user === undefined ? 'anonymous' : { user };
}

/** Who may read may subscribe; a deny lets subscriptions be, and stops deliveries. */
function rulesOf(access: Access, filter: string): readonly MqttRuleSource[] {
  const publish = { publish: filter };
  if (access === 'write') return [publish];
  if (access === 'read') return [{ subscribe: filter }];
  return access === 'deny' ? [publish, { receive: filter }] : [publish, { subscribe: filter }];
}

/** A `topic` line wins over a `pattern deny` in mosquitto; here a deny wins always. */
function tellOverridden(lines: readonly CarriedLine[], book: RuleBook): void {
  for (const deny of lines) {
    if (!deny.pattern || deny.access !== 'deny') continue;
    const winner = lines.find((line) => !line.pattern && line.access !== 'deny' && meet(deny, line));
    if (winner === undefined) continue;
    book.leaveOut(deny.line, deny.text, `narrower: denied also where line ${winner.line} allows it`);
  }
}

function meet(deny: CarriedLine, allow: CarriedLine): boolean {
  const named = deny.filter.includes('{CN}');
  if (named && allow.user === undefined) return false;
  const denied = deny.filter.split('/').map((level) => level.replaceAll('{CN}', allow.user ?? ''));
  return overlaps(denied, allow.filter.split('/'));
}

/** mosquitto takes no file with such a line either; without it, lines could fall to another user. */
function refuse(line: number, reason: string): ImportError {
  return new ImportError(`line ${line}: ${reason}`);
}

function* aclLines(text: string): Iterable<AclLine> {
  let user: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const content = raw.replace(/[ \t\n\v\f\r]+$/, '');
    if (content === '' || content.startsWith('#')) continue;
    const [, keyword = '', rest = ''] = /^ *([^ ]+)(?: +(.*))?$/s.exec(content) ?? [];
    if (keyword === 'user') {
      if (rest === '') throw refuse(line, 'the name of the user is missing');
      user = rest;
      continue;
    }
    if (keyword !== 'topic' && keyword !== 'pattern') throw refuse(line, 'mosquitto has no such line');
    const rule = accessOf(rest);
    if (rule === undefined) {
      throw refuse(line, rest === '' ? 'the topic is missing' : 'neither read, write, readwrite nor deny');
    }
    yield { line, text: content, pattern: keyword === 'pattern', user, ...rule };
  }
}

/** A word alone is a topic, even if it is `read`. */
function accessOf(rest: string): { readonly access: Access; readonly topic: string } | undefined {
  const [, word, topic] = /^([^ ]+)(?: +(.*))?$/s.exec(rest) ?? [];
  if (word === undefined) return undefined;
  if (topic === undefined) return { access: 'readwrite', topic: word };
  const access = ACCESS.find((one) => one === word);
  return access === undefined ? undefined : { access, topic };
}
