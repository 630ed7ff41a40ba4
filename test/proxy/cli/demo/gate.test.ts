import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { makeCertificates } from '../../../../proxy/cli/demo/certificates.ts';
import { configuration } from '../../../../proxy/cli/demo/gate.ts';
import { loadConfig } from '../../../../proxy/config/load.ts';
import { tempDir } from '../../../support/temp-dir.ts';

test('the configuration of the demo is sound, without a warning, for one broker and for two', async () => {
  await using dir = tempDir();
  await makeCertificates(dir.path);
  const aedes = { listener: 'plant-mqtt', broker: { host: '127.0.0.1', port: 1883 } };
  const external = { listener: 'plant-mqtt5', broker: { host: '::1', port: 1884 } };
  for (const fronts of [[aedes], [aedes, external]]) {
    dir.write('headgate.yaml', configuration(fronts));
    const loaded = loadConfig(join(dir.path, 'headgate.yaml'), { env: {}, forRun: true });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual(loaded.warnings, []);
    assert.equal(loaded.config.process.workers, 2);
    assert.deepEqual(
      loaded.config.listeners.map((listener) => ({
        listener: listener.name,
        broker: listener.protocol === 'mqtt' && listener.upstream.addresses[0],
      })),
      fronts,
    );
  }
});
