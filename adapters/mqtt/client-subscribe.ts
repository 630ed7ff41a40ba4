import type { Cause } from '../../policies/causes.ts';
import type { Decision, Permit } from '../../policies/decision.ts';
import { forwardToBroker } from './client-publish.ts';
import { CODE, hex, SUBACK_FAILURE } from './codec/reason-codes.ts';
import { filterProblem } from './codec/topic.ts';
import { PACKET_ID_IN_USE, protocolError } from './error.ts';
import { charge, excess, pauseFor } from './limits.ts';
import { encodeSuback } from './packets/suback.ts';
import {
  encodeSubscribe,
  parseSubscribe,
  qosOf,
  type Requested,
  type Subscribe,
  withQos,
} from './packets/subscribe.ts';
import { spendDenial } from './publish-rejection.ts';
import { reasonString, subackCode } from './rejection-codes.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';
import { TOO_MANY_PENDING } from './subscriptions.ts';

/** What is decided about one filter. */
type FilterDecision =
  | { readonly ok: true; readonly qos: number; readonly permit: Permit }
  | {
      readonly ok: false;
      readonly code: number;
      readonly cause: Cause;
      readonly message: string;
      readonly ruleId?: string;
      readonly decision?: Decision;
    };

/**
 * A SUBSCRIBE of the client: each filter is authorized, the allowed ones are forwarded, the others get their code in the
 * SUBACK. Throws MqttError.
 */
export function clientSubscribe(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const wait = charge(s, 'requests', end - start);
  const sub = parseSubscribe(buf, start, body, end, s.client);
  if (wait < 0) {
    const { cause, message, ends } = excess(s, 'requests', wait);
    if (ends) endSession(s, 'subscribe', cause, CODE.quotaExceeded, message);
    else refuseAll(s, sub, cause, CODE.quotaExceeded, message);
    return;
  }
  if (checkRequest(s, sub)) authorizeFilters(s, buf, start, body, end, sub);
  if (wait > 0 && s.phase === PHASE.open) pauseFor(s, wait);
}

/** Holds packet id and number of filters against what is in use. False: the packet was refused. */
function checkRequest(s: SessionState, sub: Subscribe): boolean {
  const { packetId, filters } = sub;
  if (s.usesPacketId(packetId)) {
    if (s.version === 4) throw protocolError(PACKET_ID_IN_USE); // [MQTT-2.3.1-2]
    refuseAll(s, sub, 'protocol-error', CODE.packetIdInUse, PACKET_ID_IN_USE);
    return false;
  }
  const { maxFiltersPerSubscribe } = s.options;
  if (filters.length > maxFiltersPerSubscribe) {
    const message = `${filters.length} filters in one SUBSCRIBE, ${maxFiltersPerSubscribe} are allowed`;
    refuseAll(s, sub, 'denied', CODE.quotaExceeded, message, 'mqtt.maxFiltersPerSubscribe');
    return false;
  }
  if (s.subscriptions.isFull) {
    refuseAll(s, sub, 'denied', CODE.quotaExceeded, TOO_MANY_PENDING);
    return false;
  }
  return true;
}

function authorizeFilters(
  s: SessionState,
  buf: Buffer,
  start: number,
  body: number,
  end: number,
  sub: Subscribe,
): void {
  // Of identical filters the last counts, as at the broker [MQTT-3.8.4-3].
  const last = new Map<string, Requested>();
  for (const requested of sub.filters) last.set(requested.filter, requested);
  const decisions = new Map<string, FilterDecision>();
  const upstream: Requested[] = [];
  const positions = new Map<string, number>();
  let lowered = false;
  let left = maxSubscriptions(s) - s.subscriptions.size;
  for (const [filter, { options }] of last) {
    const known = s.subscriptions.active.has(filter);
    const qos = qosOf(options);
    const verdict = known || left > 0 ? authorizeFilter(s, filter, qos) : overSubscriptionLimit(s);
    decisions.set(filter, verdict);
    if (!verdict.ok) continue;
    if (!known) left--;
    if (verdict.qos !== qos) lowered = true;
    positions.set(filter, upstream.length);
    upstream.push({ filter, options: withQos(options, verdict.qos) });
    if (s.host.sampled()) s.host.trace('subscribe', filter, verdict.permit, end - start);
  }

  const { template, reason, denied } = recordRefusals(s, sub.filters, decisions, positions);
  if (upstream.length === 0) {
    s.out.toClient(encodeSuback(s.version, sub.packetId, template, reason, s.clientMaxPacket));
  } else {
    const untouched = upstream.length === sub.filters.length;
    const sent = upstream.map(({ filter, options }) => ({ filter, qos: qosOf(options) }));
    s.subscriptions.addSubscribe(sub.packetId, { template, sent, untouched, reason });
    const permit = permitOf(decisions);
    if (untouched && !lowered) forwardToBroker(s, buf, start, body, end, permit);
    else s.out.toBroker(encodeSubscribe(buf, sub, s.version, upstream), permit);
  }
  if (denied) spendDenial(s);
}

