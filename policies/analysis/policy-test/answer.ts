/** Single questions to a policy, as its tests ask them. The gate's own functions answer. */
import { refuse } from '../../acl/decision-words.ts';
import { KAFKA_CLUSTER, type KafkaOperation, type KafkaResourceType } from '../../acl/kafka-operations.ts';
import { topicNameFault } from '../../acl/topic-name.ts';
import type { Action, Decision } from '../../decision.ts';
import type { Identified, Policy, Unidentified } from '../../types.ts';

export type PolicyRequest =
  | MessageRequest
  | { readonly action: 'subscribe'; readonly filter: string; readonly qos: number }
  | { readonly action: 'receive'; readonly topic: string }
  | { readonly action: 'connect'; readonly clientId: string }
  | KafkaRequest;

export interface MessageRequest {
  readonly action: 'publish' | 'will';
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  /** Of the payload, in bytes. Absent: whether any may be. */
  readonly size?: number;
}

export interface KafkaRequest {
  readonly action: 'kafka';
  readonly operation: KafkaOperation;
  readonly type: KafkaResourceType;
  /** No meaning for the cluster. */
  readonly name: string;
  /** Address of the client; '' is none: rules for certain hosts allow nothing and deny all the same. */
  readonly host: string;
}

export interface Answer {
  readonly decision: Decision;
  /** Quality of service that a subscription is granted. */
  readonly granted?: number;
}

/** `maxTopicLevels`: what the listener lets through. A client without an identity may do nothing. */
export function answer(
  policy: Policy,
  who: Identified | Unidentified,
  request: PolicyRequest,
  maxTopicLevels: number,
): Answer {
  if (!who.ok) return { decision: refuse(actionOf(request), resourceOf(request), 'no-identity', who.reason) };
  if (request.action === 'kafka') {
    const { operation, type, host } = request;
    return { decision: policy.kafka(who, host).explain(operation, type, resourceOf(request)) };
  }
  const access = policy.mqtt(who);
  if ('topic' in request) {
    const fault = topicNameFault(request.topic, maxTopicLevels);
    if (fault !== undefined) return { decision: refuse(request.action, request.topic, 'topic-invalid', fault) };
  }
  switch (request.action) {
    case 'publish':
      return { decision: access.explainPublish(request.topic, request.qos, request.retain, request.size) };
    case 'will':
      return { decision: access.will(request.topic, request.qos, request.retain, request.size).decision };
    case 'receive':
      return { decision: access.explainReceive(request.topic) };
    case 'connect':
      return { decision: access.clientId(request.clientId).decision };
    case 'subscribe': {
      const { decision, qos } = access.subscribe(request.filter, request.qos);
      return decision.verdict === 'allow' ? { decision, granted: qos } : { decision };
    }
  }
}

function actionOf(request: PolicyRequest): Action {
  return request.action === 'kafka' ? request.operation : request.action;
}

function resourceOf(request: PolicyRequest): string {
  switch (request.action) {
    case 'kafka':
      return request.type === 'cluster' ? KAFKA_CLUSTER : request.name;
    case 'subscribe':
      return request.filter;
    case 'connect':
      return request.clientId;
    default:
      return request.topic;
  }
}
