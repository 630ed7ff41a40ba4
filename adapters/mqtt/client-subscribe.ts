import type { Cause } from '../../policies/causes.ts';
import type { Decision, Permit } from '../../policies/decision.ts';
import { forwardToBroker } from './client-publish.ts';
import { CODE, hex } from './codec/reason-codes.ts';
import { filterProblem } from './codec/topic.ts';
import { protocolError } from './error.ts';
import { charge, excess, pauseFor } from './limits.ts';
import { encodeSuback } from './packets/suback.ts';
import { encodeSubscribe, parseSubscribe, type Requested, type Subscribe } from './packets/subscribe.ts';
import { spendDenial } from './publish-rejection.ts';
import { reasonString, subackCode } from './rejection-codes.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';
import { MAX_PENDING } from './subscriptions.ts';

/** A verdict on one filter. */
type Verdict =
  | { readonly ok: true; readonly qos: number; readonly permit: Permit }
  | {
      readonly ok: false;
      readonly code: number;
      readonly cause: Cause;
      readonly message: string;
      readonly ruleId?: string;
      readonly decision?: Decision;
    };

/** A SUBSCRIBE of the client: a verdict per filter, the allowed ones go on, the others are answered in their place. */
export function subscribe(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const wait = charge(s, 'requests', end - start);
  const sub = parseSubscribe(buf, start, body, end, s.version, s.options.maxUserProperties);
  if (wait < 0) {
    const { cause, message, ends } = excess(s, 'requests', wait);
    if (ends) endSession(s, 'subscribe', cause, CODE.quotaExceeded, message);
    else refuseAll(s, sub, cause, CODE.quotaExceeded, message);
    return;
  }
  if (checkRequest(s, sub)) judge(s, buf, start, body, end, sub);
  if (wait > 0 && s.phase === PHASE.open) pauseFor(s, wait);
}

/** Holds packet id and number of filters against what is in use. False: the packet was answered. */
function checkRequest(s: SessionState, sub: Subscribe): boolean {
  const { packetId, filters } = sub;
  if (s.subscriptions.uses(packetId) || s.inFlight.has(packetId) || s.refusedQos2.has(packetId)) {
    const message = 'a packet identifier that is in use';
    if (s.version === 4) throw protocolError(message); // [MQTT-2.3.1-2]
    refuseAll(s, sub, 'protocol-error', CODE.packetIdInUse, message);
    return false;
  }
  const { maxFiltersPerSubscribe } = s.options;
  if (filters.length > maxFiltersPerSubscribe) {
    const message = `${filters.length} filters in one SUBSCRIBE, ${maxFiltersPerSubscribe} are allowed`;
    refuseAll(s, sub, 'denied', CODE.quotaExceeded, message, 'mqtt.maxFiltersPerSubscribe');
    return false;
  }
  if (s.subscriptions.pending >= MAX_PENDING) {
    refuseAll(s, sub, 'denied', CODE.quotaExceeded, 'too many requests wait for the broker');
    return false;
  }
  return true;
}

