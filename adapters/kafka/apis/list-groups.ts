/** ListGroups (KIP-518, KIP-848): all groups with DESCRIBE on the cluster, else those with DESCRIBE on themselves. */
import { PERMIT_SESSION } from '../../../policies/decision.ts';
import { clusterPermit, filterByAuthorized } from '../authorize.ts';
import { type ListGroupsRequest, type ListGroupsResponse, listGroups } from '../codec/schemas/list-groups.ts';
import type { Context, Handler } from '../handler.ts';

export const listGroupsHandler: Handler<ListGroupsRequest, ListGroupsResponse> = {
  api: listGroups,
  reference: {
    rights: [
      ['describe', 'cluster', 'the cluster, or'],
      ['describe', 'group', 'each group'],
    ],
    refusals: [],
    notes: 'Other groups are omitted.',
  },
  request: () => ({ kind: 'pass', permit: PERMIT_SESSION, rewrite: describable }),
};

/** Nothing hints at the other groups. */
function describable(context: Context, response: ListGroupsResponse): ListGroupsResponse | 'same' {
  const all = clusterPermit(context, 'describe');
  const groups = filterByAuthorized(context, 'describe', 'group', response.groups, ({ groupId }) => groupId, all);
  if (groups.length === response.groups.length) return 'same';
  response.groups = groups;
  return response;
}
