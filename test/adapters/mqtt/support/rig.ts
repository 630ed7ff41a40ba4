import {
  createMqttSession,
  type MqttBackend,
  type MqttOptions,
  type MqttSession,
} from '../../../../adapters/mqtt/session.ts';
import type { OnExceed } from '../../../../policies/limits/table.ts';
import type { EffectiveLimits, MqttAccess } from '../../../../policies/types.ts';
import { type HostPlan, limitsOf, SeamRig } from '../../support/seam-rig.ts';
import { fakeAccess } from './access.ts';

export const OPTIONS: MqttOptions = {
  maxPacketSize: 4096,
  maxConnectSize: 2048,
  maxKeepAlive: 600,
  maxFiltersPerSubscribe: 8,
  maxSubscriptions: 10,
  maxTopicLevels: 16,
  receiveMaximum: 8,
  topicAliasMaximum: 4,
  maxSessionExpiry: 3600,
  maxUserProperties: 8,
  tolerateLongLengths: false,
  timeouts: { connect: 5000, packet: 3000, upstream: 4000 },
};

export interface RigPlan extends HostPlan {
  access?: MqttAccess;
  options?: Partial<MqttOptions>;
  backend?: MqttBackend;
  onExceed?: OnExceed;
  limits?: EffectiveLimits;
}

/** An MQTT session with a fake host. */
export class Rig extends SeamRig<MqttSession> {
  constructor(plan: RigPlan = {}) {
    const access = plan.access ?? fakeAccess();
    const client = { access, limits: limitsOf(plan.onExceed, plan.limits) };
    const options = { ...OPTIONS, ...plan.options };
    super((host) => createMqttSession(host, client, options, plan.backend ?? { passthrough: false }), plan);
  }
}
