/** Whose Kafka requests are decided otherwise, from the rules of a client before and after. */
import {
  KAFKA_OPERATION_CODE,
  KAFKA_RESOURCE_TYPES,
  type KafkaOperation,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
} from '../../acl/kafka-operations.ts';
import { ResourceRules } from '../../acl/kafka-resource-rules.ts';
import { type BoundKafkaRule, bindKafkaRule, compileKafkaRules, type KafkaRule } from '../../acl/kafka-rules.ts';
import { holdsSymbol, symbols } from '../lint/clients.ts';
import { holdsHosts, rangesMeet } from '../lint/host-ranges.ts';
import { plainText } from './plain-text.ts';
import { gained, type Region, type RuleAlgebra, type RuleLists } from './regions.ts';
import type { RuleChange, RuleRef, Side } from './rule-change.ts';

/** What the gate asks of topics as a whole (KIP-679): may the client write to any, to be given a producer id? */
const ASKED_OF_ANY_TOPIC: KafkaOperation = 'write';

const EVERYTHING = [
  ...(['topic', 'group', 'transactionalId'] as const).map((type) => ({ [type]: '*', operations: ['all'] as const })),
  { cluster: true, operations: ['all'] },
] as const;

const holds = (outer: BoundKafkaRule, inner: BoundKafkaRule) =>
  holdsNames(outer, inner) && holdsHosts(outer.rule.hosts, inner.rule.hosts);

const ALGEBRA: RuleAlgebra<BoundKafkaRule> = {
  single: true,
  key: ({ rule, pattern, name }) =>
    JSON.stringify([pattern, name, rule.hosts?.map(({ bytes, bits }) => [...bytes, bits])]),
  holds,
  // Names have no end: what several prefixes hold one of them does.
  cover: (rules, inner) => rules.some((one) => holds(one, inner)),
  apart: (a, b) => namesApart(a, b) || namesApart(b, a) || hostsApart(a.rule, b.rule),
  meet,
};

/** The rules hold no symbols (`holdsSymbol`) themselves. */
export function kafkaChanges(before: readonly KafkaRule[], after: readonly KafkaRule[]): RuleChange[] {
  const values = symbols([], [...before, ...after]);
  const bind = (rules: readonly KafkaRule[]) => rules.flatMap((rule) => bindKafkaRule(rule, values) ?? []);
  const [old, now] = [bind(before), bind(after)];
  const own = new Set(before);
  const side = ({ rule }: BoundKafkaRule): Side => (own.has(rule) ? 'before' : 'after');
  return KAFKA_RESOURCE_TYPES.flatMap((type) => {
    const ofType = (rules: readonly BoundKafkaRule[]) => rules.filter(({ rule }) => rule.type === type);
    return typeChanges(type, ofType(old), ofType(now), side);
  });
}

/** Allows of every operation on every resource. */
export function everyResource(role: string): KafkaRule[] {
  return compileKafkaRules(role, { allow: EVERYTHING }, 0);
}

type Found = Map<string, { readonly change: Omit<RuleChange, 'asked'>; readonly operations: KafkaOperation[] }>;

function typeChanges(
  type: KafkaResourceType,
  before: readonly BoundKafkaRule[],
  after: readonly BoundKafkaRule[],
  side: (rule: BoundKafkaRule) => Side,
): RuleChange[] {
  const [single, any]: [Found, Found] = [new Map(), new Map()];
  const [old, now] = [new ResourceRules(before), new ResourceRules(after)];
  for (const operation of SUPPORTED_OPERATIONS[type]) {
    const bit = 1 << KAFKA_OPERATION_CODE[operation];
    const [was, is] = [listsOf(before, bit), listsOf(after, bit)];
    for (const region of gained(was, is, ALGEBRA)) note(single, changeOf(region, 'widened', side), operation);
    for (const region of gained(is, was, ALGEBRA)) note(single, changeOf(region, 'narrowed', side), operation);
    if (type !== 'topic' || operation !== ASKED_OF_ANY_TOPIC) continue;
    const [could, can] = [old.decideByType(bit), now.decideByType(bit)];
    const direction = can?.rule.effect === 'allow' ? 'widened' : 'narrowed';
    const rule = direction === 'widened' ? can : could;
    if (could?.rule.effect === can?.rule.effect || rule?.rule.effect !== 'allow') continue;
    const change = changeOf({ within: rule, except: [], whole: rule }, direction, side);
    note(any, { ...change, certain: [...before, ...after].every((one) => one.rule.hosts === undefined) }, operation);
  }
  const asked = { protocol: 'kafka', type } as const;
  return [
    ...[...single.values()].map(({ change, operations }) => ({ ...change, asked: { ...asked, operations } })),
    ...[...any.values()].map(({ change, operations }) => ({
      ...change,
      asked: { ...asked, operations, any: true as const },
    })),
  ];
}

