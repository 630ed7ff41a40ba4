import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { readClientHello } from '../../../../policies/tls/client-hello.ts';
import { isPostQuantum } from '../../../../proxy/data-plane/tls/post-quantum.ts';
import { POST_QUANTUM_MODES, profileOptions } from '../../../../proxy/shared/tls/profile-options.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES, type TlsProfileName } from '../../../../proxy/shared/tls/profiles.ts';
import { clientHello } from '../../../support/client-hello.ts';
import { within } from '../../../support/wait.ts';
import { credentials, type KeyName } from './credentials.ts';
import { answerOf, TlsServer } from './handshake-offers.ts';

const KEYS: readonly KeyName[] = ['P256', 'RSA3072', 'ML-DSA-87'];
/** What a client needs for every profile. */
const client = (name: TlsProfileName): ConnectionOptions => ({ ecdhCurve: all(name).join(':') });
const all = (name: TlsProfileName) => [...TLS_PROFILES[name].groups.postQuantum, ...TLS_PROFILES[name].groups.classic];
const WITH_TLS12 = TLS_PROFILE_NAMES.filter((name) => TLS_PROFILES[name].versions.includes('TLSv1.2'));

async function renegotiates(options: TlsOptions): Promise<boolean> {
  await using server = await TlsServer.start(options, KEYS);
  const socket = await server.connect({ maxVersion: 'TLSv1.2' });
  await answerOf(socket);
  const answer = new Promise<boolean>((resolve) => {
    socket.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error === null));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  const outcome = await within('the renegotiation', answer);
  socket.destroy();
  return outcome;
}

test('a client cannot renegotiate, which a server without a profile allows', async () => {
  assert.equal(await renegotiates({}), true);
  for (const name of WITH_TLS12) assert.equal(await renegotiates(profileOptions(name)), false, name);
});

/** Whether a second connection resumes the session of the first. */
async function resumes(
  options: TlsOptions,
  version: 'TLSv1.2' | 'TLSv1.3',
  extra: ConnectionOptions,
): Promise<boolean> {
  await using server = await TlsServer.start(options, KEYS);
  const range = { ...extra, minVersion: version, maxVersion: version };
  const first = await server.connect(range);
  const sessions: Buffer[] = [];
  first.on('session', (session) => sessions.push(session));
  // TLS 1.3 sends tickets after the handshake, but before this.
  await answerOf(first);
  const session = sessions.at(-1) ?? first.getSession();
  const second = await server.agree({ ...range, ...(session === undefined ? {} : { session }) });
  return second.reused;
}

test('no session is resumed, which a server without a profile allows', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) assert.equal(await resumes({}, version, {}), true, version);
  for (const name of TLS_PROFILE_NAMES) {
    for (const version of TLS_PROFILES[name].versions) {
      assert.equal(await resumes(profileOptions(name), version, client(name)), false, `${name} ${version}`);
    }
  }
});

/** Groups in the client's order, "*" where it sends a share. */
const PREFERENCES: readonly [profile: TlsProfileName, groups: string, agreed: string][] = [
  ['mozilla-modern', '*X25519:*X25519MLKEM768', 'X25519MLKEM768'],
  ['mozilla-modern', '*X25519:X25519MLKEM768', 'X25519MLKEM768'],
  ['mozilla-modern', '*P-384:P-256', 'secp384r1'],
  ['mozilla-intermediate', '*P-256:X25519:X25519MLKEM768', 'X25519MLKEM768'],
  ['nist-800-52r2', '*X25519MLKEM768:P-256:SecP384r1MLKEM1024', 'SecP384r1MLKEM1024'],
  ['nist-800-52r2', '*X25519MLKEM768:P-256', 'prime256v1'],
  ['bsi-tr-02102-2', '*brainpoolP256r1tls13:SecP256r1MLKEM768', 'SecP256r1MLKEM768'],
];

test('a post-quantum group wins whenever both sides have it, whatever the client prefers or sent a share for', async () => {
  for (const [name, ecdhCurve, agreed] of PREFERENCES) {
    for (const mode of ['prefer', undefined] as const) {
      await using server = await TlsServer.start(profileOptions(name, mode), KEYS);
      const { group } = await server.agree({ ecdhCurve });
      assert.equal(group, agreed, `${name} ${mode}: ${ecdhCurve}`);
      const hello = readClientHello(message(await clientHello({ ecdhCurve })));
      assert.equal(isPostQuantum(name, hello), group.includes('MLKEM'), 'the ClientHello tells it beforehand');
    }
  }
});

