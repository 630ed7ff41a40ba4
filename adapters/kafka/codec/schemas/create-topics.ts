import { array, bool, defaultsTo, entity, int8, int16, int32, nullable, since, string, tag, uuid } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Creates topics. */
export const createTopics: Api = {
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexible: 5,
  request: [
    array('topics', [
      string('name', entity('topicName')),
      int32('numPartitions'),
      int16('replicationFactor'),
      array('assignments', [int32('partitionIndex'), array('brokerIds', 'int32', entity('brokerId'))]),
      array('configs', [string('name'), string('value', nullable())]),
    ]),
    int32('timeoutMs', defaultsTo(60000)),
    bool('validateOnly', since(1)),
  ],
  response: [
    int32('throttleTimeMs', since(2)),
    array('topics', [
      string('name', entity('topicName')),
      uuid('topicId', since(7), entity('topicId')),
      int16('errorCode'),
      string('errorMessage', since(1), nullable()),
      int16('topicConfigErrorCode', since(5), tag(0)),
      int32('numPartitions', since(5), defaultsTo(-1)),
      int16('replicationFactor', since(5), defaultsTo(-1)),
      array(
        'configs',
        [
          string('name'),
          string('value', nullable()),
          bool('readOnly'),
          int8('configSource', defaultsTo(-1)),
          bool('isSensitive'),
        ],
        since(5),
        nullable(),
      ),
    ]),
  ],
};

export interface CreateTopicsRequest {
  topics: readonly {
    name: string;
    /** -1: the default of the broker, or as assigned. */
    numPartitions: number;
    /** -1: the default of the broker, or as assigned. */
    replicationFactor: number;
    assignments: readonly {
      partitionIndex: number;
      brokerIds: readonly number[];
    }[];
    configs: readonly {
      name: string;
      value: string | null;
    }[];
  }[];
  timeoutMs: number;
  validateOnly?: boolean;
}

export interface CreateTopicsResponse {
  throttleTimeMs?: number;
  topics: readonly {
    name: string;
    topicId?: string;
    errorCode: number;
    errorMessage?: string | null;
    /** Why configs is null. */
    topicConfigErrorCode?: number;
    numPartitions?: number;
    replicationFactor?: number;
    configs?:
      | readonly {
          name: string;
          value: string | null;
          readOnly: boolean;
          configSource: number;
          isSensitive: boolean;
        }[]
      | null;
  }[];
}
