/** Requests about topics that are decided one by one, each of which is answered on its own. */
import { PERMIT_SESSION, type Permit, REFUSED } from '../../policies/decision.ts';
import type { Authorizer } from './authorize.ts';
import { ERROR } from './error-codes.ts';
import type { Context, Outcome } from './handler.ts';

/** The topics of a request, by whether the client may have them. */
export interface AuthorizedTopics<T, A> {
  readonly kept: readonly T[];
  /** What is answered in the place of the others. */
  readonly refused: readonly A[];
  /** Of one that is kept. */
  readonly permit: Permit;
}

/**
 * @param nameOf undefined: nobody knows a topic of that id
 * @param refuse the response about one topic, with 100 for an unknown id and 29 for what `decide` refuses
 */
export function authorizeTopics<T, A>(
  topics: readonly T[],
  nameOf: (topic: T) => string | undefined,
  decide: Authorizer,
  refuse: (topic: T, code: number) => A,
): AuthorizedTopics<T, A> {
  const kept: T[] = [];
  const refused: A[] = [];
  let permit: Permit = PERMIT_SESSION;
  for (const topic of topics) {
    const name = nameOf(topic);
    const granted = name === undefined ? REFUSED : decide(name);
    if (granted > REFUSED) {
      kept.push(topic);
      permit = granted;
    } else {
      refused.push(refuse(topic, name === undefined ? ERROR.unknownTopicId : ERROR.topicAuthorizationFailed));
    }
  }
  return { kept, refused, permit };
}

interface TopicsRequest<T> {
  readonly topics: readonly T[];
}

interface TopicsResponse<A> {
  throttleTimeMs?: number;
  topics: readonly A[];
}

/**
 * What becomes of a request that holds nothing but topics.
 *
 * @param body the request as it may go on, but for its topics; `asked` itself where nothing else of it changes
 * @param order where brokers put the refused topics of a response
 */
export function topicsOutcome<Q extends TopicsRequest<T>, T, A>(
  asked: Q,
  body: Q,
  { kept, refused, permit }: AuthorizedTopics<T, A>,
  order: 'refused-first' | 'refused-last',
): Outcome<Q, TopicsResponse<A>> {
  if (refused.length === 0) return body === asked ? { kind: 'pass', permit } : { kind: 'send', body, permit };
  if (kept.length === 0) return { kind: 'respond', body: { topics: refused } };
  const rewrite = (_now: Context, response: TopicsResponse<A>): TopicsResponse<A> => {
    response.topics = order === 'refused-first' ? [...refused, ...response.topics] : [...response.topics, ...refused];
    return response;
  };
  return { kind: 'send', body: { ...body, topics: kept }, permit, rewrite, partial: true };
}

/** A topic of a version with names, or of one with ids (KIP-516). */
interface NamedTopic {
  readonly name?: string;
  readonly topicId?: string;
}

/** undefined: an id that nobody knows. */
export function topicNameOf({ topology }: Context, { name, topicId }: NamedTopic): string | undefined {
  return topicId === undefined ? name : topology.nameOf(topicId);
}

/** The ids by which topics are named, for a look-up. */
export function topicIdsOf(topics: readonly NamedTopic[]): Set<string> {
  return new Set(topics.flatMap(({ topicId }) => (topicId === undefined ? [] : [topicId])));
}