function permitOf(decisions: ReadonlyMap<string, FilterDecision>): Permit {
  for (const verdict of decisions.values()) if (verdict.ok) return verdict.permit;
  return 0;
}

function authorizeFilter(s: SessionState, filter: string, qos: number): FilterDecision {
  const problem = filterProblem(filter, s.options.maxTopicLevels);
  if (problem !== '') return { ok: false, code: CODE.topicFilterInvalid, cause: 'filter-invalid', message: problem };
  const { decision, permit, qos: allowed } = s.access.subscribe(filter, qos);
  if (decision.verdict === 'allow' && permit > 0) {
    s.recordShadow(decision);
    return { ok: true, permit, qos: Math.min(qos, allowed) };
  }
  const cause = decision.cause ?? 'denied';
  return { ok: false, code: subackCode(cause), cause, message: decision.reason, decision };
}

/** Of the listener's bound and the client's limit the stricter one. */
function maxSubscriptions(s: SessionState): number {
  return Math.min(s.options.maxSubscriptions, s.limits.subscriptions ?? Number.POSITIVE_INFINITY);
}

function overSubscriptionLimit(s: SessionState): FilterDecision {
  const max = maxSubscriptions(s);
  const message = `more than ${max} subscriptions on one connection`;
  if (max === s.limits.subscriptions)
    return { ok: false, code: CODE.quotaExceeded, cause: 'limit-subscriptions', message };
  return { ok: false, code: CODE.quotaExceeded, cause: 'denied', message, ruleId: 'mqtt.maxSubscriptions' };
}

interface Refusals {
  readonly template: number[];
  /** For the Reason String, with the id of the first refusal; '' when there is none. */
  readonly reason: string;
  readonly denied: boolean;
}

/** Records a rejection per refused filter and makes the template of the SUBACK. */
function recordRefusals(
  s: SessionState,
  filters: readonly Requested[],
  decisions: ReadonlyMap<string, FilterDecision>,
  positions: ReadonlyMap<string, number>,
): Refusals {
  let reason = '';
  let denied = false;
  const recorded = new Set<string>();
  const template = filters.map(({ filter }) => {
    const verdict = decisions.get(filter) as FilterDecision;
    if (verdict.ok) return -1 - (positions.get(filter) as number);
    const code = s.version === 5 ? verdict.code : SUBACK_FAILURE;
    if (!recorded.has(filter)) {
      recorded.add(filter);
      const { cause, message, decision, ruleId } = verdict;
      const id = s.reject('subscribe', cause, message, {
        decision,
        ruleId,
        resource: filter,
        sent: `SUBACK ${hex(code)}`,
      });
      denied = true;
      if (reason === '' && s.version === 5 && s.problemInformation) reason = reasonString(cause, id);
    }
    return code;
  });
  return { template, reason, denied };
}

/** The same code for every filter of the packet. */
function refuseAll(
  s: SessionState,
  sub: Subscribe,
  cause: Cause,
  code: number,
  message: string,
  ruleId?: string,
): void {
  const shown = s.version === 5 ? code : SUBACK_FAILURE;
  const first = sub.filters[0]?.filter;
  const id = s.reject('subscribe', cause, message, { resource: first, sent: `SUBACK ${hex(shown)}`, ruleId });
  const codes = new Array<number>(sub.filters.length).fill(shown);
  const reason = s.problemInformation ? reasonString(cause, id) : '';
  s.out.toClient(encodeSuback(s.version, sub.packetId, codes, reason, s.clientMaxPacket));
}
