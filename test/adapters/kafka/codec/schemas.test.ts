/** Our schemas against Kafka's own definitions, where a Kafka is at hand. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import { kafkaLibs } from '../../../support/kafka-dist.ts';
import { skipReason, without } from '../../../support/require-tool.ts';
import { clientsJar, readDefinition } from './support/kafka-definition.ts';
import { inVersions, shapeOfDefinition, shapeOfSchema } from './support/shape.ts';

const folder = process.env['HEADGATE_KAFKA_LIBS'] ?? (await kafkaLibs());
const jar = folder === undefined ? undefined : clientsJar(folder);
const skip =
  skipReason(jar === undefined ? ['the jar of kafka-clients, in HEADGATE_KAFKA_LIBS or by Maven'] : []) ||
  without('unzip');

for (const api of APIS.values()) {
  for (const type of ['request', 'response'] as const) {
    test(`the schema of the ${type} of ${api.name} is Kafka's`, { skip }, () => {
      const name = api.name + (type === 'request' ? 'Request' : 'Response');
      const definition = readDefinition(jar as string, name);
      assert.equal(definition.apiKey, api.key);
      const [first, last] = api.versions;
      assert.equal(inVersions(definition.validVersions, first), true);
      assert.equal(inVersions(definition.validVersions, first - 1), false);
      // One more than is offered: InitProducerId has it. A Kafka that is older than the schema lacks some.
      for (let version = first; version <= last + 1 && inVersions(definition.validVersions, version); version++) {
        assert.equal(inVersions(definition.flexibleVersions, version), version >= api.flexible);
        assert.deepEqual(
          shapeOfSchema(api[type], version),
          shapeOfDefinition(definition, version),
          `version ${version}`,
        );
      }
    });
  }
}
