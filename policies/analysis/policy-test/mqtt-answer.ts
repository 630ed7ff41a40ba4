/** Single questions about MQTT, answered by the gate's own functions. */
import { refuse } from '../../acl/decision-text.ts';
import { topicNameFault } from '../../acl/topic-name.ts';
import type { Identified, Policy } from '../../types.ts';
import type { Answer, MqttRequest } from './request.ts';

/** `maxTopicLevels`: what the listener lets through. */
export function answerMqtt(policy: Policy, client: Identified, request: MqttRequest, maxTopicLevels: number): Answer {
  const access = policy.mqtt(client);
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

/** What a request is about: a topic, a filter or a client id. */
export function mqttResource(request: MqttRequest): string {
  switch (request.action) {
    case 'subscribe':
      return request.filter;
    case 'connect':
      return request.clientId;
    case 'publish':
    case 'will':
    case 'receive':
      return request.topic;
  }
}
