/**
 * CreateTopics (KIP-4, KIP-525): CREATE on the cluster or on each topic. How a new topic is
 * configured is sent to clients that are allowed to describe it.
 */
import { PERMIT_SESSION, REFUSED } from '../../../policies/decision.ts';
import { authorizer, clusterPermit, filterByAuthorized } from '../authorize.ts';
import { type CreateTopicsRequest, type CreateTopicsResponse, createTopics } from '../codec/schemas/create-topics.ts';
import { splitDuplicates } from '../duplicate-names.ts';
import { ERROR, ERROR_TEXT } from '../error-codes.ts';
import type { Context, Handler } from '../handler.ts';

type TopicResponse = CreateTopicsResponse['topics'][number];

/** From this version on answers hold the configuration of what was created. */
const WITH_CONFIGS = 5;
/** From this version on clients wait and try again (KIP-599). */
const WITH_QUOTA = 6;
/** The topic in which KRaft keeps the cluster's metadata. */
const CLUSTER_METADATA = '__cluster_metadata';

export const createTopicsHandler: Handler<CreateTopicsRequest, CreateTopicsResponse> = {
  api: createTopics,
  reference: {
    rights: [
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic'],
      ['describeConfigs', 'topic', 'a created topic, for its configuration in the response'],
    ],
    refusals: [
      [29, 'the topic; its configuration'],
      [42, 'a name that occurs twice; `__cluster_metadata`'],
    ],
    notes: 'Other topics are created.',
  },
  request(context, { version }, body) {
    const { once, repeated } = splitDuplicates(body.topics.map(({ name }) => name));
    const create = authorizer(
      context,
      'create',
      'topic',
      ERROR.topicAuthorizationFailed,
      clusterPermit(context, 'create'),
    );
    const refused = repeated.map((name) => refusal(name, ERROR.invalidRequest, 'Duplicate topic name.'));
    const kept = new Set<string>();
    for (const name of once) {
      if (name === CLUSTER_METADATA) refused.push(refusal(name, ERROR.invalidRequest, PROHIBITED));
      else if (create(name) > REFUSED) kept.add(name);
      else refused.push(refusal(name, ERROR.topicAuthorizationFailed, 'Authorization failed.'));
    }
    if (kept.size === 0 && refused.length > 0) return { kind: 'respond', body: { topics: refused } };
    const rewrite = (now: Context, response: CreateTopicsResponse): CreateTopicsResponse | 'same' => {
      const masked = version >= WITH_CONFIGS && mask(now, response.topics);
      if (refused.length === 0) return masked ? response : 'same';
      response.topics = [...response.topics, ...refused];
      return response;
    };
    if (refused.length === 0) return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
    const topics = body.topics.filter(({ name }) => kept.has(name));
    return { kind: 'send', body: { ...body, topics }, permit: PERMIT_SESSION, rewrite, partial: true };
  },
  overLimit({ version }, body) {
    if (version < WITH_QUOTA) return undefined;
    const names = new Set(body.topics.map(({ name }) => name));
    const refuse = (name: string) => refusal(name, ERROR.throttlingQuotaExceeded, ERROR_TEXT.throttlingQuotaExceeded);
    return { topics: [...names].map(refuse) };
  },
};

const PROHIBITED = `Creation of internal topic ${CLUSTER_METADATA} is prohibited.`;

function refusal(name: string, errorCode: number, errorMessage: string): TopicResponse {
  return { name, errorCode, errorMessage };
}

/** Takes out what DESCRIBE_CONFIGS is needed for. True: there was such a topic. */
function mask(context: Context, topics: readonly TopicResponse[]): boolean {
  const created = topics.filter(({ errorCode }) => errorCode === ERROR.none);
  const shown = new Set(filterByAuthorized(context, 'describeConfigs', 'topic', created, ({ name }) => name));
  let masked = false;
  for (const topic of created) {
    if (shown.has(topic)) continue;
    topic.topicConfigErrorCode = ERROR.topicAuthorizationFailed;
    topic.numPartitions = -1;
    topic.replicationFactor = -1;
    topic.configs = [];
    masked = true;
  }
  return masked;
}
