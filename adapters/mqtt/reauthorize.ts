import type { EffectiveLimits, MqttAccess } from '../../policies/types.ts';
import type { SessionState } from './state.ts';

/** Puts another policy in place. Returns a message that names what it no longer allows of this session, or ''. */
export function reauthorize(s: SessionState, access: MqttAccess, limits: EffectiveLimits): string {
  s.access = access;
  s.limits = limits;
  s.setMaxWait();
  s.denials.change(access.denialBudget);
  s.client.topics.clear();
  s.broker.topics.clear();
  return denialReason(s, access);
}

/** A message that names what a policy does not allow of this session, or ''. Changes nothing. */
export function denialReason(s: Readonly<SessionState>, access: MqttAccess): string {
  if (s.clientId !== undefined && access.clientId(s.clientId).decision.verdict === 'deny') {
    return 'the client id is no longer allowed';
  }
  const { will } = s;
  if (will !== undefined && access.will(will.topic, will.qos, will.retain, will.size).decision.verdict === 'deny') {
    return 'the will message is no longer allowed';
  }
  for (const [filter, qos] of s.subscriptions.all()) {
    const { decision, qos: allowed } = access.subscribe(filter, qos);
    // A subscription at a lower QoS is another subscription.
    if (decision.verdict === 'deny' || allowed < qos) return 'a subscription is no longer allowed';
  }
  return '';
}
