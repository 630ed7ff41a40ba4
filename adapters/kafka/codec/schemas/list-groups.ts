import { array, defineApi, entity, int16, since, string, throttleTimeMs } from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Lists the groups that a broker coordinates.
 *
 *     request   statesFilter[] typesFilter[]
 *     response  throttleTimeMs errorCode groups[groupId protocolType groupState groupType]
 *
 * (versions 0 to 5, flexible from 3; the notation is that of codec/schema.ts)
 */
export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexible: 3,
  request: [array('statesFilter', 'string', since(4)), array('typesFilter', 'string', since(5))],
  response: [
    throttleTimeMs(1),
    int16('errorCode'),
    array('groups', [
      string('groupId', entity('groupId')),
      string('protocolType'),
      string('groupState', since(4)),
      string('groupType', since(5)),
    ]),
  ],
});

/** A request of ListGroups, as decoded in any version: fields that a version lacks are absent or have their default. */
export type ListGroupsRequest = RequestOf<typeof listGroups>;
/** A response of ListGroups; fields that a version lacks are left out when it is encoded. */
export type ListGroupsResponse = ResponseOf<typeof listGroups>;
