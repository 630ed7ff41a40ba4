import type { TopicPermitCache } from '../topic-permit-cache.ts';

/** One of the two senders of a session, and what its packets are checked against. Fixed once the version is known. */
export interface Sender {
  readonly isClient: boolean;
  /** 4 is MQTT 3.1.1, 5 is MQTT 5.0: the protocol level of the CONNECT. */
  readonly version: 4 | 5;
  readonly maxUserProperties: number;
  /** Levels of a topic name or filter. */
  readonly maxTopicLevels: number;
  /** The topics of its messages that the policy allowed last. */
  readonly topics: TopicPermitCache;
}
