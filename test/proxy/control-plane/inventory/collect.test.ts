import assert from 'node:assert/strict';
import test from 'node:test';
import type { Inventory } from '../../../../proxy/control-plane/api/inventory.ts';
import { collectInventory, type InForce } from '../../../../proxy/control-plane/inventory/collect.ts';
import type { ListFacts } from '../../../../proxy/control-plane/revocation/crl-store.ts';
import type { ListenerPlan } from '../../../../proxy/shared/listener-plan.ts';
import { testPki } from '../../../support/pki.ts';
import { edit, SOUND, SOUND_KAFKA, type Workspace, workspace } from '../config/support.ts';
import { inForce } from './in-force.ts';

const DAY = 86_400_000;
const NOW = Date.now();

const take = (dir: Workspace, text: string, now = NOW): Inventory => collectInventory(inForce(dir, text), now);

test('before the first generation there is nothing', () => {
  const time = new Date(NOW).toISOString();
  assert.deepEqual(collectInventory(null, NOW), { time, hash: '', listeners: [], stores: [], upstreams: [] });
});

test('a listener has its addresses, whom it lets in, and the parameters of its profile', async () => {
  await using dir = await workspace();
  const text = edit('listen: 127.0.0.1:8883', 'listen: ["127.0.0.1:0", "[::1]:8883"]', SOUND);
  const [listener] = take(dir, text).listeners;
  const { certificates: _, ...rest } = listener ?? assert.fail();
  assert.deepEqual(rest, {
    name: 'plant',
    protocol: 'mqtt',
    addresses: ['127.0.0.1:40000', '[::1]:8883'],
    brokerAddresses: [],
    clientAuth: 'required',
    eku: 'strict',
    clockSkew: 0,
    stores: ['devices'],
    profile: {
      name: 'mozilla-modern',
      pq: 'prefer',
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
      groups: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'],
      signatures: ['ecdsa_secp256r1_sha256', 'ecdsa_secp384r1_sha384', 'ecdsa_secp521r1_sha512'],
    },
  });
});

test('parameters are those with the mode of post-quantum key agreement', async () => {
  await using dir = await workspace();
  const tls = 'tls: { pq: require, certificate: server.pem, key: server.key, clients: [devices] }';
  const text = edit('tls: { certificate: server.pem, key: server.key, clients: [devices] }', tls, SOUND_KAFKA);
  const [, kafka] = take(dir, text).listeners;
  const { name, pq, minVersion, groups } = kafka?.profile ?? assert.fail();
  assert.deepEqual([name, pq, minVersion, groups], ['mozilla-intermediate', 'require', 'TLSv1.3', ['X25519MLKEM768']]);
});

test('all server certificates of a listener are told, the one for all names first', async () => {
  await using dir = await workspace();
  const other = await (await testPki()).issue({ subject: 'CN=other', dns: ['other.example'], eku: 'server' });
  dir.write('other.pem', other.cert);
  dir.write('other.key', other.key);
  const more = 'key: server.key\n      certificates: [{ certificate: other.pem, key: other.key }]';
  const [listener] = take(dir, edit('key: server.key', more, SOUND)).listeners;
  assert.deepEqual(
    listener?.certificates.map(({ leaf }) => leaf.subject),
    ['CN=localhost', 'CN=other'],
  );
});

test('the ports of a Kafka listener are ranges, and what clients are told is told', async () => {
  await using dir = await workspace();
  const [, kafka] = take(dir, SOUND_KAFKA).listeners;
  assert.deepEqual(kafka?.addresses, ['127.0.0.1:9093']);
  assert.deepEqual(kafka?.brokerAddresses, ['127.0.0.1:9094-9193']);
  assert.equal(kafka?.advertised, 'kafka.example.com:9094-9193');
  const byName = edit('{ host: kafka.example.com, ports: 9094-9193 }', '{ sni: "b{node}.example" }', SOUND_KAFKA);
  const [, named] = take(dir, byName).listeners;
  assert.deepEqual([named?.brokerAddresses, named?.advertised], [[], 'b{node}.example']);
});

test('a gap in the ports that are bound is a gap in the ranges', async () => {
  await using dir = await workspace();
  const { plan, bound }: InForce = inForce(dir, SOUND_KAFKA);
  const holes = bound.filter(({ port }) => port !== 9100 && port !== 9102);
  const [, kafka] = collectInventory({ plan, bound: holes }, NOW).listeners;
  assert.deepEqual(kafka?.brokerAddresses, ['127.0.0.1:9094-9099', '127.0.0.1:9101', '127.0.0.1:9103-9193']);
});

test('a trust store is told once, with all listeners that use it, and its pins', async () => {
  await using dir = await workspace();
  const pin = 'a'.repeat(64);
  const text = edit('devices: { ca: ca.pem }', `devices: { ca: ca.pem, anchors: any, pins: ["${pin}"] }`, SOUND_KAFKA);
  const { stores } = take(dir, text);
  const [store] = stores;
  assert.equal(stores.length, 1);
  assert.deepEqual([store?.name, store?.listeners], ['devices', ['plant', 'orders']]);
  assert.deepEqual([store?.anchors, store?.pins], ['any', [pin]]);
  assert.deepEqual(
    store?.certificates.map(({ subject }) => subject),
    ['CN=Test CA'],
  );
  assert.deepEqual([store?.revocation.mode, store?.revocation.state], ['off', undefined]);
});

