import { array, bool, bytes, defaultsTo, entity, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells state and members of classic groups. */
export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexible: 5,
  request: [array('groups', 'string', entity('groupId')), bool('includeAuthorizedOperations', since(3))],
  response: [
    int32('throttleTimeMs', since(1)),
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
        string('clientHost'),
        bytes('memberMetadata'),
        bytes('memberAssignment'),
      ]),
      int32('authorizedOperations', since(3), defaultsTo(-2147483648)),
    ]),
  ],
};

export interface DescribeGroupsRequest {
  groups: readonly string[];
  includeAuthorizedOperations?: boolean;
}

export interface DescribeGroupsResponse {
  throttleTimeMs?: number;
  groups: readonly {
    errorCode: number;
    errorMessage?: string | null;
    groupId: string;
    groupState: string;
    protocolType: string;
    protocolData: string;
    members: readonly {
      memberId: string;
      groupInstanceId?: string | null;
      clientId: string;
      /** Address of the client, not of a broker. */
      clientHost: string;
      memberMetadata: Uint8Array;
      memberAssignment: Uint8Array;
    }[];
    authorizedOperations?: number;
  }[];
}
