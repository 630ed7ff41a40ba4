/** A rejection of the past, as the questions to the policy that it may have been. */
import { isKafkaOperation, KAFKA_RESOURCE_TYPES } from '../../acl/kafka-operations.ts';
import type { RejectionEvent } from '../../event.ts';
import type { PolicyRequest } from '../policy-test/answer.ts';

type Recorded = Pick<RejectionEvent, 'action' | 'resource' | 'cause' | 'sent' | 'size' | 'peer'>;

/** Causes that a rule of the policy gives. */
const RULE_CAUSES: ReadonlySet<string> = new Set([
  'denied',
  'qos-not-allowed',
  'retain-not-allowed',
  'payload-too-large',
  'will-denied',
  'client-id',
]);

/**
 * Quality of service and retain flag are not recorded: every form that fits is given, most likely
 * first. A text says why it cannot be asked again.
 */
export function recordedRequests(event: Recorded): readonly PolicyRequest[] | string {
  const { action, resource, cause, size } = event;
  if (cause === 'payload-too-large' && size === undefined) return 'the size of its payload is not recorded';
  if (!RULE_CAUSES.has(cause)) return `the cause ${cause} is not one of the policy’s rules`;
  if (resource === undefined) return 'it names no resource';
  if (resource.endsWith('…') || /\\(x|u)[0-9a-f]{2}/.test(resource)) return 'its resource was cut or escaped';
  switch (action) {
    case 'connect':
      return [{ action, clientId: resource }];
    case 'receive':
      return [{ action, topic: resource }];
    case 'subscribe':
      return [0, 1, 2].map((qos) => ({ action, filter: resource, qos }));
    case 'publish':
    case 'will':
      return qualities(event).flatMap((qos) =>
        (cause === 'retain-not-allowed' ? [true] : [false, true]).map((retain) => ({
          action,
          topic: resource,
          qos,
          retain,
          ...(size === undefined ? {} : { size }),
        })),
      );
    default:
      return isKafkaOperation(action) ? kafkaRequests(event, resource) : 'it is no question to the policy';
  }
}

/** What was sent tells the quality of service, if anything does. */
function qualities({ sent = '', cause }: Recorded): readonly number[] {
  if (sent.startsWith('PUBACK')) return [1];
  if (sent.startsWith('PUBREC')) return [2];
  return cause === 'qos-not-allowed' ? [2, 1, 0] : [0, 1, 2];
}

function kafkaRequests({ action, peer }: Recorded, resource: string): readonly PolicyRequest[] | string {
  const colon = resource.indexOf(':');
  const kind = colon < 0 ? resource : resource.slice(0, colon);
  const type = KAFKA_RESOURCE_TYPES.find((one) => one === kind);
  if (type === undefined || !isKafkaOperation(action)) return 'it names no resource of Kafka';
  const name = colon < 0 ? '' : resource.slice(colon + 1);
  // `address:port`; IPv6 in brackets or not.
  const host = peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return [{ action: 'kafka', operation: action, type, name, host }];
}
