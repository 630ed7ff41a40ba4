/** Lints of the kafka section of a role. */
import type { HostRange } from '../../acl/kafka-host.ts';
import {
  KAFKA_OPERATION_CODE,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
  statedMask,
} from '../../acl/kafka-operations.ts';
import { type BoundKafkaRule, bindKafkaRule, type KafkaRule } from '../../acl/kafka-rules.ts';
import { holdsSymbol, type RoleBook, symbols } from './clients.ts';
import { type Finding, finding } from './finding.ts';
import { holdsHosts, rangesMeet } from './host-ranges.ts';

/** `admitted`: from where clients may connect; undefined: from anywhere. */
export function lintKafkaRules(role: string, book: RoleBook, admitted: readonly HostRange[] | undefined): Finding[] {
  const own = book.rules('kafka', [role]);
  if (own.some(({ text }) => holdsSymbol(text))) return [];
  const together = book.holders(role).map(({ roles }) => bindAll(book.rules('kafka', roles)));
  const findings: Finding[] = [];
  const dead = new Set<KafkaRule>();
  for (const rule of own) {
    const path = `${rule.id}.${rule.type}`;
    if (admitted !== undefined && rule.hosts?.every((host) => !admitted.some((range) => rangesMeet(host, range)))) {
      dead.add(rule);
      findings.push(finding('never-matches', `${rule.id}.hosts`, 'no listener admits clients from these addresses'));
      continue;
    }
    if (rule.effect === 'deny') continue;
    const denies = shadowing(rule, together);
    if (denies !== undefined) {
      dead.add(rule);
      const verb = denies.length === 1 ? 'denies' : 'deny';
      findings.push(finding('shadowed-by-deny', path, `${denies.join(' and ')} ${verb} every operation that it names`));
    } else if (isEverything(rule)) {
      const what = rule.type === 'cluster' ? 'of the cluster' : `of every ${rule.type}`;
      findings.push(finding('allow-everything', path, `allows ${rule.operations.join(', ')} ${what}`));
    }
  }
  return [...findings, ...redundant(bindAll(own.filter((rule) => !dead.has(rule))))];
}

/** The denies that leave nothing of what an allow names, for whichever of these clients; undefined: something is left. */
function shadowing(rule: KafkaRule, clients: readonly (readonly BoundKafkaRule[])[]): string[] | undefined {
  const ids = new Set<string>();
  for (const rules of clients) {
    const bound = rules.find((one) => one.rule === rule);
    if (bound === undefined) return undefined;
    for (const bit of statedBits(rule)) {
      const deny = rules.find((one) => isEnforcedDeny(one.rule) && one.rule.mask & bit && holds(one, bound));
      if (deny === undefined) return undefined;
      ids.add(deny.rule.id);
    }
  }
  return [...ids];
}

/** From the last rule to the first, so that of two that say the same the first one stays. */
function redundant(rules: readonly BoundKafkaRule[]): Finding[] {
  const left = new Set(rules);
  const findings: Finding[] = [];
  for (const bound of rules.toReversed()) {
    const holding = new Set<string>();
    // What is only tried takes nothing off what is enforced.
    const fit = ({ effect, shadow }: KafkaRule) => effect === bound.rule.effect && (!shadow || bound.rule.shadow);
    // What only follows from an allow does not count when any resource of the type is asked for (KIP-679).
    const covered = statedBits(bound.rule).every((bit) => {
      const other = [...left].find(
        (one) => one !== bound && fit(one.rule) && one.rule.stated & bit && holds(one, bound),
      );
      if (other !== undefined) holding.add(other.rule.id);
      return other !== undefined;
    });
    if (!covered) continue;
    left.delete(bound);
    const message = `${[...holding].join(' and ')} ${holding.size === 1 ? 'decides' : 'decide'} all that it is about`;
    findings.push(finding('redundant-rule', `${bound.rule.id}.${bound.rule.type}`, message));
  }
  return findings.reverse();
}

function isEnforcedDeny({ effect, shadow }: KafkaRule): boolean {
  return effect === 'deny' && !shadow;
}

/** Is the outer rule about each resource, and each client address, that the inner one is about? */
function holds(outer: BoundKafkaRule, inner: BoundKafkaRule): boolean {
  if (outer.rule.type !== inner.rule.type || !holdsHosts(outer.rule.hosts, inner.rule.hosts)) return false;
  if (outer.pattern === 'any') return true;
  if (outer.pattern === 'literal') return inner.pattern === 'literal' && inner.name === outer.name;
  // A rule for any name has none, and no prefix is empty.
  return inner.name.startsWith(outer.name);
}

function isEverything({ type, prefix, text, stated }: KafkaRule): boolean {
  if (type !== 'cluster' && (prefix || text !== '*')) return false;
  if (type === 'topic') return (stated & statedMask(['read', 'write'])) !== 0;
  const every = statedMask(SUPPORTED_OPERATIONS[type]);
  return (stated & every) === every;
}

/** Of what the rule names, what the type of resource knows. */
function statedBits({ type, stated }: { readonly type: KafkaResourceType; readonly stated: number }): number[] {
  return SUPPORTED_OPERATIONS[type].map((name) => 1 << KAFKA_OPERATION_CODE[name]).filter((bit) => stated & bit);
}

function bindAll(rules: readonly KafkaRule[]): BoundKafkaRule[] {
  const values = symbols([], rules);
  return rules.flatMap((rule) => bindKafkaRule(rule, values) ?? []);
}
