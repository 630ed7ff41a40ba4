/**
 * A resumed TLS session would skip the look at the certificate: whoever has its secrets would be let in whatever has been
 * revoked, denied or taken out of the trust stores since. So none is: not by ticket, not by id, in no version of TLS.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { generate } from 'mqtt-packet';
import { startAedes } from '../support/aedes.ts';
import type { Section } from '../support/gate-config.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { within } from '../support/wait.ts';

const pki = await testPki();
const device = await pki.device('pump-1');
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const READERS = ['user-buffer', 'push', 'data'] as const;

interface Attempt {
  readonly tls?: Partial<Credentials>;
  readonly session?: Buffer;
  readonly listener?: string;
  readonly servername?: string;
}

interface Outcome {
  readonly reused: boolean;
  /** CONNACK code; undefined: closed without one. */
  readonly code: number | undefined;
  /** What the client could try to resume. */
  readonly sessions: readonly Buffer[];
}

type Try = (attempt: Attempt) => Promise<Outcome>;

/** Connects with TLS of one version and MQTT 3.1.1. */
function client(gate: ObservedGate, version: (typeof VERSIONS)[number]): Try {
  return async ({ tls = device, session, listener, servername = 'localhost' }) => {
    const { cert, key } = tls;
    const socket: TLSSocket = connect({
      ...{
        port: gate.port(listener),
        host: '127.0.0.1',
        servername,
        ca: pki.ca,
        minVersion: version,
        maxVersion: version,
      },
      ...(cert !== undefined && key !== undefined && { cert, key }),
      ...(session !== undefined && { session }),
      checkServerIdentity: () => undefined,
    });
    const sessions: Buffer[] = [];
    socket.on('session', (one) => sessions.push(one));
    socket.on('error', () => {});
    const bytes: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => bytes.push(chunk));
    socket.write(
      generate({
        cmd: 'connect',
        clientId: 'pump-1',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        keepalive: 60,
      }),
    );
    try {
      const over = new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.on('data', () => Buffer.concat(bytes).length >= 4 && resolve());
      });
      await within('an answer', over);
      const reused = socket.isSessionReused();
      const own = socket.getSession();
      return { reused, code: Buffer.concat(bytes)[3], sessions: own === undefined ? sessions : [...sessions, own] };
    } finally {
      socket.destroy();
    }
  };
}

/** Offers every session of `first` and gives the outcomes. */
async function offer(attempt: Try, first: Outcome, how: Attempt): Promise<readonly Outcome[]> {
  assert.ok(first.sessions.length > 0, 'the client has something to offer');
  const outcomes: Outcome[] = [];
  for (const session of first.sessions) outcomes.push(await attempt({ ...how, session }));
  return outcomes;
}

function all(outcomes: readonly Outcome[], code: number | undefined): void {
  for (const outcome of outcomes) assert.deepEqual([outcome.reused, outcome.code], [false, code]);
}

async function reload(gate: ObservedGate): Promise<void> {
  const { ok, errors } = await gate.gate.reload();
  assert.deepEqual([ok, errors], [true, []]);
}

const REFUSED = 5;
const TLS: Section = {
  profile: 'mozilla-intermediate',
  certificate: 'server.pem',
  key: 'server.key',
  clients: ['devices'],
};

for (const version of VERSIONS) {
  for (const reader of READERS) {
    test(`${version}, ${reader}: the same client, a stolen session, a revocation, another CA, another certificate`, async () => {
      await using broker = await startAedes();
      const more = { reader, reloadInterval: '0s' };
      await using gate = await startObservedGate({ broker: broker.port, more });
      const attempt = client(gate, version);
      const first = await attempt({});
      assert.equal(first.code, 0);
      all(await offer(attempt, first, {}), 0);
      all(await offer(attempt, first, { tls: {} }), REFUSED);
      const own = await gate.gate.deny.add({ principal: 'pump-1' });
      all(await offer(attempt, first, {}), REFUSED);
      await gate.gate.deny.remove(own.entry.id);
      const { serialNumber } = new X509Certificate(device.cert);
      gate.dir.write('list.crl', await pki.authority.crl({ number: 1, revoked: [{ serial: serialNumber }] }));
      gate.configure({
        broker: broker.port,
        more: { ...more, trust: { devices: { ca: 'ca.pem', revocation: { crl: 'list.crl' } } } },
      });
      await reload(gate);
      all(await offer(attempt, first, {}), REFUSED);
      gate.dir.write('ca.pem', pki.foreign.cert);
      gate.configure({ broker: broker.port, more });
      await reload(gate);
      all(await offer(attempt, first, {}), REFUSED);
      gate.dir.write('ca.pem', pki.ca);
      const other = await pki.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
      gate.dir.write('server.pem', other.cert);
      gate.dir.write('server.key', other.key);
      await reload(gate);
      all(await offer(attempt, first, {}), 0);
    });
  }

  test(`${version}: a session of one name at another, of one listener at another`, async () => {
    await using broker = await startAedes();
    const named = await pki.issue({ subject: 'CN=other', dns: ['other.example'], eku: 'server' });
    const listener = (name: string, tls: Section) => ({
      name,
      listen: '127.0.0.1:0',
      upstream: { address: `127.0.0.1:${broker.port}` },
      tls,
    });
    const guests = { name: 'guests', when: { anonymous: true }, principal: 'pump-1', roles: ['guest'] };
    await using gate = await startObservedGate({ broker: broker.port });
    gate.dir.write('other.pem', named.cert);
    gate.dir.write('other.key', named.key);
    gate.dir.write('foreign.pem', pki.foreign.cert);
    const { clients: _clients, ...server } = TLS;
    gate.configure({
      broker: broker.port,
      listener: { tls: { ...TLS, certificates: [{ certificate: 'other.pem', key: 'other.key' }] } },
      listeners: [
        listener('open', { ...server, clientAuth: 'none' }),
        listener('partners', { ...TLS, clients: ['partners'] }),
      ],
      identities: [guests],
      roles: { guest: { mqtt: { clientId: 'any', allow: [{ publish: 'open' }] } } },
      more: { trust: { devices: { ca: 'ca.pem' }, partners: { ca: 'foreign.pem' } } },
    });
    await reload(gate);
    const attempt = client(gate, version);
    const first = await attempt({});
    all(await offer(attempt, first, { servername: 'other.example' }), 0);
    all(await offer(attempt, await attempt({ servername: 'other.example' }), {}), 0);
    const open = await attempt({ listener: 'open', tls: {} });
    assert.equal(open.code, 0);
    all(await offer(attempt, open, { tls: {} }), REFUSED);
    all(await offer(attempt, first, { listener: 'partners' }), REFUSED);
  });
}
