/** What the responses of Metadata and DescribeTopicPartitions say of one topic. */
import { ownOperations } from './authorized-operations.ts';
import { ERROR, NOT_REQUESTED, ZERO_UUID } from './error-codes.ts';
import type { Context } from './handler.ts';

/** All that is sent of a topic instead of its partitions. Says the same whether it exists or not. */
export function withoutDescription(errorCode: number, name: string | null, topicId = ZERO_UUID) {
  return { errorCode, name, topicId, isInternal: false, partitions: [], topicAuthorizedOperations: NOT_REQUESTED };
}

/** The description of a topic that the client is not allowed to describe: whether it exists is not shown. */
export function hiddenTopic(name: string) {
  return withoutDescription(ERROR.topicAuthorizationFailed, name);
}

/** Tells the client's own rights in place of the gate's. */
export function rewriteOperations(
  context: Context,
  topic: { readonly name: string | null; topicAuthorizedOperations?: number },
): void {
  const { name, topicAuthorizedOperations: sent } = topic;
  if (sent === undefined) return;
  topic.topicAuthorizedOperations = name === null ? NOT_REQUESTED : ownOperations(context, 'topic', name, sent);
}
