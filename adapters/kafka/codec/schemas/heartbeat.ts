import { defaultsTo, entity, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Says that a member of a classic group is alive. */
export const heartbeat: Api = {
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexible: 4,
  request: [
    string('groupId', entity('groupId')),
    int32('generationId'),
    string('memberId'),
    string('groupInstanceId', since(3), nullable(), defaultsTo(null)),
  ],
  response: [int32('throttleTimeMs', since(1)), int16('errorCode')],
};

export interface HeartbeatRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId?: string | null;
}

export interface HeartbeatResponse {
  throttleTimeMs?: number;
  errorCode: number;
}
