import { array, bool, bytes, defaultsTo, entity, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Joins a group of the classic protocol and waits for its other members. */
export const joinGroup: Api = {
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
    string('protocolType'),
    array('protocols', [string('name'), bytes('metadata')]),
    string('reason', since(8), nullable(), defaultsTo(null)),
  ],
  response: [
    int32('throttleTimeMs', since(2)),
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
};

export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs?: number;
  memberId: string;
  groupInstanceId?: string | null;
  /** `consumer` for consumers. */
  protocolType: string;
  protocols: readonly {
    name: string;
    /** Opaque to brokers, except for type `consumer`. */
    metadata: Uint8Array;
  }[];
  reason?: string | null;
}

export interface JoinGroupResponse {
  throttleTimeMs?: number;
  errorCode: number;
  generationId: number;
  protocolType?: string | null;
  protocolName: string | null;
  leader: string;
  skipAssignment?: boolean;
  memberId: string;
  members: readonly {
    memberId: string;
    groupInstanceId?: string | null;
    metadata: Uint8Array;
  }[];
}
