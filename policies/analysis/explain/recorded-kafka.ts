/** A rejection of a Kafka client, as the request that it was. */
import { isKafkaOperation, KAFKA_RESOURCE_TYPES } from '../../acl/kafka-operations.ts';
import type { KafkaRequest } from '../policy-test/request.ts';
import type { RecordedRejection } from '../protocols/entry.ts';

/** The Kafka request that a rejection records; a text says why it cannot be decided again. */
export function recordedKafka({ action, resource, peer }: RecordedRejection): readonly KafkaRequest[] | string {
  if (!isKafkaOperation(action)) return 'it is no question to the policy';
  const colon = resource.indexOf(':');
  const kind = colon < 0 ? resource : resource.slice(0, colon);
  const type = KAFKA_RESOURCE_TYPES.find((one) => one === kind);
  if (type === undefined) return 'it names no resource of Kafka';
  const name = colon < 0 ? '' : resource.slice(colon + 1);
  // `address:port`; IPv6 in brackets or not.
  const host = peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return [{ action: 'kafka', operation: action, type, name, host }];
}
