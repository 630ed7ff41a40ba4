import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { testPki } from '../../../support/pki.ts';
import { edit, SOUND, type Workspace, workspace } from './support.ts';

const told = (dir: Workspace, text = SOUND, options = {}): string[] =>
  dir
    .problems(text, options)
    .map(
      ({ severity, line, path, message, fix }) =>
        `${severity} ${line} ${path}: ${message}${fix === undefined ? '' : ` | ${fix}`}`,
    );

const ENCRYPTED = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc' } as const;

test('a key of another certificate is refused', async () => {
  await using dir = await workspace();
  dir.write('server.key', (await (await testPki()).device('d1')).key);
  assert.deepEqual(told(dir), [
    'error 8 listeners[0].tls.key: the key is not that of the first certificate in "server.pem" | the two files belong to different certificates',
  ]);
});

test('a chain in the wrong order is named as such', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  dir.write('server.pem', pki.ca + (await pki.server()).cert);
  assert.match(told(dir)[0] ?? '', /the certificate of the key must come first in its file/);
});

test('files that hold something else are named', async () => {
  await using dir = await workspace();
  const certificate = (await (await testPki()).server()).cert;
  dir.write('server.key', certificate);
  dir.write('server.pem', 'hello');
  dir.write('ca.pem', (await (await testPki()).server()).key);
  assert.deepEqual(
    told(dir).map((line) => line.split(' | ')[0]),
    [
      'error 7 listeners[0].tls.certificate: "server.pem" holds no certificate in PEM form',
      'error 8 listeners[0].tls.key: "server.key" holds no private key in PEM form',
      'error 13 trust.devices.ca: "ca.pem" holds no certificate in PEM form',
    ],
  );
});

test('damaged certificates and keys are named, without what they hold', async () => {
  await using dir = await workspace();
  dir.write('server.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  dir.write('server.key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
  assert.deepEqual(told(dir), [
    'error 7 listeners[0].tls.certificate: certificate 1 in "server.pem" cannot be read',
    'error 8 listeners[0].tls.key: the private key in "server.key" cannot be read',
  ]);
});

test('a passphrase opens an encrypted key, a wrong or missing one is told', async () => {
  await using dir = await workspace();
  const key = createPrivateKey((await (await testPki()).server()).key);
  dir.write('server.key', key.export({ ...ENCRYPTED, passphrase: 'open' }));
  const withPassphrase = edit('key: server.key', `key: server.key\n      passphrase: "\${env:P}"`);
  const right = dir.load(withPassphrase, { env: { P: 'open' } });
  assert.ok(right.ok);
  assert.equal(right.config.listeners[0]?.plan.tls.passphrase, 'open');
  assert.deepEqual(right.warnings, []);
  assert.deepEqual(told(dir, withPassphrase, { env: { P: 'shut' } }), [
    'error 9 listeners[0].tls.passphrase: the passphrase does not open "server.key"',
  ]);
  assert.match(told(dir)[0] ?? '', /^error 8 listeners\[0\].tls.key: "server.key" is encrypted/);
  assert.equal(told(dir, withPassphrase).length, 1, 'a passphrase that could not be fetched is one problem');
});

test('an RSA key of 1024 bits is too weak', async () => {
  await using dir = await workspace();
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  dir.write('server.key', weak.export({ type: 'pkcs8', format: 'pem' }));
  assert.match(told(dir).join('\n'), /an RSA key of 1024 bits is too weak/);
});

test('a certificate that expired, or is not valid yet, is a warning with the date', async () => {
  await using dir = await workspace();
  const late = told(dir, SOUND, { now: Date.UTC(2100, 0) });
  assert.equal(late.length, 2);
  assert.match(
    late[0] ?? '',
    /^warning 7 listeners\[0\].tls.certificate: the certificate expired on 20\d\d-.*Z \| renew it$/,
  );
  assert.match(late[1] ?? '', /^warning 13 trust.devices.ca: the certificate expired on/);
  assert.match(told(dir, SOUND, { now: 0 })[0] ?? '', /is not valid before/);
});

test('an anchor that is no CA is a warning', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  dir.write('ca.pem', pki.ca + (await pki.server()).cert);
  assert.deepEqual(told(dir), [
    'warning 13 trust.devices.ca: certificate 2 of the file is not one of a CA: no chain can end in it',
  ]);
});

test('two trust stores of a listener must not share an anchor', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  dir.write('both.pem', pki.foreign.cert + pki.ca);
  const text = edit('[devices]', '[devices, partners]').replace(
    'devices: { ca',
    'partners: { ca: both.pem }\n  devices: { ca',
  );
  assert.match(
    told(dir, text).join(),
    /^error 9 listeners\[0\].tls.clients\[1\]: the trust stores "devices" and "partners" share a certificate/,
  );
  dir.write('both.pem', pki.foreign.cert);
  assert.deepEqual(told(dir, text), []);
});

for (const [name, strict] of [
  ['are a warning', ''],
  ['are refused when asked for', 'strictPermissions: refuse\n'],
] as const) {
  test(`keys and secrets that others can read ${name}`, { skip: process.platform === 'win32' }, async () => {
    await using dir = await workspace();
    dir.write('broker.password', 'secret');
    const text = `${edit('address: broker:1883\n', `address: b:1\n      username: u\n      password: "\${file:broker.password}"\n`)}${strict}`;
    assert.deepEqual(told(dir, text), []);
    const severity = strict === '' ? 'warning' : 'error';
    dir.mode('server.key', 0o640);
    dir.mode('broker.password', 0o602);
    dir.mode('server.pem', 0o644);
    assert.deepEqual(told(dir, text), [
      `${severity} 8 listeners[0].tls.key: "server.key" can be read or written by other users (mode 0640) | chmod 600 ${dir.file('server.key')}`,
      `${severity} 13 listeners[0].upstream.password: "broker.password" can be read or written by other users (mode 0602) | chmod 600 ${dir.file('broker.password')}`,
    ]);
    assert.equal(dir.load(text).ok, strict === '');
  });
}

test('a secret in plain text is told when others can read the configuration', {
  skip: process.platform === 'win32',
}, async () => {
  await using dir = await workspace();
  const text = edit('address: broker:1883\n', 'address: b:1\n      username: u\n      password: in the clear\n');
  assert.deepEqual(told(dir, text), []);
  dir.mode('headgate.yaml', 0o644);
  const [first] = told(dir, text);
  assert.match(first ?? '', /^warning 13 listeners\[0\].upstream.password: a secret stands in plain text/);
});

test('a certificate for which nothing can be stapled is warned of, and why', async () => {
  await using dir = await workspace();
  const stapling = (who: string) => edit('key: server.key', `key: server.key\n      stapling: ${who}`, SOUND);
  // Its issuer is in the trust store.
  assert.deepEqual(told(dir, stapling('http://ocsp.example/')), []);
  assert.deepEqual(told(dir, stapling('aia')), [
    'warning 9 listeners[0].tls.stapling: nothing can be stapled for "server.pem": it names no OCSP responder',
  ]);
  const { foreign } = await testPki();
  const other = await foreign.issue({ subject: 'CN=gate', dns: ['gate'], eku: 'server' });
  dir.write('server.pem', other.cert);
  dir.write('server.key', other.key);
  assert.match(told(dir, stapling('http://ocsp.example/')).join(), /^warning 9 .*: its issuer is neither in its file/);
  dir.write('server.pem', other.cert + foreign.cert);
  assert.deepEqual(told(dir, stapling('http://ocsp.example/')), []);
});