const LIST: ListFacts = {
  store: 'devices',
  name: '/etc/headgate/a.crl',
  issuer: 'CN=Test CA',
  number: '7',
  thisUpdate: NOW - DAY,
  nextUpdate: NOW,
  freshUntil: NOW,
  entries: 3,
};

const LISTS: readonly (readonly [name: string, lists: readonly ListFacts[], now: number, state: string])[] = [
  ['none', [], NOW, 'none'],
  ['only one of another store', [{ ...LIST, store: 'partners' }], NOW, 'none'],
  ['one in its last moment', [LIST], NOW, 'fresh'],
  ['one that ran out', [LIST], NOW + 1, 'stale'],
  ['one that ran out beside a fresh one', [LIST, { ...LIST, freshUntil: NOW + DAY }], NOW + 1, 'stale'],
];

for (const [name, lists, now, state] of LISTS) {
  test(`revocation lists: ${name}: ${state}`, async () => {
    await using dir = await workspace();
    const { plan, bound } = inForce(dir, SOUND);
    const listeners = plan.listeners.map(({ version, value }) => ({ version, value: checked(value) }));
    const [store] = collectInventory({ plan: { ...plan, listeners }, bound }, now, lists).stores;
    assert.equal(store?.revocation.state, state);
    const [first] = store?.revocation.lists ?? [];
    if (state === 'none') assert.equal(first, undefined);
    else {
      const { store: _, nextUpdate: __, ...facts } = LIST;
      const thisUpdate = new Date(NOW - DAY).toISOString();
      const freshUntil = new Date(NOW).toISOString();
      assert.deepEqual(first, { ...facts, thisUpdate, freshUntil, fresh: state === 'fresh' });
    }
  });
}

test('where only OCSP is asked, nothing is said of lists', async () => {
  await using dir = await workspace();
  const { plan, bound } = inForce(dir, SOUND);
  const listeners = plan.listeners.map(({ version, value }) => ({ version, value: checked(value, { ocsp: 'aia' }) }));
  const asking = { plan: { ...plan, listeners }, bound };
  const [store] = collectInventory(asking, NOW).stores;
  assert.deepEqual([store?.revocation.ocsp, store?.revocation.state], ['aia', undefined]);
  assert.equal(collectInventory(asking, NOW, [LIST]).stores[0]?.revocation.state, 'fresh');
});

/** With `revocation: { mode: require }` in its store. */
function checked(plan: ListenerPlan, more: { readonly ocsp?: string } = {}): ListenerPlan {
  const stores = Object.entries(plan.stores).map(([name, { revocation, ...store }]) => [
    name,
    { ...store, revocation: { ...revocation, mode: 'require', ...more } },
  ]);
  return { ...plan, stores: Object.fromEntries(stores) };
}

test('an upstream has its addresses, and over TLS whom the gate trusts and what it shows', async () => {
  await using dir = await workspace();
  assert.deepEqual(take(dir, SOUND).upstreams, [{ listener: 'plant', addresses: ['broker:1883'] }]);
  const tls = 'tls: { ca: ca.pem, certificate: server.pem, key: server.key, serverName: mq.internal }';
  const [mqtt, kafka] = take(
    dir,
    edit('address: broker:1883', `address: broker:8883\n      ${tls}`, SOUND_KAFKA),
  ).upstreams;
  assert.equal(mqtt?.tls?.serverName, 'mq.internal');
  assert.deepEqual(mqtt?.tls?.pins, []);
  assert.equal(mqtt?.tls?.ca[0]?.subject, 'CN=Test CA');
  assert.equal(mqtt?.tls?.certificate?.leaf.subject, 'CN=localhost');
  assert.deepEqual(kafka, { listener: 'orders', addresses: ['kafka-1:9092', 'kafka-2:9092'] });
});

test('no key and no password is told', async () => {
  await using dir = await workspace();
  const tls =
    'username: gate\n      password: "s3cret-word"\n      tls: { ca: ca.pem, certificate: server.pem, key: server.key }';
  const text = JSON.stringify(take(dir, edit('address: broker:1883', `address: broker:8883\n      ${tls}`, SOUND)));
  assert.match(text, /CN=localhost/);
  assert.doesNotMatch(text, /PRIVATE|s3cret|BEGIN/);
});

test('a listener that staples tells what, one that does not is not asked', async () => {
  await using dir = await workspace();
  const staple = { subject: 'CN=localhost', serial: '0A', sha256: 'aa', responders: [], state: 'none' } as const;
  const stapling = { entries: (listener: string) => [{ ...staple, subject: `CN=${listener}` }] };
  const [listener] = collectInventory(inForce(dir, SOUND), NOW, [], stapling).listeners;
  assert.equal(listener && 'staples' in listener, false);
  const [stapled] = collectInventory(
    inForce(dir, edit('key: server.key', 'key: server.key\n      stapling: aia', SOUND)),
    NOW,
    [],
    stapling,
  ).listeners;
  assert.deepEqual(stapled?.staples, [{ ...staple, subject: 'CN=plant' }]);
});
