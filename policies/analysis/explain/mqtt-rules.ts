/**
 * The MQTT rules of a client, each held alone against a question. The functions that decide for
 * the gate are asked, with one rule in the place of all.
 */
import { decideDelivery, decideMessage, decideSubscription } from '../../acl/decide.ts';
import { contains, matches, overlaps } from '../../acl/filter-algebra.ts';
import { ANY_SIZE, type BoundRule, bindRules, type Rule, type RuleList } from '../../acl/rules.ts';
import { fillFilter, type Variables } from '../../acl/template.ts';
import { type FilterLevels, parseTopicFilter } from '../../acl/topic-filter.ts';
import type { MessageRequest, MqttRequest } from '../policy-test/request.ts';
import { type Bearing, type RuleLook, ruleLook } from './rule-look.ts';

type MqttTopicRequest = Exclude<MqttRequest, { readonly action: 'connect' }>;

/** `ruleId`: of the verdict. The topic or filter of the request has passed its grammar. */
export function lookAtMqttRules(
  rules: readonly Rule[],
  variables: Variables,
  request: MqttTopicRequest,
  ruleId: string,
): RuleLook[] {
  return rules.map((rule) => {
    const levels = fillFilter(rule.template, variables);
    const says = `${rule.action} ${quoted(rule.text)}${conditions(rule)}`;
    const filled = levels && `${rule.action} ${quoted(levels.join('/'))}${conditions(rule)}`;
    return ruleLook(rule, { says, filled }, bearingOf(rule, variables, levels, request), ruleId);
  });
}

function bearingOf(
  rule: Rule,
  variables: Variables,
  levels: FilterLevels | undefined,
  request: MqttTopicRequest,
): Bearing {
  const list = bindRules([rule], variables)[request.action];
  if (list.blocked !== undefined) {
    return { outcome: 'applies', reason: `cannot be filled for this client, so it denies every ${request.action}` };
  }
  if (levels === undefined) return { outcome: 'no', reason: 'cannot be filled for this client, so it allows nothing' };
  const bound = list.allow[0] ?? list.deny[0];
  if (bound === undefined) return { outcome: 'no', reason: `is about ${rule.action}` };
  if ('filter' in request) return subscription(list, bound, parseTopicFilter(request.filter).levels, request.qos);
  const topic = request.topic.split('/');
  if (!matches(levels, topic)) return { outcome: 'no', reason: 'is about other topics' };
  if (request.action === 'receive') {
    const verdict = decideDelivery(list, topic);
    return { outcome: verdict.rule === rule ? 'applies' : 'no', reason: 'holds this topic' };
  }
  return message(list, rule, topic, request);
}

function message(list: RuleList, rule: Rule, topic: readonly string[], { qos, retain, size }: MessageRequest): Bearing {
  const verdict = decideMessage(list, topic, qos, retain, size);
  const full = verdict.rule === rule && (verdict.allowed || verdict.cause === 'denied');
  if (full) return { outcome: 'applies', reason: 'holds this topic' };
  const wrongQos = !(rule.qosMask & (1 << qos));
  if (verdict.cause === 'payload-too-large')
    return { outcome: 'partly', reason: 'holds this topic, but no payload of this size' };
  const what = wrongQos ? `QoS ${qos}` : retain ? 'retained messages' : 'messages that are not retained';
  return { outcome: 'partly', reason: `holds this topic, but not ${what}` };
}

function subscription(list: RuleList, { rule, levels }: BoundRule, filter: FilterLevels, qos: number): Bearing {
  if (rule.effect === 'deny' && !overlaps(levels, filter))
    return { outcome: 'no', reason: 'overlaps no topic of the filter' };
  const { verdict, qos: granted } = decideSubscription(list, filter, qos);
  if (verdict.allowed) {
    return { outcome: 'applies', reason: `holds the whole filter${granted < qos ? `, up to QoS ${granted}` : ''}` };
  }
  if (rule.effect === 'deny') {
    if (rule.filters && !contains(levels, filter)) {
      return { outcome: 'partly', reason: 'overlaps the filter: what it denies is not delivered' };
    }
    if (verdict.rule === undefined) return { outcome: 'partly', reason: 'overlaps the filter, but not with this QoS' };
    return { outcome: 'applies', reason: 'overlaps the filter' };
  }
  if (verdict.cause === 'qos-not-allowed') {
    return { outcome: 'partly', reason: `holds the whole filter, but not with QoS ${qos} or less` };
  }
  return { outcome: 'no', reason: 'does not hold the whole filter' };
}

function conditions({ qosMask, retain, size }: Rule): string {
  const qos = [0, 1, 2].filter((one) => qosMask & (1 << one));
  const quality = qos.length === 3 ? '' : ` with QoS ${qos.join(' or ')}`;
  const most = size === ANY_SIZE ? '' : `, at most ${size} bytes`;
  return `${quality}${retain === undefined ? '' : `, retain: ${retain}`}${most}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
