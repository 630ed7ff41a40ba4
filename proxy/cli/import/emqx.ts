import { contains, overlaps } from '../../../policies/acl/filter-algebra.ts';
import { type EmqxAction, type EmqxRule, type EmqxTopic, readEmqxRules } from './emqx-rules.ts';
import { ImportError, type Imported, type Place } from './imported.ts';
import { type CarriedFilter, carryFilter, dollar, literally } from './mqtt-filter.ts';
import { RuleBook, type RuleSubject } from './rule-book.ts';

/** One action on one filter of a rule. */
interface Step {
  readonly place: Place;
  readonly effect: 'allow' | 'deny';
  readonly clients: EmqxRule['clients'];
  readonly action: EmqxAction;
  readonly topic: EmqxTopic;
  readonly carried: CarriedFilter;
}

/**
 * Reads an `acl.conf` of EMQX. A user becomes the role of clients of the trust store whose common name is the
 * user's name.
 *
 * In EMQX the first rule that matches decides; here a deny wins. So a deny is dropped where an allow before it
 * grants all of it, and is reported where it grants a part. A subscription that only overlaps what is denied is refused here.
 *
 * @throws ImportError where the text is none of Erlang's, and for a deny that cannot be carried over
 */
export function importEmqx(text: string, trust: string): Imported {
  const book = new RuleBook(trust, 'anonymous');
  const steps = stepsOf(text, book);
  const users = new Set(steps.flatMap(({ clients }) => (clients === 'all' ? [] : clients)));
  const reports = new Reports(book);
  for (const user of users) decide(ofUser(steps, user), { user }, book, reports);
  decide(ofUser(steps, undefined), 'others', book, reports);
  return book.close();
}

function ofUser(steps: readonly Step[], user: string | undefined): Step[] {
  return steps.filter(({ clients }) => clients === 'all' || (user !== undefined && clients.includes(user)));
}

function stepsOf(text: string, book: RuleBook): readonly Step[] {
  const steps: Step[] = [];
  for (const rule of readEmqxRules(text)) {
    const leave = (reason: string) => book.leaveOut(rule.line, rule.text, reason);
    if ('none' in rule) {
      if (/^\{ ?deny\b/.test(rule.text))
        throw new ImportError(`line ${rule.line}: the deny cannot be read: ${rule.none}`);
      leave(`left out: ${rule.none}`);
      continue;
    }
    for (const reason of rule.reasons) leave(reason);
    const { line, effect, clients } = rule;
    for (const topic of rule.topics) {
      const carried = carryFilter(topic.filter, effect === 'deny', topic.exact ? literally : dollar);
      if ('none' in carried) {
        if (effect === 'deny') throw new ImportError(`line ${line}: the deny cannot be converted: ${carried.none}`);
        leave(`left out: ${topic.filter}: ${carried.none}`);
        continue;
      }
      if (carried.wider !== undefined) leave(`narrower: denies ${carried.filter}, because ${carried.wider}`);
      for (const action of rule.actions) steps.push({ place: rule, effect, clients, action, topic, carried });
    }
  }
  return steps;
}

/** Turns the rules for one client, of which the first match decides, into rules of which a deny wins. */
function decide(steps: readonly Step[], subject: RuleSubject, book: RuleBook, reports: Reports): void {
  const allowed: Step[] = [];
  /** Filters that must not be subscribed to as such. */
  const exactDenies: Step[] = [];
  for (const step of steps) {
    const { effect, action, place, topic } = step;
    const before = allowed.filter((one) => one.action.action === action.action);
    if (topic.exact && isWild(topic.filter)) {
      if (action.action === 'publish') continue; // no topic name has a wildcard
      if (effect === 'allow')
        reports.once(place, `left out: a rule allows every topic in ${topic.filter}, not the filter alone`);
      else if (!before.some((one) => isPlain(one) && holds(one, step))) exactDenies.push(step);
      continue;
    }
    if (effect === 'allow') {
      const hidden = action.action === 'subscribe' ? exactDenies.find((deny) => holds(step, deny)) : undefined;
      if (hidden !== undefined) {
        const where = `line ${hidden.place.line} denies the filter ${hidden.topic.filter} alone`;
        reports.once(
          place,
          `left out: subscriptions to ${topic.filter}, because ${where}, which a rule cannot express`,
        );
        continue;
      }
      allowed.push(step);
    } else {
      if (before.some((one) => isPlain(one) && holds(one, step))) continue;
      const part = before.find((one) => overlaps(levelsOf(one), levelsOf(step)));
      if (part !== undefined) {
        reports.once(
          place,
          `narrower: ${action.action} is denied also where the earlier line ${part.place.line} allows it`,
        );
      }
    }
    const filter = 'filter' in step.carried ? step.carried.filter : '';
    book.add(subject, { effect, mqtt: { [action.action]: filter, ...action.narrowing } }, place);
  }
}

function isWild(filter: string): boolean {
  return filter.split('/').some((level) => level === '+' || level === '#');
}

function isPlain({ action: { narrowing } }: Step): boolean {
  return narrowing.qos === undefined && narrowing.retain === undefined;
}

function holds(outer: Step, inner: Step): boolean {
  return contains(levelsOf(outer), levelsOf(inner));
}

function levelsOf({ carried }: Step): string[] {
  return 'filter' in carried ? carried.filter.split('/') : [];
}

/** Says each thing once, though it is found for every user. */
class Reports {
  readonly #book: RuleBook;
  readonly #said = new Set<string>();

  constructor(book: RuleBook) {
    this.#book = book;
  }

  once({ line, text }: Place, reason: string): void {
    const key = `${line} ${reason}`;
    if (!this.#said.has(key)) this.#book.leaveOut(line, text, reason);
    this.#said.add(key);
  }
}
