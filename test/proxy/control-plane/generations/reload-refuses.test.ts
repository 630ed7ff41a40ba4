import assert from 'node:assert/strict';
import test from 'node:test';
import { reload } from '../../../../proxy/control-plane/generations/reload.ts';
import { testPki } from '../../../support/pki.ts';
import { workspace } from '../config/support.ts';
import { REFUSED, reloading, running } from './reloading.ts';

test('an expired certificate does not replace a valid one, and replaces none at the start', async () => {
  await using dir = await workspace();
  const { deps, said, control } = await running(dir);
  const notAfter = new Date(Date.now() - 1000);
  const notBefore = new Date(Date.now() - 100_000);
  const over = await (await testPki()).issue({
    subject: 'CN=localhost',
    dns: ['localhost'],
    eku: 'server',
    notBefore,
    notAfter,
  });
  dir.write('server.pem', over.cert);
  dir.write('server.key', over.key);
  const { ok, errors } = await reload(deps);
  assert.equal(ok, false);
  assert.match(
    errors.join(),
    /^listener plant: the certificate [0-9A-F]+ expired on .*; the one in force is valid until /,
  );
  assert.deepEqual(said, REFUSED);
  assert.equal(control.info().id, 1);
  const fresh = reloading(dir.file('headgate.yaml'));
  assert.deepEqual((await reload(fresh.deps)).errors, []);
});

test('a file whose certificates are no chain is refused', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  const { deps, other } = await running(dir);
  dir.write('server.key', other.key);
  dir.write('server.pem', other.cert + pki.foreign.cert);
  assert.match((await reload(deps)).errors.join(), /certificate 1 in "server\.pem" is not issued by certificate 2/);
  dir.write('server.pem', other.cert + pki.authority.cert);
  assert.equal((await reload(deps)).ok, true);
});
