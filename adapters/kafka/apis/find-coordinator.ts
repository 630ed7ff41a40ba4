/**
 * FindCoordinator (KIP-98, KIP-699): DESCRIBE on each group or transactional id. Share partitions
 * (KIP-932) are for brokers among themselves.
 */
import { KAFKA_CLUSTER } from '../../../policies/acl/kafka-operations.ts';
import { PERMIT_SESSION, type Permit, REFUSED } from '../../../policies/decision.ts';
import { advertise } from '../addresses.ts';
import { authorizer, clusterPermit, reauthorizer } from '../authorize.ts';
import {
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  findCoordinator,
} from '../codec/schemas/find-coordinator.ts';
import { ERROR, ERROR_TEXT } from '../error-codes.ts';
import type { Context, Handler, Rewrite } from '../handler.ts';

type Coordinator = NonNullable<FindCoordinatorResponse['coordinators']>[number];

/** From this version on there are several keys, and refused ones have no text. */
const WITH_KEYS = 4;
const WITH_SHARE = 6;
const SHARE = 2;

interface KeyType {
  readonly resource: 'group' | 'transactionalId';
  readonly code: number;
  readonly text: string;
}

/** By the number on the wire. */
const KEY_TYPES: readonly KeyType[] = [
  { resource: 'group', code: ERROR.groupAuthorizationFailed, text: ERROR_TEXT.groupAuthorizationFailed },
  {
    resource: 'transactionalId',
    code: ERROR.transactionalIdAuthorizationFailed,
    text: ERROR_TEXT.transactionalIdAuthorizationFailed,
  },
];

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  api: findCoordinator,
  reference: {
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
  request(context, { version }, body) {
    const { keyType = 0, key = '', coordinatorKeys = [] } = body;
    const keys = version < WITH_KEYS ? [key] : coordinatorKeys;
    const type = KEY_TYPES[keyType];
    if (type === undefined) {
      const refuse = refusalOfType(context, version, keyType);
      return { kind: 'respond', body: responseOf(version, keys.map(refuse)) };
    }
    const describe = authorizer(context, 'describe', type.resource, type.code);
    const denied = new Set(keys.filter((name) => describe(name) === REFUSED));
    const refuse = (name: string) => noCoordinator(name, type.code, version < WITH_KEYS ? type.text : '');
    const kept = keys.filter((name) => !denied.has(name));
    if (kept.length === 0 && keys.length > 0) return { kind: 'respond', body: responseOf(version, keys.map(refuse)) };
    const rewrite = rewriteOf(version, keys, type, denied, refuse);
    const permit: Permit = kept.length > 0 ? describe(kept[0] as string) : PERMIT_SESSION;
    if (denied.size === 0) return { kind: 'pass', permit, rewrite };
    return { kind: 'send', body: { ...body, coordinatorKeys: kept }, permit, rewrite, partial: true };
  },
};

/** One entry for each key in the order of the request, as brokers answer. */
function rewriteOf(
  version: number,
  keys: readonly string[],
  type: KeyType,
  denied: ReadonlySet<string>,
  refuse: (key: string) => Coordinator,
): Rewrite<FindCoordinatorResponse> {
  return (now, response) => {
    const describe = reauthorizer(now, 'describe', type.resource, type.code);
    const found = new Map(coordinatorsIn(version, response, keys).map((entry) => [entry.key, entry]));
    const entries = keys.flatMap((key) => {
      if (denied.has(key) || describe(key) === REFUSED) return [refuse(key)];
      const entry = found.get(key);
      return entry === undefined ? [] : [reachable(now, version, entry)];
    });
    return { ...response, ...responseOf(version, entries) };
  };
}

/** A coordinator that cannot be reached through the gate is one that is not there now: clients ask again. */
function reachable(context: Context, version: number, entry: Coordinator): Coordinator {
  if (advertise(context, entry, entry.nodeId)) return entry;
  const text = version < WITH_KEYS ? ERROR_TEXT.coordinatorNotAvailable : '';
  return noCoordinator(entry.key, ERROR.coordinatorNotAvailable, text);
}

/** How keys of a type that is not served here are refused. */
function refusalOfType(context: Context, version: number, keyType: number): (key: string) => Coordinator {
  if (keyType === SHARE && version >= WITH_SHARE && clusterPermit(context, 'clusterAction') === REFUSED) {
    const code = ERROR.clusterAuthorizationFailed;
    context.deny(context.access.explain('clusterAction', 'cluster', KAFKA_CLUSTER), code);
    return (key) => noCoordinator(key, code, ERROR_TEXT.clusterAuthorizationFailed);
  }
  const early = keyType === SHARE && version >= WITH_KEYS && version < WITH_SHARE;
  return (key) => noCoordinator(key, ERROR.invalidRequest, early ? '' : ERROR_TEXT.invalidRequest);
}

function noCoordinator(key: string, errorCode: number, errorMessage: string): Coordinator {
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage };
}

function coordinatorsIn(
  version: number,
  response: FindCoordinatorResponse,
  keys: readonly string[],
): readonly Coordinator[] {
  if (version >= WITH_KEYS) return response.coordinators ?? [];
  const { nodeId = -1, host = '', port = -1, errorCode = 0, errorMessage = null } = response;
  return keys.map((key) => ({ key, nodeId, host, port, errorCode, errorMessage }));
}

function responseOf(version: number, entries: readonly Coordinator[]): FindCoordinatorResponse {
  if (version >= WITH_KEYS) return { coordinators: entries };
  const { key: _asked, ...only } = entries[0] as Coordinator;
  return only;
}
