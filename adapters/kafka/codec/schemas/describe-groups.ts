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
 * Tells state and members of classic groups.
 *
 *     request   groups[] includeAuthorizedOperations
 *     response  throttleTimeMs groups[errorCode errorMessage groupId groupState protocolType protocolData
 *               members[memberId groupInstanceId clientId clientHost memberMetadata memberAssignment]
 *               authorizedOperations]
 *
 * (versions 0 to 6, flexible from 5; the notation is that of codec/schema.ts)
 */
export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexible: 5,
  request: [array('groups', 'string', entity('groupId')), bool('includeAuthorizedOperations', since(3))],
  response: [
    throttleTimeMs(1),
    array('groups', [
      int16('errorCode'),
      string('errorMessage', since(6), nullable(), defaultsTo(null)),
      string('groupId', entity('groupId')),
      string('groupState'),
      string('protocolType'),
      string('protocolData'),
      array('members', [
        string('memberId'),
        string('groupInstanceId', since(4), nullable(), defaultsTo(null)),
        string('clientId'),
        // Address of the client, not of a broker.
        string('clientHost'),
        bytes('memberMetadata'),
        bytes('memberAssignment'),
      ]),
      int32('authorizedOperations', since(3), defaultsTo(-2147483648)),
    ]),
  ],
});

/** A request of DescribeGroups, as decoded in any version: fields that a version lacks are absent or have their default. */
export type DescribeGroupsRequest = RequestOf<typeof describeGroups>;
/** A response of DescribeGroups; fields that a version lacks are left out when it is encoded. */
export type DescribeGroupsResponse = ResponseOf<typeof describeGroups>;
