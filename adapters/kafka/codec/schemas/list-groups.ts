import { array, entity, int16, int32, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Lists the groups that a broker coordinates. */
export const listGroups: Api = {
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexible: 3,
  request: [array('statesFilter', 'string', since(4)), array('typesFilter', 'string', since(5))],
  response: [
    int32('throttleTimeMs', since(1)),
    int16('errorCode'),
    array('groups', [
      string('groupId', entity('groupId')),
      string('protocolType'),
      string('groupState', since(4)),
      string('groupType', since(5)),
    ]),
  ],
};

export interface ListGroupsRequest {
  statesFilter?: readonly string[];
  typesFilter?: readonly string[];
}

export interface ListGroupsResponse {
  throttleTimeMs?: number;
  errorCode: number;
  groups: readonly {
    groupId: string;
    protocolType: string;
    groupState?: string;
    groupType?: string;
  }[];
}
