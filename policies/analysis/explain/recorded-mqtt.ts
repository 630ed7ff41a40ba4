/** A rejection of an MQTT client, as the requests that it may have been. */

import type { MqttRequest } from '../policy-test/request.ts';
import type { RecordedRejection } from '../protocols/entry.ts';

/** Quality of service and retain flag are not recorded: every form that fits is given, most likely first. */
export function recordedMqtt(rejection: RecordedRejection): readonly MqttRequest[] | string {
  const { action, resource, cause, size } = rejection;
  switch (action) {
    case 'connect':
      return [{ action, clientId: resource }];
    case 'receive':
      return [{ action, topic: resource }];
    case 'subscribe':
      return [0, 1, 2].map((qos) => ({ action, filter: resource, qos }));
    case 'publish':
    case 'will':
      return qualities(rejection).flatMap((qos) =>
        (cause === 'retain-not-allowed' ? [true] : [false, true]).map((retain) => ({
          action,
          topic: resource,
          qos,
          retain,
          ...(size === undefined ? {} : { size }),
        })),
      );
    default:
      return 'it is no question to the policy';
  }
}

/** What was sent tells the quality of service, if anything does. */
function qualities({ sent = '', cause }: RecordedRejection): readonly number[] {
  if (sent.startsWith('PUBACK')) return [1];
  if (sent.startsWith('PUBREC')) return [2];
  return cause === 'qos-not-allowed' ? [2, 1, 0] : [0, 1, 2];
}
