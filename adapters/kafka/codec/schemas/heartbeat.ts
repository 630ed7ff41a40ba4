import { defaultsTo, defineApi, entity, int16, int32, nullable, since, string, throttleTimeMs } from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Says that a member of a classic group is alive.
 *
 *     request   groupId generationId memberId groupInstanceId
 *     response  throttleTimeMs errorCode
 *
 * (versions 0 to 4, flexible from 4; the notation is that of codec/schema.ts)
 */
export const heartbeat = defineApi({
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
  response: [throttleTimeMs(1), int16('errorCode')],
});

/** A request of Heartbeat, as decoded in any version: fields that a version lacks are absent or have their default. */
export type HeartbeatRequest = RequestOf<typeof heartbeat>;
/** A response of Heartbeat; fields that a version lacks are left out when it is encoded. */
export type HeartbeatResponse = ResponseOf<typeof heartbeat>;
