/** Single requests, as the tests of a policy and `headgate explain` write them, and the answer to one. */
import type { KafkaOperation, KafkaResourceType } from '../../acl/kafka-operations.ts';
import type { Decision, Protocol } from '../../decision.ts';

/** What can be asked of each protocol. An action belongs to one of them. */
export interface ProtocolRequests {
  readonly mqtt: MqttRequest;
  readonly kafka: KafkaRequest;
}

/** A request that a policy can decide. */
export type PolicyRequest = ProtocolRequests[Protocol];

/** A request over MQTT. */
export type MqttRequest =
  | MessageRequest
  | { readonly action: 'subscribe'; readonly filter: string; readonly qos: number }
  | { readonly action: 'receive'; readonly topic: string }
  | { readonly action: 'connect'; readonly clientId: string };

/** An MQTT message: published, or as a will. */
export interface MessageRequest {
  readonly action: 'publish' | 'will';
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  /** Of the payload, in bytes. Absent: whether any may be. */
  readonly size?: number;
}

/** An operation on a Kafka resource, from an address. */
export interface KafkaRequest {
  readonly action: 'kafka';
  readonly operation: KafkaOperation;
  readonly type: KafkaResourceType;
  /** No meaning for the cluster. */
  readonly name: string;
  /** Address of the client; '' is none: rules for certain hosts allow nothing and deny all the same. */
  readonly host: string;
}

/** The decision on a request of a policy test, with what was granted. */
export interface Answer {
  readonly decision: Decision;
  /** Quality of service that a subscription is granted. */
  readonly granted?: number;
}

/** The protocol of each action. */
const PROTOCOL_OF: { readonly [P in Protocol as ProtocolRequests[P]['action']]: P } = {
  publish: 'mqtt',
  will: 'mqtt',
  subscribe: 'mqtt',
  receive: 'mqtt',
  connect: 'mqtt',
  kafka: 'kafka',
};

/** The protocol that a request is of. */
export function protocolOf({ action }: PolicyRequest): Protocol {
  return PROTOCOL_OF[action];
}
