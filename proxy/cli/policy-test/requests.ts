/** Reads the question to the policy from a request as a test writes it. */

import { parseHost } from '../../../policies/acl/kafka-host.ts';
import { KAFKA_RESOURCE_TYPES, SUPPORTED_OPERATIONS } from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRequest, PolicyRequest } from '../../../policies/analysis/policy-test/answer.ts';
import type { Path, Report } from '../../control-plane/config/problem.ts';
import type { RequestSource } from './schema.ts';

/** The schema has seen to it that there is one request. A key that does not belong to it is reported. */
export function readRequest(source: RequestSource, path: Path, report: Report): PolicyRequest {
  const { publish, will, subscribe, receive, connect, qos = 0, retain = false, size } = source;
  const only = (...allowed: (keyof RequestSource)[]) => {
    for (const key of ['qos', 'retain', 'size', 'host'] as const) {
      if (source[key] !== undefined && !allowed.includes(key))
        report.error([...path, key], `"${key}" does not belong to this request`, undefined, 'key');
    }
  };
  const topic = publish ?? will;
  if (topic !== undefined) {
    only('qos', 'retain', 'size');
    const action = publish === undefined ? 'will' : 'publish';
    return { action, topic, qos, retain, ...(size === undefined ? {} : { size }) };
  }
  if (subscribe !== undefined) {
    only('qos');
    return { action: 'subscribe', filter: subscribe, qos };
  }
  if (receive !== undefined) {
    only();
    return { action: 'receive', topic: receive };
  }
  if (connect !== undefined) {
    only();
    return { action: 'connect', clientId: connect };
  }
  only('host');
  return kafkaRequest(source, path, report);
}

function kafkaRequest(source: RequestSource, path: Path, report: Report): KafkaRequest {
  const { operation = 'describe', host = '' } = source;
  const type = KAFKA_RESOURCE_TYPES.find((one) => source[one] !== undefined) ?? 'cluster';
  const supported = SUPPORTED_OPERATIONS[type];
  if (!supported.includes(operation)) {
    report.error([...path, 'operation'], `a ${type} has no operation ${operation}: it has ${supported.join(', ')}`);
  }
  if (host !== '' && parseHost(host) === undefined) report.error([...path, 'host'], 'must be an IP address');
  return { action: 'kafka', operation, type, name: type === 'cluster' ? '' : (source[type] ?? ''), host };
}
