import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import test from 'node:test';
import { makeCertificates } from '../../../../../proxy/cli/demo/certificates.ts';
import { kafkaByHand, writeClientFiles } from '../../../../../proxy/cli/demo/kafka/by-hand.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const place = { dir: '/tmp/headgate demo', address: 'localhost:19092', suffix: '' };

test('the commands name real paths and ports, quoted for a shell', () => {
  const text = kafkaByHand({ ...place, libs: '/home/me/kafka libs' }).join('\n');
  assert.match(text, /echo hello \| kcat -F '\/tmp\/headgate demo\/kcat\.conf' -P -t orders\.eu\n/);
  assert.match(text, /java -cp '\/home\/me\/kafka libs\/\*' /);
  assert.match(text, /--bootstrap-server localhost:19092 --command-config '\/tmp\/headgate demo\/java\.properties'/);
});

test('at a broker of the user’s own they have its names, and no Java without jars', () => {
  const text = kafkaByHand({ ...place, suffix: '.demo-1' }).join('\n');
  assert.match(text, /-t orders\.eu\.demo-1\n/);
  assert.match(text, /-t payroll\.demo-1\n/);
  assert.doesNotMatch(text, /java|undefined/);
});

test('the files of the commands are there, and the one with a key is for its owner only', async () => {
  await using dir = tempDir();
  const certificates = await makeCertificates(dir.path);
  await writeClientFiles({ ...place, dir: dir.path }, certificates);
  const store = dir.file('erp-1.store.pem');
  assert.equal(readFileSync(store, 'utf8'), `${certificates.of['erp-1'].key}${certificates.of['erp-1'].cert}`);
  assert.equal(statSync(store).mode & 0o777, 0o600);
  assert.match(
    readFileSync(dir.file('java.properties'), 'utf8'),
    new RegExp(`^ssl\\.keystore\\.location=${store}$`, 'm'),
  );
  assert.match(readFileSync(dir.file('kcat.conf'), 'utf8'), /^bootstrap\.servers=localhost:19092$/m);
});
