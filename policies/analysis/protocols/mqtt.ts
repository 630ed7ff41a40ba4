/** MQTT to lint, diff, explain and policy tests. */
import { RULE_ACTIONS } from '../../acl/rules.ts';
import { everyTopic, mqttChanges } from '../diff/mqtt-changes.ts';
import { mqttSettingChanges } from '../diff/mqtt-settings.ts';
import { lookAtClientIds } from '../explain/client-ids.ts';
import { lookAtMqttRules } from '../explain/mqtt-rules.ts';
import { recordedMqtt } from '../explain/recorded-mqtt.ts';
import { RoleBook } from '../lint/clients.ts';
import { lintMqttRules } from '../lint/mqtt-rules.ts';
import { ruleTexts } from '../lint/rule-texts.ts';
import { answerMqtt, mqttResource } from '../policy-test/mqtt-answer.ts';
import type { ProtocolAnalysis } from './entry.ts';

export const MQTT: ProtocolAnalysis<'mqtt'> = {
  lint(listeners) {
    const levels = listeners.flatMap(({ maxTopicLevels }) => maxTopicLevels ?? []);
    const maxLevels = levels.length === 0 ? undefined : Math.max(...levels);
    return (role, book) => lintMqttRules(role, book, maxLevels);
  },
  *texts(section, path) {
    if (section.clientId !== undefined) yield { path: `${path}.clientId`, text: section.clientId };
    yield* ruleTexts(section, RULE_ACTIONS, path);
  },
  everything: everyTopic,
  ruleText: ({ action, text }) => `${action} ${JSON.stringify(text)}`,
  ruleChanges: mqttChanges,
  settingChanges: mqttSettingChanges,
  answer: answerMqtt,
  subject: (request) => ({ action: request.action, resource: mqttResource(request) }),
  explain(source, client, request, ruleId) {
    if (request.action === 'connect') return lookAtClientIds(source, client, request.clientId, ruleId);
    const rules = RoleBook.ofClient(source, client.roles).rules('mqtt', [...new Set(client.roles)]);
    return lookAtMqttRules(rules, client.variables, request, ruleId);
  },
  recorded: recordedMqtt,
};