/** The handshake message of a record that holds one. */
function message(record: Buffer): Buffer {
  return record.subarray(5);
}

const REQUIRED: readonly [profile: TlsProfileName, client: ConnectionOptions, agreed: string | RegExp][] = [
  ['mozilla-intermediate', { ecdhCurve: 'X25519:X25519MLKEM768' }, 'X25519MLKEM768'],
  ['mozilla-intermediate', { ecdhCurve: 'X25519:P-256' }, /HANDSHAKE_FAILURE|NO_SUITABLE/],
  ['mozilla-intermediate', { maxVersion: 'TLSv1.2' }, /PROTOCOL_VERSION/],
  ['nist-800-52r2', { ecdhCurve: 'P-256' }, /HANDSHAKE_FAILURE|NO_SUITABLE/],
  ['nist-800-52r2', { ecdhCurve: 'P-256:SecP256r1MLKEM768' }, 'SecP256r1MLKEM768'],
  ['bsi-tr-02102-2', { maxVersion: 'TLSv1.2' }, /PROTOCOL_VERSION/],
  ['cnsa2', { ecdhCurve: 'MLKEM1024' }, 'MLKEM1024'],
];

test('with pq: require nobody gets in without a post-quantum group', async () => {
  for (const [name, options, expected] of REQUIRED) {
    await using server = await TlsServer.start(profileOptions(name, 'require'), KEYS);
    if (typeof expected === 'string') assert.equal((await server.agree(options)).group, expected);
    else await assert.rejects(server.agree(options), { code: expected }, `${name} ${JSON.stringify(options)}`);
  }
});

test('the order of suites is the client’s, or the server’s where the profile says so', async () => {
  const mine = { ciphers: 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256' };
  const agreed = async (name: TlsProfileName) => {
    await using server = await TlsServer.start(profileOptions(name), KEYS);
    return (await server.agree({ ...client(name), ...mine })).suite;
  };
  assert.equal(await agreed('mozilla-modern'), 'TLS_AES_256_GCM_SHA384');
  assert.equal(await agreed('bsi-tr-02102-2'), 'TLS_AES_128_GCM_SHA256');
});

/** A certificate of the client, and what the server sees of it; undefined: the client has none to show. */
const CLIENTS: readonly [profile: TlsProfileName, key: KeyName, seen: string | undefined][] = [
  ['mozilla-modern', 'P384', 'ec'],
  ['mozilla-modern', 'RSA2048', undefined],
  ['mozilla-intermediate', 'RSA2048', 'rsa'],
  ['mozilla-intermediate', 'Ed25519', undefined],
  ['nist-800-52r2', 'P256', 'ec'],
  ['nist-800-52r2', 'brainpoolP256r1', undefined],
  ['bsi-tr-02102-2', 'brainpoolP512r1', 'ec'],
  ['bsi-tr-02102-2', 'ML-DSA-87', undefined],
  ['cnsa2', 'ML-DSA-87', 'ml-dsa-87'],
  ['cnsa2', 'ML-DSA-65', undefined],
  ['cnsa2', 'P384', undefined],
];

test('clients can show certificates whose signatures are in the profile, and no others', async () => {
  for (const [name, key, seen] of CLIENTS) {
    await using server = await TlsServer.start(profileOptions(name), KEYS);
    const range = { ...client(name), minVersion: 'TLSv1.3' as const, ...credentials(key) };
    assert.equal((await server.agree(range)).clientKey, seen, `${name} ${key}`);
  }
});

test('cnsa2 is ML-KEM-1024, AES-256 and ML-DSA-87 on both sides', async () => {
  for (const mode of POST_QUANTUM_MODES) {
    await using server = await TlsServer.start(profileOptions('cnsa2', mode), ['ML-DSA-87']);
    assert.deepEqual(await server.agree({ ...client('cnsa2'), ...credentials('ML-DSA-87') }), {
      version: 'TLSv1.3',
      suite: 'TLS_AES_256_GCM_SHA384',
      group: 'MLKEM1024',
      serverKey: 'ml-dsa-87',
      clientKey: 'ml-dsa-87',
      reused: false,
    });
  }
});
