/** Kafka's error codes (org.apache.kafka.common.protocol.Errors) that the gate itself sends or looks at. */
export const ERROR = {
  unknownServerError: -1,
  none: 0,
  unknownTopicOrPartition: 3,
  coordinatorNotAvailable: 15,
  invalidTopic: 17,
  inconsistentGroupProtocol: 23,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  illegalSaslState: 34,
  unsupportedVersion: 35,
  invalidRequest: 42,
  transactionalIdAuthorizationFailed: 53,
  fetchSessionIdNotFound: 70,
  invalidRecord: 87,
  throttlingQuotaExceeded: 89,
  unknownTopicId: 100,
  mismatchedEndpointType: 114,
  unsupportedEndpointType: 115,
  invalidRegularExpression: 128,
} as const;

/** The texts that Kafka puts beside them. */
export const ERROR_TEXT = {
  unknownTopicOrPartition: 'This server does not host this topic-partition.',
  coordinatorNotAvailable: 'The coordinator is not available.',
  topicAuthorizationFailed: 'Topic authorization failed.',
  groupAuthorizationFailed: 'Group authorization failed.',
  clusterAuthorizationFailed: 'Cluster authorization failed.',
  invalidRequest:
    'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.',
  transactionalIdAuthorizationFailed: 'Transactional Id authorization failed.',
  throttlingQuotaExceeded: 'The throttling quota has been exceeded.',
  unknownTopicId: 'This server does not host this topic ID.',
} as const;

/** A topic id that stands for none. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** AuthorizedOperations of a response to a client that did not ask for them. */
export const NOT_REQUESTED = -2147483648;
