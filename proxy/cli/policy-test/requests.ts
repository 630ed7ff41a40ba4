/** Reads the question to the policy from a request as a test writes it. */

import { parseHost } from '../../../policies/acl/kafka-host.ts';
import { KAFKA_RESOURCE_TYPES, SUPPORTED_OPERATIONS } from '../../../policies/acl/kafka-operations.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { PROTOCOL_NAMES } from '../../../policies/protocols.ts';
import type { Path, Report } from '../../control-plane/config/problem.ts';
import type { RequestSource } from './schema.ts';

type Read = (source: RequestSource, path: Path, report: Report) => PolicyRequest | undefined;

/** Undefined: the request is not of this protocol. */
const REQUESTS: Readonly<Record<Protocol, Read>> = { mqtt: mqttRequest, kafka: kafkaRequest };

/** The schema has seen to it that there is one request. A key that does not belong to it is reported. */
export function readRequest(source: RequestSource, path: Path, report: Report): PolicyRequest {
  for (const protocol of PROTOCOL_NAMES) {
    const request = REQUESTS[protocol](source, path, report);
    if (request !== undefined) return request;
  }
  throw new Error('the schema let a request through that is of no protocol');
}

/** Reports the options that are there and do not belong to the request. */
function only(allowed: readonly (keyof RequestSource)[], source: RequestSource, path: Path, report: Report): void {
  for (const key of ['qos', 'retain', 'size', 'host'] as const) {
    if (source[key] !== undefined && !allowed.includes(key))
      report.error([...path, key], `"${key}" does not belong to this request`, undefined, 'key');
  }
}

function mqttRequest(source: RequestSource, path: Path, report: Report): PolicyRequest | undefined {
  const { publish, will, subscribe, receive, connect, qos = 0, retain = false, size } = source;
  const topic = publish ?? will;
  if (topic !== undefined) {
    only(['qos', 'retain', 'size'], source, path, report);
    const action = publish === undefined ? 'will' : 'publish';
    return { action, topic, qos, retain, ...(size === undefined ? {} : { size }) };
  }
  if (subscribe !== undefined) {
    only(['qos'], source, path, report);
    return { action: 'subscribe', filter: subscribe, qos };
  }
  if (receive !== undefined) {
    only([], source, path, report);
    return { action: 'receive', topic: receive };
  }
  if (connect === undefined) return undefined;
  only([], source, path, report);
  return { action: 'connect', clientId: connect };
}

function kafkaRequest(source: RequestSource, path: Path, report: Report): PolicyRequest | undefined {
  const { operation, host = '' } = source;
  if (operation === undefined) return undefined;
  only(['host'], source, path, report);
  const type = KAFKA_RESOURCE_TYPES.find((one) => source[one] !== undefined) ?? 'cluster';
  const supported = SUPPORTED_OPERATIONS[type];
  if (!supported.includes(operation)) {
    report.error([...path, 'operation'], `a ${type} has no operation ${operation}: it has ${supported.join(', ')}`);
  }
  if (host !== '' && parseHost(host) === undefined) report.error([...path, 'host'], 'must be an IP address');
  return { action: 'kafka', operation, type, name: type === 'cluster' ? '' : (source[type] ?? ''), host };
}
