import type { EffectiveLimits, MqttAccess } from '../../policies/types.ts';
import type { SessionState } from './state.ts';

/** Puts another policy in place. Returns in words what it no longer allows of this session, or ''. */
export function reauthorize(s: SessionState, access: MqttAccess, limits: EffectiveLimits): string {
  s.access = access;
  s.limits = limits;
  s.setMaxWait();
  s.denials.change(access.denialBudget);
  s.publishCache.forget();
  s.deliveryCache.forget();
  return denialReason(s, access);
}

/** What a policy does not allow of this session, in words, or ''. */
export function denialReason(s: Readonly<SessionState>, access: MqttAccess): string {
  if (s.clientId !== undefined && access.clientId(s.clientId).decision.verdict === 'deny') {
    return 'the client id is no longer allowed';
  }
  const { will } = s;
  if (will !== undefined && access.will(will.topic, will.qos, will.retain, will.size).decision.verdict === 'deny') {
    return 'the will message is no longer allowed';
  }
  for (const [filter, qos] of s.subscriptions.all()) {
    const verdict = access.subscribe(filter, qos);
    // A lower QoS than the subscription has is not the right to this subscription.
    if (verdict.decision.verdict === 'deny' || verdict.qos < qos) return 'a subscription is no longer allowed';
  }
  return '';
}
