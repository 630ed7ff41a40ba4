/** Kafka to lint, diff, explain and policy tests. */
import { parseHostRange } from '../../acl/kafka-host.ts';
import { KAFKA_CLUSTER } from '../../acl/kafka-operations.ts';
import { everyResource, kafkaChanges } from '../diff/kafka-changes.ts';
import { lookAtKafkaRules } from '../explain/kafka-rules.ts';
import { recordedKafka } from '../explain/recorded-kafka.ts';
import { RoleBook } from '../lint/clients.ts';
import type { LintListener } from '../lint/finding.ts';
import { lintKafkaRules } from '../lint/kafka-rules.ts';
import { ruleTexts } from '../lint/rule-texts.ts';
import type { KafkaRequest } from '../policy-test/request.ts';
import type { ProtocolAnalysis } from './entry.ts';

export const KAFKA: ProtocolAnalysis<'kafka'> = {
  lint(listeners) {
    const admitted = admittedTo(listeners.filter(({ protocol }) => protocol === 'kafka'));
    return (role, book) => lintKafkaRules(role, book, admitted);
  },
  texts: (section, path) => ruleTexts(section, ['topic', 'group', 'transactionalId'], path),
  everything: everyResource,
  ruleText({ type, text, prefix, operations }) {
    const name = type === 'cluster' ? '' : ` ${JSON.stringify(`${text}${prefix ? '*' : ''}`)}`;
    return `${operations.join(', ')} on ${type}${name}`;
  },
  ruleChanges: kafkaChanges,
  settingChanges: () => [],
  answer(policy, client, request) {
    const { operation, type, host } = request;
    return { decision: policy.kafka(client, host).explain(operation, type, resourceOf(request)) };
  },
  subject: (request) => ({ action: request.operation, resource: resourceOf(request) }),
  explain(source, client, request, ruleId) {
    const rules = RoleBook.ofClient(source, client.roles).rules('kafka', [...new Set(client.roles)]);
    return lookAtKafkaRules(rules, client.variables, request, ruleId);
  },
  recorded: recordedKafka,
};

/** From where clients of some of the listeners may come; undefined: from anywhere. */
function admittedTo(listeners: readonly LintListener[]) {
  if (listeners.length === 0 || listeners.some(({ admits }) => admits.length === 0)) return undefined;
  return listeners.flatMap(({ admits }) => admits.map(parseHostRange));
}

function resourceOf({ type, name }: KafkaRequest): string {
  return type === 'cluster' ? KAFKA_CLUSTER : name;
}
