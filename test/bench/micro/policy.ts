/** A policy like the one of the end-to-end runs, and the access of one client under it. */
import { compilePolicy } from '../../../policies/policy.ts';
import type { Identified, MqttAccess } from '../../../policies/types.ts';

export const WHO: Identified = {
  ok: true,
  identity: 'load-generators',
  principal: 'press-42',
  roles: ['generator'],
  variables: {},
  limits: {
    publish: { perSecond: 1e8, burst: 1e8, onExceed: 'throttle' },
    bytes: { perSecond: 1e11, burst: 1e11, onExceed: 'throttle' },
  },
};

export function benchClient(): { who: Identified; access: MqttAccess } {
  const policy = compilePolicy(
    {
      identities: [
        {
          name: WHO.identity,
          when: { trust: 'ca', subject: { O: 'Bench' } },
          principal: '{CN}',
          roles: [...WHO.roles],
        },
      ],
      roles: {
        generator: {
          mqtt: {
            clientId: 'any',
            allow: [
              { publish: 'plant/+/temperature' },
              { publish: 'plant/+/#' },
              { subscribe: 'plant/+/#' },
              { receive: 'plant/+/#' },
            ],
            deny: [{ publish: 'plant/+/firmware/#' }],
          },
        },
      },
    },
    { version: 'bench' },
  );
  return { who: WHO, access: policy.mqtt(WHO) };
}
