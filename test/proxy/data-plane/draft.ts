import type { RejectionDraft } from '../../../proxy/shared/events/batch.ts';

/** A rejection of an identified client; what a test cares about is given. */
export function draft(over: Partial<RejectionDraft> = {}): RejectionDraft {
  return {
    listener: 'plant-mqtt',
    protocol: 'mqtt',
    peer: '192.0.2.7:40001',
    identity: 'devices',
    principal: 'press-1',
    role: 'device',
    action: 'publish',
    resource: 'plant/a/press-1/firmware',
    ruleId: 'roles.device.mqtt.deny[0]',
    cause: 'denied',
    reason: 'a rule denies it',
    sent: 'PUBACK 0x87',
    ...over,
  };
}

/** A rejection before identity. */
export function anonymous(over: Partial<RejectionDraft> = {}): RejectionDraft {
  return {
    listener: 'plant-mqtt',
    protocol: 'mqtt',
    peer: '198.51.100.1:1000',
    action: 'handshake',
    cause: 'no-certificate',
    reason: 'the client sent no certificate',
    ...over,
  };
}
