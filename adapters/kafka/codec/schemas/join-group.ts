import {
  array,
  bool,
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
 * Joins a group of the classic protocol and waits for its other members.
 *
 *     request   groupId sessionTimeoutMs rebalanceTimeoutMs memberId groupInstanceId protocolType
 *               protocols[name metadata] reason
 *     response  throttleTimeMs errorCode generationId protocolType protocolName leader skipAssignment memberId
 *               members[memberId groupInstanceId metadata]
 *
 * (versions 0 to 9, flexible from 6; the notation is that of codec/schema.ts)
 */
export const joinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexible: 6,
  request: [
    string('groupId', entity('groupId')),
    int32('sessionTimeoutMs'),
    int32('rebalanceTimeoutMs', since(1), defaultsTo(-1)),
    string('memberId'),
    string('groupInstanceId', since(5), nullable(), defaultsTo(null)),
    // `consumer` for consumers.
    string('protocolType'),
    array('protocols', [
      string('name'),
      // Opaque to brokers, except for type `consumer`.
      bytes('metadata'),
    ]),
    string('reason', since(8), nullable(), defaultsTo(null)),
  ],
  response: [
    throttleTimeMs(2),
    int16('errorCode'),
    int32('generationId', defaultsTo(-1)),
    string('protocolType', since(7), nullable(), defaultsTo(null)),
    string('protocolName', nullable(7)),
    string('leader'),
    bool('skipAssignment', since(9)),
    string('memberId'),
    array('members', [
      string('memberId'),
      string('groupInstanceId', since(5), nullable(), defaultsTo(null)),
      bytes('metadata'),
    ]),
  ],
});

/** A request of JoinGroup, as decoded in any version: fields that a version lacks are absent or have their default. */
export type JoinGroupRequest = RequestOf<typeof joinGroup>;
/** A response of JoinGroup; fields that a version lacks are left out when it is encoded. */
export type JoinGroupResponse = ResponseOf<typeof joinGroup>;
