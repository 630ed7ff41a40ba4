/** The requests that a change is about, as text. */

import type { MqttRequests } from '../../../policies/analysis/diff/mqtt-requests.ts';
import type { RuleChange } from '../../../policies/analysis/diff/rule-change.ts';

const ACTIONS = ['publish', 'will', 'subscribe', 'receive'] as const;
const EVERY_QOS = 3;

/** `publish and will with QoS 0 or 1`, `read, write on topic`. */
export function requestsText(asked: RuleChange['asked']): string {
  switch (asked.protocol) {
    case 'mqtt':
      return mqttText(asked.cases);
    case 'kafka': {
      const { type, operations, any } = asked;
      return `${operations.join(', ')} on ${any ? `any ${type} at all` : type}`;
    }
  }
}

/** Is it not about certain topics, names or filters? */
export function concernsAll(asked: RuleChange['asked']): boolean {
  switch (asked.protocol) {
    case 'mqtt':
      return false;
    case 'kafka':
      return asked.type === 'cluster' || asked.any === true;
  }
}

function mqttText(requests: readonly MqttRequests[]): string {
  const alike = new Map<string, string[]>();
  for (const action of ACTIONS) {
    const bySize = Map.groupBy(
      requests.filter((one) => one.action === action),
      ({ sizes }) => sizeText(sizes),
    );
    for (const [size, cases] of bySize) {
      for (const how of manners(cases)) alike.set(`${how}${size}`, [...(alike.get(`${how}${size}`) ?? []), action]);
    }
  }
  return [...alike].map(([how, actions]) => `${actions.join(' and ')}${how}`).join(', ');
}

/** The variants of one action; empty: none. */
function manners(cases: readonly MqttRequests[]): string[] {
  const [first] = cases;
  if (first === undefined) return [];
  if (first.action === 'receive') return [''];
  const [plain, retained] = [qualities(cases, false), qualities(cases, true)];
  if (first.action === 'subscribe') return [plain ?? ''];
  if (plain === retained) return [plain ?? ''];
  return [
    ...(plain === undefined ? [] : [` not retained${plain}`]),
    ...(retained === undefined ? [] : [` retained${retained}`]),
  ];
}

/** Undefined: none. */
function qualities(cases: readonly MqttRequests[], retain: boolean): string | undefined {
  const qos = cases.filter((one) => one.retain === retain).map((one) => one.qos);
  if (qos.length === 0) return undefined;
  return qos.length === EVERY_QOS ? '' : ` with QoS ${qos.join(' or ')}`;
}

function sizeText(sizes: MqttRequests['sizes']): string {
  if (sizes === undefined) return '';
  const { from, to } = sizes;
  if (to === undefined) return ` of more than ${from - 1} bytes`;
  return from === 0 ? ` of at most ${to} bytes` : ` of ${from} to ${to} bytes`;
}
