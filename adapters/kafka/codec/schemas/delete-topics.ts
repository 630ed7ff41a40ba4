import { array, defaultsTo, entity, int16, int32, nullable, since, string, until, uuid } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Deletes topics: by name up to version 5, by name or id from 6 on (KIP-516). */
export const deleteTopics: Api = {
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexible: 4,
  request: [
    array(
      'topics',
      [string('name', nullable(), defaultsTo(null), entity('topicName')), uuid('topicId', entity('topicId'))],
      since(6),
    ),
    array('topicNames', 'string', until(5), entity('topicName')),
    int32('timeoutMs'),
  ],
  response: [
    int32('throttleTimeMs', since(1)),
    array('responses', [
      string('name', nullable(6), entity('topicName')),
      uuid('topicId', since(6), entity('topicId')),
      int16('errorCode'),
      string('errorMessage', since(5), nullable(), defaultsTo(null)),
    ]),
  ],
};

export interface DeleteTopicsRequest {
  topics?: readonly {
    /** null: by id. */
    name: string | null;
    topicId: string;
  }[];
  topicNames?: readonly string[];
  timeoutMs: number;
}

export interface DeleteTopicsResponse {
  throttleTimeMs?: number;
  responses: readonly {
    name: string | null;
    topicId?: string;
    errorCode: number;
    errorMessage?: string | null;
  }[];
}
