import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { makeCertificates } from '../../../../proxy/cli/demo/certificates.ts';
import { configuration } from '../../../../proxy/cli/demo/configuration.ts';
import { loadConfig } from '../../../../proxy/control-plane/config/load.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test('the configuration of the demo is sound, without a warning, for one broker and for two', async () => {
  await using dir = tempDir();
  await makeCertificates(dir.path);
  const aedes = { listener: 'plant-mqtt', broker: { host: '127.0.0.1', port: 1883 } };
  const external = { listener: 'plant-mqtt5', broker: { host: '::1', port: 1884 } };
  for (const fronts of [[aedes], [aedes, external]]) {
    dir.write('headgate.yaml', configuration(fronts));
    const loaded = loadConfig(join(dir.path, 'headgate.yaml'), { env: {} });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual(loaded.warnings, []);
    assert.equal(loaded.config.process.workers, 2);
    assert.deepEqual(
      loaded.config.listeners.map(({ plan }) => ({
        listener: plan.name,
        broker: plan.protocol === 'mqtt' && plan.upstream.addresses[0],
      })),
      fronts,
    );
  }
});

test('so is it with Kafka behind it: a port for each node', async () => {
  await using dir = tempDir();
  await makeCertificates(dir.path);
  const aedes = { listener: 'plant-mqtt', broker: { host: '127.0.0.1', port: 1883 } };
  const nodes = { first: 4, last: 6 };
  dir.write(
    'headgate.yaml',
    configuration([aedes], { listener: 'orders-kafka', bootstrap: '[::1]:9092', nodes, firstPort: 19_094 }),
  );
  const loaded = loadConfig(join(dir.path, 'headgate.yaml'), { env: {} });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  const listener = loaded.config.listeners.find(({ plan }) => plan.name === 'orders-kafka')?.plan;
  assert.ok(listener?.protocol === 'kafka');
  assert.deepEqual(listener.upstream.bootstrap, [{ host: '::1', port: 9092 }]);
  assert.deepEqual(listener.advertise, {
    host: 'localhost',
    ports: { first: 19_094, last: 19_096 },
    bindPorts: { first: 19_094, last: 19_096 },
    firstNodeId: 4,
  });
});
