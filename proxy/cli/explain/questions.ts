/** Reads the questions to the policy from the options. */
import { parseHost } from '../../../policies/acl/kafka-host.ts';
import {
  isKafkaOperation,
  KAFKA_OPERATION_CODE,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
} from '../../../policies/acl/kafka-operations.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/answer.ts';
import { readSize } from '../../control-plane/config/units.ts';

const MQTT_ACTIONS = ['publish', 'subscribe', 'receive', 'will', 'connect'] as const;
type MqttAction = (typeof MQTT_ACTIONS)[number];

export interface QuestionValues {
  readonly mqtt?: string | undefined;
  readonly kafka?: string | undefined;
  readonly topic?: string | undefined;
  readonly filter?: string | undefined;
  readonly qos?: string | undefined;
  readonly retain?: boolean | undefined;
  readonly size?: string | undefined;
  readonly 'client-id'?: string | undefined;
  readonly group?: string | undefined;
  readonly 'transactional-id'?: string | undefined;
  readonly cluster?: boolean | undefined;
  readonly host?: string | undefined;
}

/** Which options go with what is asked. */
const OPTIONS_OF: Readonly<Record<MqttAction | 'kafka' | 'nothing', readonly (keyof QuestionValues)[]>> = {
  publish: ['topic', 'qos', 'retain', 'size', 'client-id'],
  will: ['topic', 'qos', 'retain', 'size', 'client-id'],
  receive: ['topic', 'client-id'],
  subscribe: ['filter', 'qos', 'client-id'],
  connect: ['client-id'],
  kafka: ['topic', 'group', 'transactional-id', 'cluster', 'host'],
  nothing: ['client-id'],
};
const ALL = [...new Set(Object.values(OPTIONS_OF).flat())];

/** Empty without a question. A text: what is wrong with the options. A client id is a question of its own, the first. */
export function readQuestions(values: QuestionValues): readonly PolicyRequest[] | string {
  const { mqtt, kafka, 'client-id': clientId } = values;
  if (mqtt !== undefined && kafka !== undefined) return '--mqtt and --kafka exclude each other';
  if (mqtt !== undefined && !isMqttAction(mqtt)) return `--mqtt is one of ${MQTT_ACTIONS.join(', ')}`;
  const about = mqtt ?? (kafka === undefined ? 'nothing' : 'kafka');
  const alien = ALL.find((key) => values[key] !== undefined && !OPTIONS_OF[about as MqttAction].includes(key));
  if (alien !== undefined) return alienOption(alien, about);
  const first: readonly PolicyRequest[] = clientId === undefined ? [] : [{ action: 'connect', clientId }];
  if (mqtt === undefined && kafka === undefined) return first;
  if (mqtt === 'connect') return first.length > 0 ? first : '--mqtt connect needs --client-id';
  const request = mqtt === undefined ? kafkaRequest(kafka ?? '', values) : mqttRequest(mqtt as MqttAction, values);
  return typeof request === 'string' ? request : [...first, request];
}

function alienOption(option: string, about: string): string {
  if (about === 'nothing') return `--${option} needs --mqtt or --kafka`;
  return `--${option} does not go with ${about === 'kafka' ? '--kafka' : `--mqtt ${about}`}`;
}

function mqttRequest(action: MqttAction, values: QuestionValues): PolicyRequest | string {
  const { topic, filter, qos: written = '0', retain = false, size: payload } = values;
  if (!/^[012]$/.test(written)) return '--qos is 0, 1 or 2';
  const qos = Number(written);
  if (action === 'subscribe') {
    return filter === undefined ? '--mqtt subscribe needs --filter' : { action, filter, qos };
  }
  if (topic === undefined || action === 'connect') return `--mqtt ${action} needs --topic`;
  if (action === 'receive') return { action, topic };
  if (payload === undefined) return { action, topic, qos, retain };
  const size = readSize(payload);
  return size === undefined ? '--size is a size such as 512B or 64KiB' : { action, topic, qos, retain, size };
}

function kafkaRequest(operation: string, values: QuestionValues): PolicyRequest | string {
  const { topic, group, 'transactional-id': transactionalId, cluster, host = '' } = values;
  if (!isKafkaOperation(operation)) return `--kafka is one of ${Object.keys(KAFKA_OPERATION_CODE).join(', ')}`;
  const named = Object.entries({ topic, group, transactionalId, cluster: cluster === true ? '' : undefined }).flatMap(
    ([type, name]) => (name === undefined ? [] : [[type as KafkaResourceType, name] as const]),
  );
  const [first] = named;
  if (first === undefined || named.length > 1) {
    return '--kafka needs one of --topic, --group, --transactional-id and --cluster';
  }
  const [type, name] = first;
  if (!SUPPORTED_OPERATIONS[type].includes(operation)) {
    return `a ${type} has no operation ${operation}: it has ${SUPPORTED_OPERATIONS[type].join(', ')}`;
  }
  if (host !== '' && parseHost(host) === undefined) return '--host is an IP address';
  return { action: 'kafka', operation, type, name, host };
}

function isMqttAction(text: string): text is MqttAction {
  return (MQTT_ACTIONS as readonly string[]).includes(text);
}
