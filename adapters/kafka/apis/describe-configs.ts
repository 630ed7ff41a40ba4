/**
 * DescribeConfigs (KIP-133, KIP-226, KIP-1043): DESCRIBE_CONFIGS on each topic or group, on the cluster for
 * brokers, their loggers and client metrics. Addresses in the settings of brokers are taken out.
 */
import { KAFKA_CLUSTER } from '../../../policies/acl/kafka-operations.ts';
import { PERMIT_SESSION, REFUSED } from '../../../policies/decision.ts';
import { type Authorizer, authorizer, reauthorizer } from '../authorize.ts';
import {
  type DescribeConfigsRequest,
  type DescribeConfigsResponse,
  describeConfigs,
} from '../codec/schemas/describe-configs.ts';
import { holdsAddress } from '../config-addresses.ts';
import { ERROR, ERROR_TEXT } from '../error-codes.ts';
import type { Context, Handler, Rewrite } from '../handler.ts';

type Result = DescribeConfigsResponse['results'][number];
type Config = Result['configs'][number];

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

type Right = 'topic' | 'group' | 'cluster';

const BROKER = 4;

/** By the number on the wire (ConfigResource.Type). */
const RIGHTS: ReadonlyMap<number, Right> = new Map([
  [2, 'topic'],
  [BROKER, 'cluster'],
  // Loggers of a broker, and client metrics.
  [8, 'cluster'],
  [16, 'cluster'],
  [32, 'group'],
]);

const REFUSALS = {
  topic: [ERROR.topicAuthorizationFailed, ERROR_TEXT.topicAuthorizationFailed],
  group: [ERROR.groupAuthorizationFailed, ERROR_TEXT.groupAuthorizationFailed],
  cluster: [ERROR.clusterAuthorizationFailed, ERROR_TEXT.clusterAuthorizationFailed],
} as const;

export const describeConfigsHandler: Handler<DescribeConfigsRequest, DescribeConfigsResponse> = {
  api: describeConfigs,
  reference: {
    rights: [
      ['describeConfigs', 'topic', 'each topic'],
      ['describeConfigs', 'group', 'each group'],
      ['describeConfigs', 'cluster', 'the cluster, for brokers, their loggers and client metrics'],
    ],
    refusals: [
      [29, 'a topic'],
      [30, 'a group'],
      [31, 'other resources'],
      [42, 'the whole request, if one of its resource types is unknown'],
    ],
    notes: 'Broker settings with addresses (listeners, voters …) have no value and are marked sensitive.',
  },
  request(context, _request, body) {
    const { resources } = body;
    if (resources.some(({ resourceType }) => !RIGHTS.has(resourceType))) {
      const results = resources.map((resource) => refusal(resource, ERROR.invalidRequest, ERROR_TEXT.invalidRequest));
      return { kind: 'respond', body: { results } };
    }
    const granted = authorizeResources(context, authorizer);
    const kept = resources.filter(granted);
    const refused = resources.filter((resource) => !granted(resource)).map(refuse);
    if (kept.length === 0 && refused.length > 0) return { kind: 'respond', body: { results: refused } };
    const rewrite = rewriteWith(refused);
    if (refused.length === 0) return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
    return { kind: 'send', body: { ...body, resources: kept }, permit: PERMIT_SESSION, rewrite, partial: true };
  },
};

/** Refused resources stand behind the others, as brokers answer. */
function rewriteWith(refused: readonly Result[]): Rewrite<DescribeConfigsResponse> {
  return (now, response) => {
    const granted = authorizeResources(now, reauthorizer);
    const sent = response.results.map((result) => (granted(result) ? withoutAddresses(result) : refuse(result)));
    response.results = [...sent, ...refused];
    return response;
  };
}

/** Whether the client may have the configuration of a resource; each refusal is recorded once. */
function authorizeResources(context: Context, authorizerOf: typeof reauthorizer): (resource: Resource) => boolean {
  const describe = (right: Right): Authorizer => authorizerOf(context, 'describeConfigs', right, REFUSALS[right][0]);
  const authorizers: Readonly<Record<Right, Authorizer>> = {
    topic: describe('topic'),
    group: describe('group'),
    cluster: describe('cluster'),
  };
  return ({ resourceType, resourceName }) => {
    const right = rightOf(resourceType);
    return authorizers[right](right === 'cluster' ? KAFKA_CLUSTER : resourceName) > REFUSED;
  };
}

/** What a broker answers about types that nobody asked for hangs on the cluster. */
function rightOf(resourceType: number): Right {
  return RIGHTS.get(resourceType) ?? 'cluster';
}

function refuse(resource: Resource): Result {
  const [code, text] = REFUSALS[rightOf(resource.resourceType)];
  return refusal(resource, code, text);
}

function refusal({ resourceType, resourceName }: Resource, errorCode: number, errorMessage: string): Result {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] };
}

function withoutAddresses(result: Result): Result {
  return result.resourceType === BROKER ? { ...result, configs: result.configs.map(withoutAddress) } : result;
}

/** As a broker tells what is secret: without its value. */
function withoutAddress(config: Config): Config {
  const { name, value, synonyms = [] } = config;
  const spellings = [{ name, value }, ...synonyms];
  if (!spellings.some((spelling) => holdsAddress(spelling.name, spelling.value))) return config;
  return {
    ...config,
    value: null,
    isSensitive: true,
    ...(config.synonyms && { synonyms: synonyms.map((synonym) => ({ ...synonym, value: null })) }),
  };
}
