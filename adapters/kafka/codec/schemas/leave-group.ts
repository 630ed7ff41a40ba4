import { array, defaultsTo, entity, int16, int32, nullable, since, string, until } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Takes members out of a group: one up to version 2, several from 3 on (KIP-345). */
export const leaveGroup: Api = {
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
    int32('throttleTimeMs', since(1)),
    int16('errorCode'),
    array('members', [string('memberId'), string('groupInstanceId', nullable()), int16('errorCode')], since(3)),
  ],
};

export interface LeaveGroupRequest {
  groupId: string;
  memberId?: string;
  members?: readonly {
    memberId: string;
    groupInstanceId: string | null;
    reason?: string | null;
  }[];
}

export interface LeaveGroupResponse {
  throttleTimeMs?: number;
  errorCode: number;
  members?: readonly {
    memberId: string;
    groupInstanceId: string | null;
    errorCode: number;
  }[];
}
