/** The rows of rights.ts about groups and their coordinators. */
import type { ApiRights } from './api-rights.ts';

/** READ on the group is all that members need. */
const MEMBER: Pick<ApiRights, 'rights' | 'refusals'> = {
  rights: [['read', 'group', 'the group']],
  refusals: [[30, 'the request']],
};

export const GROUP_RIGHTS: Readonly<Record<string, ApiRights>> = {
  OffsetCommit: {
    rights: [
      ['read', 'group', 'the group, then'],
      ['read', 'topic', 'each topic'],
    ],
    refusals: [
      [30, 'every topic'],
      [29, 'the topic'],
      [100, 'an unknown topic id'],
    ],
    notes: 'Other topics are committed.',
  },
  OffsetFetch: {
    rights: [
      ['describe', 'group', 'each group, then'],
      ['describe', 'topic', 'each topic'],
    ],
    refusals: [
      [30, 'the group'],
      [29, 'the topic'],
      [100, 'an unknown topic id'],
    ],
    notes: 'A request without topics gets those with the right to describe.',
  },
  FindCoordinator: {
    rights: [
      ['describe', 'group', 'each group'],
      ['describe', 'transactionalId', 'each transactional id'],
      ['clusterAction', 'cluster', 'the cluster, for share partitions (which get 42 then)'],
    ],
    refusals: [
      [30, 'a group'],
      [53, 'a transactional id'],
      [31, 'share partitions'],
      [42, 'another type of key'],
      [15, 'a coordinator on a broker that is not advertised'],
    ],
    notes: 'Coordinators have addresses of the gate.',
  },
  JoinGroup: { ...MEMBER, notes: 'A malformed consumer subscription closes the connection.' },
  Heartbeat: { ...MEMBER, notes: '' },
  LeaveGroup: { ...MEMBER, notes: '' },
  SyncGroup: {
    ...MEMBER,
    refusals: [...MEMBER.refusals, [23, 'a request of version 5 or newer that names no protocol']],
    notes: '',
  },
  DescribeGroups: {
    rights: [['describe', 'group', 'each group']],
    refusals: [[30, 'the group']],
    notes:
      'Authorized operations are the client’s own. `clientHost` of members behind the gate is the address of the gate.',
  },
  ListGroups: {
    rights: [
      ['describe', 'cluster', 'the cluster, or'],
      ['describe', 'group', 'each group'],
    ],
    refusals: [],
    notes: 'Other groups are omitted.',
  },
  ConsumerGroupHeartbeat: {
    rights: [
      ['read', 'group', 'the group, then'],
      ['describe', 'topic', 'every topic of the subscription'],
    ],
    refusals: [
      [30, 'the request'],
      [29, 'the request'],
      [128, 'a subscription by regular expression'],
    ],
    notes: '',
  },
};
