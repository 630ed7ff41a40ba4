import {
  array,
  defaultsTo,
  defineApi,
  entity,
  int16,
  nullable,
  since,
  string,
  throttleTimeMs,
  until,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Takes members out of a group: one up to version 2, several from 3 on (KIP-345).
 *
 *     request   groupId memberId|members[memberId groupInstanceId reason]
 *     response  throttleTimeMs errorCode members[memberId groupInstanceId errorCode]
 *
 * (versions 0 to 5, flexible from 4; the notation is that of codec/schema.ts)
 */
export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexible: 4,
  request: [
    string('groupId', entity('groupId')),
    string('memberId', until(2)),
    array(
      'members',
      [
        string('memberId'),
        string('groupInstanceId', nullable(), defaultsTo(null)),
        string('reason', since(5), nullable(), defaultsTo(null)),
      ],
      since(3),
    ),
  ],
  response: [
    throttleTimeMs(1),
    int16('errorCode'),
    array('members', [string('memberId'), string('groupInstanceId', nullable()), int16('errorCode')], since(3)),
  ],
});

/** A request of LeaveGroup, as decoded in any version: fields that a version lacks are absent or have their default. */
export type LeaveGroupRequest = RequestOf<typeof leaveGroup>;
/** A response of LeaveGroup; fields that a version lacks are left out when it is encoded. */
export type LeaveGroupResponse = ResponseOf<typeof leaveGroup>;
