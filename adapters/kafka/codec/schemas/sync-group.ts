import { array, bytes, defaultsTo, entity, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Hands the assignment of a classic group to its members. */
export const syncGroup: Api = {
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
    int32('throttleTimeMs', since(1)),
    int16('errorCode'),
    string('protocolType', since(5), nullable(), defaultsTo(null)),
    string('protocolName', since(5), nullable(), defaultsTo(null)),
    bytes('assignment'),
  ],
};

export interface SyncGroupRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId?: string | null;
  protocolType?: string | null;
  protocolName?: string | null;
  assignments: readonly {
    memberId: string;
    assignment: Uint8Array;
  }[];
}

export interface SyncGroupResponse {
  throttleTimeMs?: number;
  errorCode: number;
  protocolType?: string | null;
  protocolName?: string | null;
  assignment: Uint8Array;
}
