import type { Cause } from '../../../../policies/causes.ts';
import { type Action, type Decision, FILTERED } from '../../../../policies/decision.ts';
import type { MqttAccess } from '../../../../policies/types.ts';

/** What `fakeAccess` decides; the rest has defaults. */
export interface AccessPlan {
  /** Cause of a refusal, or undefined for allowed. Default: everything below `ok/`. */
  publish?: (topic: string, qos: number, retain: boolean, size: number) => Cause | undefined;
  /** The largest payload of every permit. Default: any. */
  maxPayload?: number;
  /** `filtered`: refused as the policy expects. */
  receive?: (topic: string) => Cause | 'filtered' | undefined;
  /** The QoS that may be asked for, or undefined for refused. */
  subscribe?: (filter: string, qos: number) => number | undefined;
  will?: (topic: string, qos: number, retain: boolean, size: number) => Cause | undefined;
  clientId?: (id: string) => boolean;
  assigned?: string;
  maxPublishQos?: 0 | 1 | 2;
  retainAvailable?: boolean;
  onDeny?: 'ack-drop' | 'disconnect';
  denialBudget?: { perSecond: number; burst: number };
}

const below = (topic: string): Cause | undefined => (topic.startsWith('ok/') ? undefined : 'denied');

function decision(action: Action, resource: string, cause: Cause | undefined): Decision {
  const verdict = cause === undefined ? 'allow' : 'deny';
  const base = {
    verdict,
    action,
    resource,
    ruleId: `roles.test.${action}`,
    role: 'test',
    reason: `${action} ${verdict}`,
  };
  return (cause === undefined ? base : { ...base, cause }) as Decision;
}

/** A policy of plain functions. Counts how often `publish` and `receive` were asked. */
export function fakeAccess(plan: AccessPlan = {}): MqttAccess & { asked: number } {
  const publish = plan.publish ?? below;
  const receive = plan.receive ?? below;
  const will = plan.will ?? below;
  const subscribe = plan.subscribe ?? ((filter, qos) => (filter.includes('ok/') ? qos : undefined));
  const clientId = plan.clientId ?? (() => true);
  const text = (buf: Uint8Array, start: number, end: number): string =>
    Buffer.from(buf.subarray(start, end)).toString();
  const access = {
    asked: 0,
    publish(buf: Uint8Array, start: number, end: number, qos: number, retain: boolean, size: number): number {
      access.asked++;
      return publish(text(buf, start, end), qos, retain, size) === undefined ? 2 : 0;
    },
    maxPayload: () => plan.maxPayload ?? Number.POSITIVE_INFINITY,
    explainPublish: (topic: string, qos: number, retain: boolean, size = 0) =>
      decision('publish', topic, publish(topic, qos, retain, size)),
    receive(buf: Uint8Array, start: number, end: number): number {
      access.asked++;
      const cause = receive(text(buf, start, end));
      if (cause === 'filtered') return FILTERED;
      return cause === undefined ? 3 : 0;
    },
    explainReceive: (topic: string) => {
      const cause = receive(topic);
      return decision('receive', topic, cause === 'filtered' ? 'denied' : cause);
    },
    subscribe(filter: string, qos: number) {
      const allowed = subscribe(filter, qos);
      const cause = allowed === undefined ? 'denied' : undefined;
      return { decision: decision('subscribe', filter, cause), permit: cause ? 0 : 4, qos: allowed ?? 0 };
    },
    will(topic: string, qos: number, retain: boolean, size = 0) {
      const cause = will(topic, qos, retain, size);
      return { decision: decision('will', topic, cause), permit: cause ? 0 : 5 };
    },
    clientId(id: string) {
      const verdict = decision('connect', id, clientId(id) ? undefined : 'client-id');
      return plan.assigned === undefined ? { decision: verdict } : { decision: verdict, assigned: plan.assigned };
    },
    explainPermit: (_permit: number, action: Action, resource: string) => decision(action, resource, undefined),
    maxPublishQos: plan.maxPublishQos ?? 2,
    retainAvailable: plan.retainAvailable ?? true,
    onDeny: plan.onDeny ?? 'ack-drop',
    denialBudget: plan.denialBudget ?? { perSecond: 1, burst: 1000 },
  };
  return access;
}
