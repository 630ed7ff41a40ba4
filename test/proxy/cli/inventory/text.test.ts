import assert from 'node:assert/strict';
import test from 'node:test';
import { csvLines } from '../../../../proxy/cli/inventory/csv.ts';
import { textLines } from '../../../../proxy/cli/inventory/text.ts';
import { sample } from './sample.ts';

test('the tables list every listener, profile, store, upstream and certificate, the one that ends first at the top', async () => {
  const lines = textLines(await sample());
  const text = lines.join('\n');
  assert.match(text, /^LISTENER +PROTOCOL +ADDRESSES +CLIENTS +TRUST +PROFILE$/m);
  assert.match(
    text,
    /^orders +kafka +127\.0\.0\.1:9093 127\.0\.0\.1:9094-9193 +required +devices +mozilla-intermediate, post-quantum: prefer$/m,
  );
  assert.match(
    text,
    /^PROFILE mozilla-intermediate, post-quantum: prefer\n +versions +TLSv1\.2 to TLSv1\.3\n +ciphers +TLS_AES_128_GCM_SHA256\n/m,
  );
  assert.match(text, /^devices +plant orders +roots +- +off +- +-$/m);
  assert.match(text, /^plant +broker:8883 +tls +- +- +CN=localhost$/m);
  assert.match(text, /^orders +kafka-1:9092 kafka-2:9092 +plain +- +- +-$/m);
  const top = lines[lines.findIndex((line) => line.startsWith('DAYS')) + 1] ?? '';
  assert.match(top, /^3 +\d{4}-\d\d-\d\d +listener plant +server +CN=gate,O=Acme\S* .* ec prime256v1$/);
});

test('a profile is shown once for each mode of post-quantum key agreement', async () => {
  const inventory = await sample();
  const [first, second] = inventory.listeners;
  assert.ok(first && second);
  const pq = { ...second, profile: { ...second.profile, pq: 'require' } } as const;
  const lines = textLines({ ...inventory, listeners: [first, second, second, pq] });
  assert.deepEqual(
    lines.filter((line) => line.startsWith('PROFILE')),
    [
      'PROFILE mozilla-modern, post-quantum: prefer',
      'PROFILE mozilla-intermediate, post-quantum: prefer',
      'PROFILE mozilla-intermediate, post-quantum: require',
    ],
  );
});

test('what ran out is called expired and stands first', async () => {
  const inventory = await sample();
  const [listener] = inventory.listeners;
  const [chain] = listener?.certificates ?? [];
  assert.ok(listener && chain);
  const over = { leaf: { ...chain.leaf, daysLeft: -1, subject: 'CN=over' }, intermediates: [] };
  const lines = textLines({ ...inventory, listeners: [listener, { ...listener, certificates: [over] }] });
  assert.match(
    lines[lines.findIndex((line) => line.startsWith('DAYS')) + 1] ?? '',
    /^expired +\S+ +\S+ \S+ +server +CN=over /,
  );
});

test('an end that is not known stands before all, and is an empty cell of CSV', async () => {
  const inventory = await sample();
  const [store] = inventory.stores;
  const [certificate] = store?.certificates ?? [];
  assert.ok(store && certificate);
  const broken = { ...certificate, notAfter: '', daysLeft: null, problem: 'notAfter is no time' };
  const shown = { ...inventory, stores: [{ ...store, certificates: [certificate, broken] }] };
  const lines = textLines(shown);
  assert.match(
    lines[lines.findIndex((line) => line.startsWith('DAYS')) + 1] ?? '',
    /^unknown +- +store devices +client-ca /,
  );
  assert.match(csvLines(shown).find((line) => line.endsWith(',notAfter is no time')) ?? '', /Z,,,notAfter is no time$/);
});

test('what could steer a terminal is escaped', async () => {
  const inventory = await sample();
  const [upstream] = inventory.upstreams;
  assert.ok(upstream);
  const hostile = { ...upstream, addresses: ['\u001b[2Jx:1'] };
  assert.ok(
    !textLines({ ...inventory, upstreams: [hostile] })
      .join('')
      .includes('\u001b'),
  );
});

test('revocation lists have a table, and the earliest end stands in the row of their authority', async () => {
  const inventory = await sample();
  assert.doesNotMatch(textLines(inventory).join('\n'), /^LIST OF/m);
  const list = { name: 'a.crl', issuer: 'CN=Test CA', number: '7', entries: 3, thisUpdate: '2026-11-01T00:00:00.000Z' };
  const revocation = {
    mode: 'require',
    ocsp: 'aia',
    maxStaleness: 0,
    onStale: 'deny',
    state: 'stale',
    lists: [
      { ...list, freshUntil: '2026-11-30T00:00:00.000Z', fresh: true },
      { ...list, freshUntil: '2026-11-02T00:00:00.000Z', fresh: false },
    ],
  } as const;
  const revoking = { ...inventory, stores: inventory.stores.map((store) => ({ ...store, revocation })) };
  const text = textLines(revoking).join('\n');
  assert.match(text, /^devices +plant orders +roots +- +require +stale +aia$/m);
  assert.match(text, /^devices +a\.crl +CN=Test CA +7 +3 +2026-11-01T\S+ +2026-11-30T00:00:00\.000Z$/m);
  assert.match(text, /^devices +a\.crl .* 2026-11-02T00:00:00\.000Z \(stale\)$/m);
  const row = csvLines(revoking).find((line) => line.startsWith('store,devices,')) ?? '';
  assert.match(row, /,require,stale,2026-11-02T00:00:00\.000Z,aia,/);
});

test('what is stapled has a table, and stands in the row of its certificate', async () => {
  const inventory = await sample();
  assert.doesNotMatch(textLines(inventory).join('\n'), /^STAPLED BY/m);
  const [plant, ...others] = inventory.listeners;
  const leaf = plant?.certificates[0]?.leaf;
  assert.ok(plant && leaf);
  const { subject, serial, sha256 } = leaf;
  const freshUntil = '2026-11-30T00:00:00.000Z';
  const staples = [
    { subject, serial, sha256, responders: ['http://ocsp.example/'], state: 'good', freshUntil },
    {
      subject: 'CN=b',
      serial: '0B',
      sha256: 'bb',
      responders: [],
      state: 'none',
      problem: 'it names no OCSP responder',
    },
  ] as const;
  const stapling = { ...inventory, listeners: [{ ...plant, staples }, ...others] };
  const text = textLines(stapling).join('\n');
  assert.match(text, /^plant +CN=gate\S* .*[0-9A-F]+ +http:\/\/ocsp\.example\/ +good +2026-11-30T00:00:00\.000Z$/m);
  assert.match(text, /^plant +CN=b +0B +- +none: it names no OCSP responder +-$/m);
  const rows = csvLines(stapling).filter((line) => line.includes(',good,2026-11-30T00:00:00.000Z,'));
  assert.equal(rows.length, 1);
  assert.match(rows[0] ?? '', new RegExp(sha256));
});
