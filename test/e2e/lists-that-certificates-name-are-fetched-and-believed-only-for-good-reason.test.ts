/**
 * With `crl: cdp` the certificates of clients say where the lists of their issuers are. The first client of a place
 * waits for its list; what is fetched is asked only of hosts that the operator names, counts only for the authority
 * that signed it and for the place that it says it is of, and cannot keep clients waiting longer than a handshake.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { sequence, tagged, tlv } from '../../proxy/cli/pki/der-writer.ts';
import { startAedes } from '../support/aedes.ts';
import type { Section } from '../support/gate-config.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
const serialOf = ({ cert }: Credentials) => new X509Certificate(cert).serialNumber;

/** A server on loopback; what it answers may change. */
async function publisher(answer: RequestListener) {
  const state = { answer, asked: [] as string[] };
  const server = createServer((request, response) => {
    state.asked.push(request.url ?? '');
    state.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: (name = 'list.crl', host = '127.0.0.1') => `http://${host}:${port}/${name}`,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const saying =
  (text: string | Promise<string>): RequestListener =>
  (_request, response) =>
    void Promise.resolve(text).then((body) => response.end(body));

const device = (name: string, more: object = {}, authority = pki.authority): Promise<Credentials> =>
  pki.issue({ subject: `O=Acme,CN=${name}`, uri: [`spiffe://acme/p1/${name}`], ...more }, authority);

const crl = (number: number, revoked: readonly Credentials[] = [], more: object = {}) =>
  pki.authority.crl({ number, revoked: revoked.map((one) => ({ serial: serialOf(one) })), ...more });

async function gateWith(broker: number, revocation: Section = {}, listener: Section = {}): Promise<ObservedGate> {
  const trust = { devices: { ca: 'ca.pem', revocation: { crl: 'cdp', crlHosts: ['127.0.0.1'], ...revocation } } };
  return startObservedGate({ broker, listener, more: { workers: 2, reloadInterval: '0s', trust } });
}

const connect = (gate: ObservedGate, clientId: string, tls: Credentials): Promise<TestClient> =>
  connectMqtt({ port: gate.port(), clientId, version: 4, tls });

async function refused(gate: ObservedGate, tls: Credentials, cause: Cause, id = 'pump-1'): Promise<string> {
  // Each refusal is waited for, so that none is folded into the one before.
  const before = gate.gate.hub.query({ cause }).length;
  await assert.rejects(connect(gate, id, tls), ConnectError);
  const records = await waitFor(`a rejection with cause ${cause}`, () => {
    const all = gate.gate.hub.query({ cause });
    return all.length > before && all;
  });
  return records[0]?.reason ?? '';
}

test('the first clients of a place wait for its list: one question, good gets in, revoked does not', async () => {
  await using broker = await startAedes();
  await using server = await publisher(() => {});
  await using gate = await gateWith(broker.port);
  const good = await device('pump-2', { crlUrl: [server.url()] });
  const bad = await device('pump-1', { crlUrl: [server.url()] });
  server.answer = saying(crl(1, [bad]));
  const clients = await Promise.all(Array.from({ length: 6 }, () => connect(gate, 'pump-2', good)));
  assert.match(await refused(gate, bad, 'revoked'), /on the revocation list of its issuer: http:\/\/127/);
  assert.deepEqual(server.asked, ['/list.crl']);
  assert.equal(gate.metric('headgate_crl_distribution_points', { store: 'devices' }), 1);
  for (const client of clients) await client.end();
});

test('a newer list at the place ends the session that it names', async () => {
  await using broker = await startAedes();
  await using server = await publisher(() => {});
  const first = await device('pump-1', { crlUrl: [server.url()] });
  const other = await device('pump-2', { crlUrl: [server.url()] });
  server.answer = saying(crl(1));
  await using gate = await gateWith(broker.port, { refresh: '1s' });
  await using client = await connect(gate, 'pump-1', first);
  await using bystander = await connect(gate, 'pump-2', other);
  server.answer = saying(crl(2, [first]));
  await client.waitClosed();
  assert.equal((await gate.rejection('revoked')).principal, 'pump-1');
  assert.equal(await bystander.publish('plant/p1/pump-2/t', 'x', { qos: 1 }), 0);
});

test('the list of an intermediate authority that only clients show counts for what it issued', async () => {
  await using broker = await startAedes();
  await using server = await publisher(() => {});
  const sub = await pki.authority.intermediate({ commonName: 'Plant CA' });
  const other = await pki.authority.intermediate({ commonName: 'Other plant CA' });
  const chained = async (name: string, authority = sub): Promise<Credentials> => {
    const one = await device(name, { crlUrl: [server.url()] }, authority);
    return { ...one, cert: `${one.cert}${authority.cert}` };
  };
  const [good, bad, third] = [await chained('pump-2'), await chained('pump-1'), await chained('pump-3', other)];
  const lists = [
    await sub.crl({ number: 1, revoked: [{ serial: serialOf(bad) }] }),
    await other.crl({ number: 1, revoked: [] }),
  ];
  server.answer = saying(lists.join(''));
  await using gate = await gateWith(broker.port);
  gate.dir.write('root.crl', await crl(1));
  const revocation = { crl: ['cdp', 'root.crl'], crlHosts: ['127.0.0.1'] };
  const trust = { devices: { ca: 'ca.pem', revocation } };
  gate.configure({ broker: broker.port, more: { workers: 2, reloadInterval: '0s', trust } });
  assert.deepEqual((await gate.gate.reload()).errors, []);
  await (await connect(gate, 'pump-2', good)).end();
  await refused(gate, bad, 'revoked');
  // What was fetched already counts for another authority as soon as one of its clients comes.
  await (await connect(gate, 'pump-3', third)).end();
  assert.equal(server.asked.length, 1);
});

test('what certificates of the store name is fetched before any client comes, and kept over a reload', async () => {
  await using broker = await startAedes();
  await using server = await publisher(saying(crl(1)));
  await using gate = await gateWith(broker.port);
  const plain = await device('pump-1');
  await refused(gate, plain, 'revocation-unknown');
  gate.dir.write('ca.pem', `${pki.ca}${(await device('authority', { crlUrl: [server.url()] })).cert}`);
  assert.deepEqual((await gate.gate.reload()).errors, []);
  const client = await waitFor('its list', () => connect(gate, 'pump-1', plain).catch(() => undefined));
  assert.deepEqual((await gate.gate.reload()).errors, []);
  await (await connect(gate, 'pump-1', plain)).end();
  await client.end();
  assert.equal(server.asked.length, 1);
});

test('the place that the list says it is of must be the one that the certificate names', async () => {
  await using broker = await startAedes();
  await using server = await publisher(() => {});
  server.answer = (request, response) => {
    // Both places hold the list of the first one.
    void crl(request.url === '/1.crl' ? 1 : 2, [], { publishedAt: [server.url('1.crl')] }).then((text) =>
      response.end(text),
    );
  };
  await using gate = await gateWith(broker.port);
  await (await connect(gate, 'pump-1', await device('pump-1', { crlUrl: [server.url('1.crl')] }))).end();
  const reason = await refused(gate, await device('pump-1', { crlUrl: [server.url('2.crl')] }), 'revocation-unknown');
  assert.match(reason, /2\.crl is not there or does not speak of it/);
});

/** What a place answers in place of a list of the issuer, and what of it is in the log. */
const FALSE: readonly (readonly [what: string, answer: RequestListener, log: RegExp])[] = [
  ['an error', (_request, response) => response.writeHead(500).end(), /HTTP status 500/],
  ['another authority’s list', saying(pki.foreign.crl({ number: 1, revoked: [] })), /no authority of the store/],
  ['no list', saying('<html>'), /is not used/],
  [
    'a redirect to a good list elsewhere',
    (request, response) =>
      request.url === '/good.crl'
        ? saying(crl(1))(request, response)
        : response.writeHead(302, { location: '/good.crl' }).end(),
    /redirect/,
  ],
];

for (const [what, answer, log] of FALSE) {
  test(`${what} at the place: refused where it is required, accepted where it is not`, async () => {
    await using broker = await startAedes();
    await using server = await publisher(answer);
    const client = await device('pump-1', { crlUrl: [server.url()] });
    await using gate = await gateWith(broker.port);
    assert.match(await refused(gate, client, 'revocation-unknown'), /no revocation list and no OCSP answer covers/);
    const told = [
      ...gate.logged('a revocation list cannot be fetched'),
      ...gate.logged('a revocation list is not used'),
    ];
    assert.match(JSON.stringify(told), log);
    await refused(gate, client, 'revocation-unknown');
    assert.ok(!server.asked.includes('/good.crl'));
    await using lenient = await gateWith(broker.port, { mode: 'prefer' });
    await (await connect(lenient, 'pump-1', client)).end();
  });
}

test('of a gigabyte at the place no more is read than a list may have', async () => {
  await using broker = await startAedes();
  let sent = 0;
  await using server = await publisher((_request, response) => {
    response.writeHead(200, { 'content-length': 1024 ** 3 });
    const piece = Buffer.alloc(1024 * 1024);
    const more = (): void => {
      for (let room = true; room && !response.destroyed; sent += piece.length) room = response.write(piece);
    };
    response.on('drain', more);
    more();
  });
  await using gate = await gateWith(broker.port);
  // How long that takes is another matter: the client may give up before.
  await assert.rejects(connect(gate, 'pump-1', await device('pump-1', { crlUrl: [server.url()] })), ConnectError);
  const failure = () => gate.logged('a revocation list cannot be fetched')[0];
  assert.match(String((await waitFor('the failure', failure, 30_000))['reason']), /more than 67108864 bytes/);
  assert.ok(sent < 1024 ** 3 / 4, `${sent} bytes left the server`);
});

test('a place that never ends its answer costs its first client one handshake and nobody else anything', async () => {
  await using broker = await startAedes();
  await using server = await publisher((_request, response) => {
    response.writeHead(200);
    const trickle = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(trickle));
  });
  await using quick = await publisher(saying(crl(1)));
  await using gate = await gateWith(broker.port, {}, { timeouts: { handshake: '1s' } });
  await refused(gate, await device('pump-1', { crlUrl: [server.url()] }), 'half-open-timeout');
  await (await connect(gate, 'pump-2', await device('pump-2', { crlUrl: [quick.url()] }))).end();
  // One of two places that are as good as each other is enough.
  const both = await device('pump-3', { crlUrl: [server.url('b'), quick.url('b')] });
  await (await connect(gate, 'pump-3', both)).end();
});

const REASONS = tlv(0x81, Buffer.from([1, 0x40]));
const fullName = (url: string) => tagged(0, tagged(0, tlv(0x86, Buffer.from(url))));
const point = (...parts: readonly Uint8Array[]) => ({
  extensions: [{ oid: '2.5.29.31', critical: false, value: sequence(sequence(...parts)) }],
});
const OTHER_ISSUER = tagged(2, tagged(4, sequence()));

test('what is no place to fetch from is not asked, and the client is told why', async () => {
  await using broker = await startAedes();
  await using server = await publisher(saying(crl(1)));
  await using gate = await gateWith(broker.port);
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ crlUrl: [server.url('list.crl', 'localhost')] }, /the host localhost is not one of crlHosts/],
    [{ crlUrl: [server.url().replace('//', '//user:secret@')] }, /holds a user name or password/],
    [{ crlUrl: ['ldap://127.0.0.1/cn=crl'] }, /is no http or https URL/],
    [point(fullName(server.url()), REASONS), /some reasons only/],
    [point(fullName(server.url()), OTHER_ISSUER), /those of another authority/],
    [{}, /it names no distribution point/],
  ];
  for (const [more, words] of cases) {
    assert.match(await refused(gate, await device('pump-1', more), 'revocation-unknown'), words);
  }
  assert.deepEqual(server.asked, []);
});

test('of more places than are fetched the rest is refused, with one alarm', async () => {
  await using broker = await startAedes();
  await using server = await publisher(saying(crl(1)));
  await using gate = await gateWith(broker.port);
  const places = (from: number) => Array.from({ length: 8 }, (_, i) => server.url(`${from + i}.crl`));
  for (let i = 0; i < 64; i += 8) {
    await (await connect(gate, 'pump-1', await device('pump-1', { crlUrl: places(i) }))).end();
  }
  await (await connect(gate, 'pump-1', await device('pump-1', { crlUrl: places(64) }))).end();
  assert.equal(new Set(server.asked).size, 64);
  assert.equal(gate.metric('headgate_crl_distribution_points', { store: 'devices' }), 64);
  assert.equal(gate.logged('certificates name more distribution points than are fetched; this one is not').length, 1);
});
