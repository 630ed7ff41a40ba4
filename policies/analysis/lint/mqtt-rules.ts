/** Lints of the mqtt section of a role. */
import { decideSubscription } from '../../acl/decide.ts';
import { contains, overlaps } from '../../acl/filter-algebra.ts';
import { type BoundRule, bindRules, RULE_ACTIONS, type RuleSet } from '../../acl/rules.ts';
import type { FilterLevels } from '../../acl/topic-filter.ts';
import { holdsSymbol, type RoleBook, symbols } from './clients.ts';
import { type Finding, finding } from './finding.ts';
import { answers, casesOf } from './mqtt-cases.ts';

const EVERY_QOS = 0b111;
const WORDS = {
  publish: 'publish to',
  subscribe: 'subscribe to',
  receive: 'receive',
  will: 'leave a will in',
} as const;

/** `maxLevels`: what the most generous MQTT listener lets through; undefined: there is none. */
export function lintMqttRules(role: string, book: RoleBook, maxLevels: number | undefined): Finding[] {
  const own = book.rules('mqtt', [role]);
  if (own.some(({ text }) => holdsSymbol(text))) return [];
  const alone = bindRules(own, symbols(own));
  const together = book
    .holders(role)
    .map(({ roles }) => bindRules(book.rules('mqtt', roles), symbols(book.rules('mqtt', roles))));
  const findings: Finding[] = [];
  const dead = new Set<BoundRule['rule']>();
  for (const rule of own) {
    const path = `${rule.id}.${rule.action}`;
    const bound = boundOf(alone, rule);
    if (bound === undefined) continue;
    if (maxLevels !== undefined && leastLevels(bound.levels) > maxLevels) {
      findings.push(finding('never-matches', path, `no listener lets topics of more than ${maxLevels} levels through`));
      continue;
    }
    if (rule.effect === 'allow') {
      const denies = shadowing(rule, together);
      if (denies !== undefined) {
        dead.add(rule);
        findings.push(
          finding(
            'shadowed-by-deny',
            path,
            `${denies.join(' and ')} ${denies.length === 1 ? 'denies' : 'deny'} all of it`,
          ),
        );
      } else if (contains(bound.levels, ['#'])) {
        findings.push(finding('allow-everything', path, `allows the client to ${WORDS[rule.action]} every topic`));
      }
    } else findings.push(...evasions(rule, path, together));
  }
  const live = own.filter((rule) => !dead.has(rule)).flatMap((rule) => boundOf(alone, rule) ?? []);
  return [...findings, ...redundant(live, alone)];
}

/** The denies that leave nothing of an allow, for whichever of these clients; undefined: something is left. */
function shadowing(rule: BoundRule['rule'], clients: readonly RuleSet[]): string[] | undefined {
  const ids = new Set<string>();
  for (const set of clients) {
    const bound = boundOf(set, rule);
    if (bound === undefined) return undefined;
    for (const one of casesOf(bound, set)) {
      const deny = set[one.action].deny.find((candidate) => !candidate.rule.shadow && answers(candidate, bound, one));
      if (deny === undefined) return undefined;
      ids.add(deny.rule.id);
    }
  }
  return [...ids];
}

function evasions(rule: BoundRule['rule'], path: string, clients: readonly RuleSet[]): Finding[] {
  for (const set of clients) {
    const deny = boundOf(set, rule);
    if (deny === undefined) continue;
    const message = lowered(deny, set) ?? hidden(deny, set);
    if (message !== undefined) return [finding('evaded-deny', path, message)];
  }
  return [];
}

/** A subscription that is granted with another quality of service, and carries what the deny names. */
function lowered(deny: BoundRule, set: RuleSet): string | undefined {
  if (deny.rule.action !== 'subscribe' || deny.rule.qosMask === EVERY_QOS) return undefined;
  for (const allow of set.subscribe.allow) {
    if (!overlaps(allow.levels, deny.levels)) continue;
    const { verdict, qos } = decideSubscription(set.subscribe, allow.levels, 2);
    if (!verdict.allowed) continue;
    return `a subscription to ${JSON.stringify(allow.rule.text)} (${allow.rule.id}) is granted with quality of service ${qos}, and delivers these messages`;
  }
  return undefined;
}

/** An allow of topics with `$` that the deny would hold if they had none. */
function hidden(deny: BoundRule, set: RuleSet): string | undefined {
  const [first] = deny.levels;
  if (first !== '+' && first !== '#') return undefined;
  for (const action of RULE_ACTIONS) {
    if (!set[action].deny.some(({ rule }) => rule === deny.rule)) continue;
    const allow = set[action].allow.find(
      ({ levels }) => levels[0]?.startsWith('$') && overlaps(deny.levels, ['x', ...levels.slice(1)]),
    );
    if (allow !== undefined) return `holds no topic that begins with $, which ${allow.rule.id} allows`;
  }
  return undefined;
}

/** From the last rule to the first, so that of two that say the same the first one stays. */
function redundant(rules: readonly BoundRule[], set: RuleSet): Finding[] {
  const left = new Set(rules);
  const findings: Finding[] = [];
  for (const bound of rules.toReversed()) {
    // What is only tried takes nothing off what is enforced.
    const fit = ({ rule }: BoundRule) => rule.effect === bound.rule.effect && (!rule.shadow || bound.rule.shadow);
    const others = [...left].filter((other) => other !== bound && fit(other));
    const holding = new Set<string>();
    const covered = casesOf(bound, set).every((one) => {
      const list = set[one.action][bound.rule.effect];
      const decides = (other: BoundRule) => list.some(({ rule }) => rule === other.rule) && answers(other, bound, one);
      const other = others.find(decides);
      if (other !== undefined) holding.add(other.rule.id);
      return other !== undefined;
    });
    if (!covered) continue;
    left.delete(bound);
    const path = `${bound.rule.id}.${bound.rule.action}`;
    const message = `${[...holding].join(' and ')} ${holding.size === 1 ? 'decides' : 'decide'} all that it is about`;
    findings.push(finding('redundant-rule', path, message));
  }
  return findings.reverse();
}

function boundOf(set: RuleSet, rule: BoundRule['rule']): BoundRule | undefined {
  return set[rule.action][rule.effect].find((bound) => bound.rule === rule);
}

/** Levels of the shortest name that the filter holds: `a/#` holds `a`. */
function leastLevels(levels: FilterLevels): number {
  return levels.at(-1) === '#' ? Math.max(1, levels.length - 1) : levels.length;
}
