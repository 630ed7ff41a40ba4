/** Reads the questions to the policy from the options. */
import { parseHost } from '../../../policies/acl/kafka-host.ts';
import {
  isKafkaOperation,
  KAFKA_OPERATION_CODE,
  type KafkaResourceType,
  SUPPORTED_OPERATIONS,
} from '../../../policies/acl/kafka-operations.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { PROTOCOL_NAMES } from '../../../policies/protocols.ts';
import { readSize } from '../../control-plane/config/units.ts';

const MQTT_ACTIONS = ['publish', 'subscribe', 'receive', 'will', 'connect'] as const;
type MqttAction = (typeof MQTT_ACTIONS)[number];

/** By protocol an option of its name: what is asked. The others say about what. */
export interface QuestionValues extends Readonly<Partial<Record<Protocol, string | undefined>>> {
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

type AboutOption = Exclude<keyof QuestionValues, Protocol>;

interface Questions {
  /** Options that go with what is asked; a text says what is wrong with that. */
  options(asked: string): readonly AboutOption[] | string;
  /** The option as it is repeated to the user. */
  repeated(asked: string): string;
  /** A text says what is wrong. Undefined: the client id is all that is asked. */
  request(asked: string, values: QuestionValues): PolicyRequest | string | undefined;
}

const MQTT_OPTIONS: Readonly<Record<MqttAction, readonly AboutOption[]>> = {
  publish: ['topic', 'qos', 'retain', 'size', 'client-id'],
  will: ['topic', 'qos', 'retain', 'size', 'client-id'],
  receive: ['topic', 'client-id'],
  subscribe: ['filter', 'qos', 'client-id'],
  connect: ['client-id'],
};
const KAFKA_OPTIONS = ['topic', 'group', 'transactional-id', 'cluster', 'host'] as const;
/** Of a client id that is asked alone. */
const LONE_OPTIONS: readonly AboutOption[] = ['client-id'];
const ALL: readonly AboutOption[] = [...new Set([...Object.values(MQTT_OPTIONS).flat(), ...KAFKA_OPTIONS])];

const QUESTIONS: Readonly<Record<Protocol, Questions>> = {
  mqtt: {
    options: (action) => (isMqttAction(action) ? MQTT_OPTIONS[action] : `--mqtt is one of ${MQTT_ACTIONS.join(', ')}`),
    repeated: (action) => `--mqtt ${action}`,
    request: (action, values) => mqttRequest(action as MqttAction, values),
  },
  kafka: { options: () => KAFKA_OPTIONS, repeated: () => '--kafka', request: kafkaRequest },
};

/** Empty without a question. A text: what is wrong with the options. A client id is a question of its own, the first. */
export function readQuestions(values: QuestionValues): readonly PolicyRequest[] | string {
  const [protocol, other] = PROTOCOL_NAMES.filter((name) => values[name] !== undefined);
  if (other !== undefined) return `--${protocol} and --${other} exclude each other`;
  const asked = protocol === undefined ? '' : (values[protocol] ?? '');
  const options = protocol === undefined ? LONE_OPTIONS : QUESTIONS[protocol].options(asked);
  if (typeof options === 'string') return options;
  const alien = ALL.find((key) => values[key] !== undefined && !options.includes(key));
  if (alien !== undefined) return alienOption(alien, protocol, asked);
  const { 'client-id': clientId } = values;
  const first: readonly PolicyRequest[] = clientId === undefined ? [] : [{ action: 'connect', clientId }];
  if (protocol === undefined) return first;
  const request = QUESTIONS[protocol].request(asked, values);
  if (typeof request === 'string') return request;
  return request === undefined ? first : [...first, request];
}

function alienOption(option: string, protocol: Protocol | undefined, asked: string): string {
  if (protocol !== undefined) return `--${option} does not go with ${QUESTIONS[protocol].repeated(asked)}`;
  return `--${option} needs ${PROTOCOL_NAMES.map((name) => `--${name}`).join(' or ')}`;
}

function mqttRequest(action: MqttAction, values: QuestionValues): PolicyRequest | string | undefined {
  if (action === 'connect') {
    return values['client-id'] === undefined ? '--mqtt connect needs --client-id' : undefined;
  }
  const { topic, filter, qos: written = '0', retain = false, size: payload } = values;
  if (!/^[012]$/.test(written)) return '--qos is 0, 1 or 2';
  const qos = Number(written);
  if (action === 'subscribe') {
    return filter === undefined ? '--mqtt subscribe needs --filter' : { action, filter, qos };
  }
  if (topic === undefined) return `--mqtt ${action} needs --topic`;
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
