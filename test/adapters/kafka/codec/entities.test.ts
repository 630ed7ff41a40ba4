/**
 * What a field names decides what the gate does with it, so a text without a mark is one that was
 * looked at and found to name nothing that a client needs a right for, and no broker.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import type { Entity, Field } from '../../../../adapters/kafka/codec/schema.ts';

/** By the last part of their path, which means the same wherever it occurs. */
const NAMES_NOTHING: Readonly<Record<'request' | 'response', readonly string[]>> = {
  request: [
    'clientSoftwareName',
    'clientSoftwareVersion',
    'clusterId',
    'committedMetadata',
    'configurationKeys',
    'groupInstanceId',
    'instanceId',
    'mechanism',
    'memberId',
    'configs.name',
    'configs.value',
    'protocols.name',
    'protocolName',
    'protocolType',
    'rackId',
    'reason',
    'replicaDirectoryId',
    'serverAssignor',
    'statesFilter',
    'typesFilter',
  ],
  response: [
    'batchIndexErrorMessage',
    'clientHost',
    'clientId',
    'clusterId',
    'configs.name',
    'configs.value',
    'documentation',
    'errorMessage',
    'finalizedFeatures.name',
    'groupInstanceId',
    'groupState',
    'groupType',
    'leader',
    'mechanisms',
    'memberId',
    'metadata',
    'protocolData',
    'protocolName',
    'protocolType',
    'rack',
    'supportedFeatures.name',
    'synonyms.name',
    'synonyms.value',
  ],
};

interface Found {
  readonly path: string;
  readonly entity: Entity | undefined;
}

/** Every text and uuid. */
function texts(fields: readonly Field[], path: string): Found[] {
  return fields.flatMap(({ name, type, entity }) => {
    const here = `${path}.${name}`;
    const inner = typeof type !== 'string' && 'element' in type ? type.element : type;
    if (typeof inner !== 'string') return texts(inner.fields, here);
    return inner === 'string' || inner === 'uuid' ? [{ path: here, entity }] : [];
  });
}

for (const type of ['request', 'response'] as const) {
  test(`every text of a ${type} names something, or is known to name nothing`, () => {
    const unmarked = [...APIS.values()]
      .flatMap((api) => texts(api[type], api.name))
      .filter(({ entity }) => entity === undefined)
      .map(({ path }) => path);
    const isKnown = (path: string): boolean => NAMES_NOTHING[type].some((end) => path.endsWith(`.${end}`));
    assert.deepEqual(
      unmarked.filter((path) => !isKnown(path)),
      [],
    );
    const unused = NAMES_NOTHING[type].filter((end) => !unmarked.some((path) => path.endsWith(`.${end}`)));
    assert.deepEqual(unused, []);
  });
}

test('where a host stands, the port and the id of the broker stand beside it', () => {
  const brokers = [...APIS.values()].flatMap(({ name, response }) => structsWithHost(response, name));
  for (const { path, entities } of brokers) {
    for (const entity of ['host', 'port', 'brokerId']) assert.equal(entities.has(entity), true, `${path}: ${entity}`);
  }
  assert.deepEqual(brokers.map(({ path }) => path).sort(), [
    'DescribeCluster.brokers',
    'Fetch.nodeEndpoints',
    'FindCoordinator',
    'FindCoordinator.coordinators',
    'Metadata.brokers',
    'Produce.nodeEndpoints',
  ]);
});

function structsWithHost(
  fields: readonly Field[],
  path: string,
): { path: string; entities: Set<string | undefined> }[] {
  const entities = new Set<string | undefined>(fields.map(({ entity }) => entity));
  const inner = fields.flatMap(({ name, type }) => {
    const struct = typeof type !== 'string' && 'element' in type ? type.element : type;
    return typeof struct === 'string' ? [] : structsWithHost(struct.fields, `${path}.${name}`);
  });
  return entities.has('host') || entities.has('port') ? [{ path, entities }, ...inner] : inner;
}