function note(found: Found, change: Omit<RuleChange, 'asked'>, operation: KafkaOperation): void {
  const key = JSON.stringify(change);
  const known = found.get(key);
  if (known === undefined) found.set(key, { change, operations: [operation] });
  else known.operations.push(operation);
}

function listsOf(rules: readonly BoundKafkaRule[], bit: number): RuleLists<BoundKafkaRule> {
  const asked = rules.filter(({ rule }) => rule.mask & bit);
  return {
    allow: asked.filter(({ rule }) => rule.effect === 'allow'),
    deny: asked.filter(({ rule }) => rule.effect === 'deny'),
  };
}

function changeOf(
  { within, also, except, whole }: Region<BoundKafkaRule>,
  direction: RuleChange['direction'],
  side: (rule: BoundKafkaRule) => Side,
): Omit<RuleChange, 'asked'> {
  const ref = (bound: BoundKafkaRule): RuleRef => {
    const { id, effect, text, prefix } = bound.rule;
    return { side: side(bound), id, effect, text: prefix ? `${text}*` : text };
  };
  const rules = [within, ...(also === undefined ? [] : [also]), ...except];
  return {
    direction,
    within: ref(within),
    ...(also === undefined ? {} : { also: ref(also) }),
    except: except.map(ref),
    ...(whole === undefined ? {} : { resource: resourceText(whole) }),
    // Several ranges of addresses may hold together what none of them holds alone.
    certain: whole !== undefined && rules.every(({ rule }) => rule.hosts === undefined),
  };
}

function resourceText({ pattern, name }: BoundKafkaRule): string {
  return pattern === 'any' ? '*' : `${plainText(name)}${pattern === 'prefix' ? '*' : ''}`;
}

function holdsNames(outer: BoundKafkaRule, inner: BoundKafkaRule): boolean {
  if (outer.pattern === 'any') return true;
  if (outer.pattern === 'literal') return inner.pattern === 'literal' && inner.name === outer.name;
  return inner.pattern !== 'any' && inner.name.startsWith(outer.name);
}

/** Can no name of `a` begin as all of `b` do? */
function namesApart(a: BoundKafkaRule, b: BoundKafkaRule): boolean {
  const [left, right] = [beginning(a.name), beginning(b.name)];
  const whole = a.pattern === 'literal' && !holdsSymbol(a.name);
  if (whole && b.pattern === 'literal' && !holdsSymbol(b.name)) return a.name !== b.name;
  return !left.startsWith(right) && (whole || !right.startsWith(left));
}

/** What is the same for every client. */
function beginning(name: string): string {
  for (let i = 0; i < name.length; i++) if (holdsSymbol(name[i] as string)) return name.slice(0, i);
  return name;
}

function hostsApart(a: KafkaRule, b: KafkaRule): boolean {
  const others = b.hosts;
  if (a.hosts === undefined || others === undefined) return false;
  return !a.hosts.some((host) => others.some((other) => rangesMeet(host, other)));
}

/** The narrower pattern; of the addresses those of `a`, which may be too many. */
function meet(a: BoundKafkaRule, b: BoundKafkaRule): BoundKafkaRule | undefined {
  const narrow = holdsNames(a, b) ? b : holdsNames(b, a) ? a : undefined;
  if (narrow === undefined || hostsApart(a.rule, b.rule)) return undefined;
  const { hosts: _, ...rest } = narrow.rule;
  const hosts = a.rule.hosts ?? b.rule.hosts;
  return { ...narrow, rule: hosts === undefined ? rest : { ...rest, hosts } };
}
