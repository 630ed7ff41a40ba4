import type { Cause } from '../../../../policies/causes.ts';
import type { Action, Decision } from '../../../../policies/decision.ts';
import type { MqttAccess } from '../../../../policies/types.ts';

/** What `fakeAccess` is told; the rest has defaults. */
export interface AccessPlan {
  /** Cause of a refusal, or undefined for allowed. Default: everything below `ok/`. */
  publish?: (topic: string, qos: number, retain: boolean) => Cause | undefined;
  receive?: (topic: string) => Cause | undefined;
  /** The QoS that may be asked for, or undefined for refused. */
  subscribe?: (filter: string, qos: number) => number | undefined;
  will?: (topic: string, qos: number, retain: boolean) => Cause | undefined;
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
    publish(buf: Uint8Array, start: number, end: number, qos: number, retain: boolean): number {
      access.asked++;
      return publish(text(buf, start, end), qos, retain) === undefined ? 2 : 0;
    },
    explainPublish: (topic: string, qos: number, retain: boolean) =>
      decision('publish', topic, publish(topic, qos, retain)),
    receive(buf: Uint8Array, start: number, end: number): number {
      access.asked++;
      return receive(text(buf, start, end)) === undefined ? 3 : 0;
    },
    explainReceive: (topic: string) => decision('receive', topic, receive(topic)),
    subscribe(filter: string, qos: number) {
      const allowed = subscribe(filter, qos);
      const cause = allowed === undefined ? 'denied' : undefined;
      return { decision: decision('subscribe', filter, cause), permit: cause ? 0 : 4, qos: allowed ?? 0 };
    },
    will(topic: string, qos: number, retain: boolean) {
      const cause = will(topic, qos, retain);
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
