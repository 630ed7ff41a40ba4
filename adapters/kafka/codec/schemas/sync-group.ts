import {
  array,
  bytes,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  nullable,
  since,
  string,
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Hands the assignment of a classic group to its members.
 *
 *     request   groupId generationId memberId groupInstanceId protocolType protocolName assignments[memberId
 *               assignment]
 *     response  throttleTimeMs errorCode protocolType protocolName assignment
 *
 * (versions 0 to 5, flexible from 4; the notation is that of codec/schema.ts)
 */
export const syncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 5],
  flexible: 4,
  request: [
    string('groupId', entity('groupId')),
    int32('generationId'),
    string('memberId'),
    string('groupInstanceId', since(3), nullable(), defaultsTo(null)),
    string('protocolType', since(5), nullable(), defaultsTo(null)),
    string('protocolName', since(5), nullable(), defaultsTo(null)),
    array('assignments', [string('memberId'), bytes('assignment')]),
  ],
  response: [
    throttleTimeMs(1),
    int16('errorCode'),
    string('protocolType', since(5), nullable(), defaultsTo(null)),
    string('protocolName', since(5), nullable(), defaultsTo(null)),
    bytes('assignment'),
  ],
});

/** A request of SyncGroup, as decoded in any version: fields that a version lacks are absent or have their default. */
export type SyncGroupRequest = RequestOf<typeof syncGroup>;
/** A response of SyncGroup; fields that a version lacks are left out when it is encoded. */
export type SyncGroupResponse = ResponseOf<typeof syncGroup>;
