import {
  array,
  between,
  defineApi,
  entity,
  int8,
  int16,
  int32,
  nullable,
  since,
  string,
  throttleTimeMs,
  until,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells which broker coordinates a group or a transactional id: for one key up to version 3, for
 * several from 4 on.
 *
 *     request   key keyType coordinatorKeys[]
 *     response  throttleTimeMs errorCode errorMessage nodeId host port coordinators[key nodeId host port
 *               errorCode errorMessage]
 *
 * (versions 0 to 6, flexible from 3; the notation is that of codec/schema.ts)
 */
export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 6],
  flexible: 3,
  request: [
    string('key', until(3), entity('coordinatorKey')),
    // 0: group, 1: transactional id, 2: share partition.
    int8('keyType', since(1)),
    array('coordinatorKeys', 'string', since(4), entity('coordinatorKey')),
  ],
  response: [
    throttleTimeMs(1),
    int16('errorCode', until(3)),
    string('errorMessage', between(1, 3), nullable()),
    int32('nodeId', until(3), entity('brokerId')),
    string('host', until(3), entity('host')),
    int32('port', until(3), entity('port')),
    array(
      'coordinators',
      [
        string('key', entity('coordinatorKey')),
        int32('nodeId', entity('brokerId')),
        string('host', entity('host')),
        int32('port', entity('port')),
        int16('errorCode'),
        string('errorMessage', nullable()),
      ],
      since(4),
    ),
  ],
});

/** A request of FindCoordinator, as decoded in any version: fields that a version lacks are absent or have their default. */
export type FindCoordinatorRequest = RequestOf<typeof findCoordinator>;
/** A response of FindCoordinator; fields that a version lacks are left out when it is encoded. */
export type FindCoordinatorResponse = ResponseOf<typeof findCoordinator>;
