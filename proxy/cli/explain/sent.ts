/** What a client sees of a verdict, by the tables of the protocol adapters. */
import { ERROR } from '../../../adapters/kafka/error-codes.ts';
import { CODE, hex } from '../../../adapters/mqtt/codec/reason-codes.ts';
import { connackCodes, publishAckCode, subackCode } from '../../../adapters/mqtt/rejection-codes.ts';
import type { KafkaResourceType } from '../../../policies/acl/kafka-operations.ts';
import type { Explanation } from '../../../policies/analysis/explain/explain.ts';
import type { KafkaRequest, MessageRequest, PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Cause } from '../../../policies/causes.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { PROTOCOL_NAMES } from '../../../policies/protocols.ts';
import type { Identified, Policy } from '../../../policies/types.ts';

const KAFKA_REFUSALS: Readonly<Record<KafkaResourceType, readonly [code: number, name: string]>> = {
  topic: [ERROR.topicAuthorizationFailed, 'TOPIC_AUTHORIZATION_FAILED'],
  group: [ERROR.groupAuthorizationFailed, 'GROUP_AUTHORIZATION_FAILED'],
  transactionalId: [ERROR.transactionalIdAuthorizationFailed, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  cluster: [ERROR.clusterAuthorizationFailed, 'CLUSTER_AUTHORIZATION_FAILED'],
};

/** What a client that was refused before it could speak sees, by protocol: a line for each version. */
const SENT_AT_ONCE: Readonly<Record<Protocol, (cause: Cause) => string[]>> = {
  mqtt(cause) {
    const { v5, v311 } = connackCodes(cause);
    return [`MQTT 5: CONNACK ${hex(v5)}`, `MQTT 3.1.1: ${v311 === undefined ? CLOSED : `CONNACK ${v311}`}`];
  },
  kafka: () => [`Kafka: ${CLOSED}`],
};

/** What a client sees that its chain or its identity refuses. `protocol` undefined: of each. */
export function sentAtOnce(cause: Cause, protocol: Protocol | undefined): string[] {
  const protocols = protocol === undefined ? PROTOCOL_NAMES : [protocol];
  return protocols.flatMap((one) => SENT_AT_ONCE[one](cause));
}

const CLOSED = 'the connection is closed';

/** A line for each version of the protocol where they differ. */
export function sentFor({ request, decision, granted }: Explanation, policy: Policy, client: Identified): string[] {
  const { cause = 'denied' } = decision;
  if (decision.verdict === 'allow') return [allowed(request, granted)];
  switch (request.action) {
    case 'kafka':
      return kafkaRefusal(request);
    case 'connect':
    case 'will':
      return sentAtOnce(cause, 'mqtt');
    case 'subscribe':
      return [`MQTT 5: SUBACK ${hex(subackCode(cause))}`, 'MQTT 3.1.1: SUBACK 0x80'];
    case 'receive':
      return ['nothing: the message is not delivered'];
    case 'publish':
      return publishRefusal(request, cause, policy, client);
  }
}

function allowed(request: PolicyRequest, granted: number | undefined): string {
  switch (request.action) {
    case 'receive':
      return 'the message';
    case 'subscribe':
      return `the broker’s response, with at most QoS ${granted}`;
    case 'connect':
      return 'the broker’s response, unless another identity uses the client id or a limit is exceeded';
    case 'publish':
    case 'will':
    case 'kafka':
      return 'the broker’s response';
  }
}

function kafkaRefusal({ type, operation }: KafkaRequest): string[] {
  const [code, name] = KAFKA_REFUSALS[type];
  const response = `error ${code} (${name}); it is missing from lists where the client did not name it`;
  return type === 'topic' && operation === 'write' ? [response, `with acks=0: ${CLOSED}`] : [response];
}

function publishRefusal(
  { topic, qos, retain }: MessageRequest,
  cause: Cause,
  policy: Policy,
  client: Identified,
): string[] {
  if (cause === 'topic-invalid') {
    const code = topic === '' ? CODE.protocolError : CODE.topicNameInvalid;
    return [`MQTT 5: DISCONNECT ${hex(code)}`, `MQTT 3.1.1: ${CLOSED}`];
  }
  const { maxPublishQos, retainAvailable, onDeny } = policy.mqtt(client);
  const old = `MQTT 3.1.1: ${onDeny === 'disconnect' ? CLOSED : acknowledgement(qos)}`;
  if (cause === 'qos-not-allowed' && qos > maxPublishQos) {
    return [`MQTT 5: DISCONNECT ${hex(CODE.qosNotSupported)} (the CONNACK says: at most QoS ${maxPublishQos})`, old];
  }
  if (cause === 'retain-not-allowed' && retain && !retainAvailable) {
    return [`MQTT 5: DISCONNECT ${hex(CODE.retainNotSupported)} (the CONNACK says: no retained messages)`, old];
  }
  const now = qos === 0 ? DROPPED : `${qos === 1 ? 'PUBACK' : 'PUBREC'} ${hex(publishAckCode(cause))}`;
  return [`MQTT 5: ${now}`, old];
}

const DROPPED = 'nothing: the message is dropped';

/** MQTT 3.1.1 has no code for a refusal. */
function acknowledgement(qos: number): string {
  return qos === 0 ? DROPPED : `${qos === 1 ? 'PUBACK' : 'PUBREC'}, and the message is dropped`;
}
