/** Whose MQTT requests are decided otherwise, from the rules of a client before and after. */
import { type BoundRule, bindRules, compileRules, type Rule } from '../../acl/rules.ts';
import { symbols } from '../lint/clients.ts';
import { FILTERS, TOPICS } from './mqtt-algebra.ts';
import { joinSizes, listsFor, type MqttRequests, requestsOf } from './mqtt-requests.ts';
import { plainText } from './plain-text.ts';
import { gained, type Region } from './regions.ts';
import type { RuleChange, RuleRef, Side } from './rule-change.ts';

/** The rules hold no symbols (`holdsSymbol`) themselves. */
export function mqttChanges(before: readonly Rule[], after: readonly Rule[]): RuleChange[] {
  const values = symbols([...before, ...after]);
  const [old, now] = [bindRules(before, values), bindRules(after, values)];
  const own = new Set(before);
  const side = ({ rule }: BoundRule): Side => (own.has(rule) ? 'before' : 'after');
  const found = new Map<string, { readonly change: Omit<RuleChange, 'asked'>; readonly cases: MqttRequests[] }>();
  const note = (change: Omit<RuleChange, 'asked'>, one: MqttRequests) => {
    const key = JSON.stringify(change);
    const known = found.get(key);
    if (known === undefined) found.set(key, { change, cases: [one] });
    else known.cases.push(one);
  };
  for (const one of requestsOf([...before, ...after])) {
    const algebra = one.action === 'subscribe' ? FILTERS : TOPICS;
    const [was, is] = [listsFor(old, one), listsFor(now, one)];
    for (const region of gained(was, is, algebra)) note(changeOf(region, 'widened', side), one);
    for (const region of gained(is, was, algebra)) note(changeOf(region, 'narrowed', side), one);
  }
  return [...found.values()].map(({ change, cases }) => ({
    ...change,
    asked: { protocol: 'mqtt', cases: joinSizes(cases) },
  }));
}

/** Allows of every topic; those that begin with `$`, which no wildcard is about, where a deny names them. */
export function everyTopic(role: string, rules: readonly Rule[]): Rule[] {
  const hidden = rules.flatMap(({ effect, text }) => (effect === 'deny' && text.startsWith('$') ? [text] : []));
  const allow = ['#', ...new Set(hidden)].flatMap((filter) => [{ publish: filter }, { subscribe: filter }]);
  return compileRules(role, { allow }, 0);
}

function changeOf(
  { within, also, except, whole }: Region<BoundRule>,
  direction: RuleChange['direction'],
  side: (rule: BoundRule) => Side,
): Omit<RuleChange, 'asked'> {
  const ref = (bound: BoundRule): RuleRef => {
    const { id, effect, text, filters } = bound.rule;
    return { side: side(bound), id, effect, text, ...(filters && { filters }) };
  };
  return {
    direction,
    within: ref(within),
    ...(also === undefined ? {} : { also: ref(also) }),
    except: except.map(ref),
    ...(whole === undefined ? {} : { resource: plainText(whole.levels.join('/')) }),
    // A topic of it that is in no exception shows that there is something.
    certain: whole !== undefined && !TOPICS.cover(except, whole),
  };
}