function judge(s: SessionState, buf: Buffer, start: number, body: number, end: number, sub: Subscribe): void {
  // Of identical filters the last counts, as at the broker [MQTT-3.8.4-3].
  const last = new Map<string, Requested>();
  for (const requested of sub.filters) last.set(requested.filter, requested);
  const verdicts = new Map<string, Verdict>();
  const upstream: Requested[] = [];
  const order = new Map<string, number>();
  let lowered = false;
  let room =
    Math.min(s.options.maxSubscriptions, s.limits.subscriptions ?? Number.POSITIVE_INFINITY) - s.subscriptions.size;
  for (const [filter, { options }] of last) {
    const known = s.subscriptions.active.has(filter);
    const verdict = known || room > 0 ? decide(s, filter, options & 3) : overSubscriptionLimit(s);
    verdicts.set(filter, verdict);
    if (!verdict.ok) continue;
    if (!known) room--;
    if (verdict.qos !== (options & 3)) lowered = true;
    order.set(filter, upstream.length);
    upstream.push({ filter, options: (options & ~3) | verdict.qos });
    if (s.host.sampled()) s.host.trace('subscribe', filter, verdict.permit, end - start);
  }

  const { template, reason, denied } = report(s, sub.filters, verdicts, order);
  if (upstream.length === 0) {
    s.out.toClient(encodeSuback(s.version, sub.packetId, template, reason, s.clientMaxPacket));
  } else {
    const untouched = upstream.length === sub.filters.length;
    const sent = upstream.map(({ filter, options }) => ({ filter, qos: options & 3 }));
    s.subscriptions.ask(sub.packetId, { template, sent, untouched, reason });
    const permit = permitOf(verdicts);
    if (untouched && !lowered) forwardToBroker(s, buf, start, body, end, permit);
    else s.out.toBroker(encodeSubscribe(buf, sub, s.version, upstream), permit);
  }
  if (denied) spendDenial(s);
}

function permitOf(verdicts: ReadonlyMap<string, Verdict>): Permit {
  for (const verdict of verdicts.values()) if (verdict.ok) return verdict.permit;
  return 0;
}

function decide(s: SessionState, filter: string, qos: number): Verdict {
  const problem = filterProblem(filter, s.options.maxTopicLevels);
  if (problem !== '') return { ok: false, code: CODE.topicFilterInvalid, cause: 'filter-invalid', message: problem };
  const { decision, permit, qos: allowed } = s.access.subscribe(filter, qos);
  if (decision.verdict === 'allow' && permit > 0) {
    if (decision.shadow !== undefined) s.rejectInShadow(decision.shadow);
    return { ok: true, permit, qos: Math.min(qos, allowed) };
  }
  const cause = decision.cause ?? 'denied';
  return { ok: false, code: subackCode(cause), cause, message: decision.reason, decision };
}

function overSubscriptionLimit(s: SessionState): Verdict {
  const { subscriptions = Number.POSITIVE_INFINITY } = s.limits;
  const most = Math.min(s.options.maxSubscriptions, subscriptions);
  const message = `more than ${most} subscriptions on one connection`;
  if (most === subscriptions) return { ok: false, code: CODE.quotaExceeded, cause: 'limit-subscriptions', message };
  return { ok: false, code: CODE.quotaExceeded, cause: 'denied', message, ruleId: 'mqtt.maxSubscriptions' };
}

interface Report {
  readonly template: number[];
  /** For the Reason String, with the id of the first refusal; '' when there is none. */
  readonly reason: string;
  readonly denied: boolean;
}

/** Records a rejection per refused filter and makes the template of the SUBACK. */
function report(
  s: SessionState,
  filters: readonly Requested[],
  verdicts: ReadonlyMap<string, Verdict>,
  order: ReadonlyMap<string, number>,
): Report {
  let reason = '';
  let denied = false;
  const reported = new Set<string>();
  const template = filters.map(({ filter }) => {
    const verdict = verdicts.get(filter) as Verdict;
    if (verdict.ok) return -1 - (order.get(filter) as number);
    const code = s.version === 5 ? verdict.code : 0x80;
    if (!reported.has(filter)) {
      reported.add(filter);
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

/** One answer for every filter of the packet. */
function refuseAll(
  s: SessionState,
  sub: Subscribe,
  cause: Cause,
  code: number,
  message: string,
  ruleId?: string,
): void {
  const shown = s.version === 5 ? code : 0x80;
  const first = sub.filters[0]?.filter;
  const id = s.reject('subscribe', cause, message, { resource: first, sent: `SUBACK ${hex(shown)}`, ruleId });
  const codes = new Array<number>(sub.filters.length).fill(shown);
  const reason = s.problemInformation ? reasonString(cause, id) : '';
  s.out.toClient(encodeSuback(s.version, sub.packetId, codes, reason, s.clientMaxPacket));
}
