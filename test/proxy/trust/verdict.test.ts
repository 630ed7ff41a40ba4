import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import test from 'node:test';
import tls from 'node:tls';
import { createAuthority, type Issued } from '../../../proxy/cli/pki/authority.ts';
import type { ClientAuth } from '../../../proxy/config/model.ts';
import { TlsFront } from '../../../proxy/handshake.ts';
import { ChainRefused, judge, trustStore, type Verdict } from '../../../proxy/trust/verdict.ts';

const plant = await createAuthority({ commonName: 'Plant CA' });
/** Another authority of the very same name. */
const twin = await createAuthority({ commonName: 'Plant CA' });
const foreign = await createAuthority({ commonName: 'Foreign CA' });
const middle = await plant.intermediate({ commonName: 'Plant CA, line 1' });
const server = await plant.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
const HOUR = 3_600_000;

/** Handshakes with the given client certificates (the leaf first) and judges. */
async function judged(
  stores: Readonly<Record<string, string>>,
  client: Issued | null,
  more = '',
  clientAuth: ClientAuth = 'required',
): Promise<Verdict> {
  const front = new TlsFront({
    profile: 'mozilla-modern',
    certificate: server.cert,
    key: server.key,
    certificates: [],
    clientAuth,
    ca: Object.values(stores),
  });
  const raw = net.createServer();
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<net.Socket>((resolve) => raw.once('connection', resolve));
  const { port } = raw.address() as AddressInfo;
  const credentials = client === null ? {} : { cert: client.cert + more, key: client.key };
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...credentials });
  socket.on('error', () => {});
  try {
    const verified = await front.handshake(await accepted, undefined);
    return judge(
      verified,
      Object.entries(stores).map(([name, pem]) => trustStore(name, pem)),
      clientAuth,
    );
  } finally {
    socket.destroy();
    (await accepted).destroy();
    raw.close();
  }
}

const one = { plant: plant.cert };
const device = (authority: typeof plant, more = {}) => authority.issue({ subject: 'CN=pump-1', ...more });

test('the leaf alone, the leaf with its CA, and the leaf with an intermediate end in the store of the CA', async () => {
  const leaf = await device(plant);
  assert.equal((await judged(one, leaf)).store, 'plant');
  assert.equal((await judged(one, leaf, plant.cert)).store, 'plant');
  assert.equal((await judged(one, await device(middle), middle.cert)).store, 'plant');
  assert.equal((await judged(one, await device(middle), middle.cert + plant.cert)).store, 'plant');
});

test('an intermediate that stands in the store is where a leaf alone ends', async () => {
  const both = { plant: plant.cert + middle.cert };
  const verdict = await judged(both, await device(middle));
  assert.equal(verdict.store, 'plant');
});

test('two CAs of one name: each leaf ends in the store of the one that signed it', async () => {
  const stores = { plant: plant.cert, twin: twin.cert };
  assert.equal((await judged(stores, await device(plant))).store, 'plant');
  assert.equal((await judged(stores, await device(twin))).store, 'twin');
  assert.equal((await judged(stores, await device(twin), twin.cert)).store, 'twin');
});

test('who need not show a certificate is anonymous without one, and judged with one', async () => {
  for (const clientAuth of ['optional', 'none'] as const) {
    const verdict = await judged(one, null, '', clientAuth);
    assert.deepEqual([verdict.store, verdict.leaf], ['', null]);
  }
  assert.equal((await judged(one, await device(plant), '', 'optional')).store, 'plant');
  assert.equal((await judged(one, await device(plant), '', 'none')).leaf, null, 'none was asked for');
  await assert.rejects(async () => judged(one, await device(foreign), '', 'optional'), ChainRefused);
});

const refusals: readonly [string, () => Promise<unknown>, string][] = [
  ['no certificate', () => judged(one, null), 'no-certificate'],
  ['a foreign CA', async () => judged(one, await device(foreign)), 'unknown-ca'],
  ['a foreign CA of the same name', async () => judged(one, await device(twin)), 'unknown-ca'],
  ['a foreign CA that is sent along', async () => judged(one, await device(foreign), foreign.cert), 'unknown-ca'],
  ['a missing intermediate', async () => judged(one, await device(middle)), 'unknown-ca'],
  [
    'an expired leaf',
    async () => judged(one, await device(plant, { notAfter: new Date(Date.now() - HOUR) })),
    'expired',
  ],
  [
    'a leaf of tomorrow',
    async () =>
      judged(
        one,
        await device(plant, { notBefore: new Date(Date.now() + HOUR), notAfter: new Date(Date.now() + 2 * HOUR) }),
      ),
    'not-yet-valid',
  ],
  ['a server certificate', async () => judged(one, await device(plant, { eku: 'server' })), 'wrong-eku'],
  [
    'a CA that stands in two stores',
    async () => judged({ plant: plant.cert, again: plant.cert }, await device(plant)),
    'ambiguous-trust',
  ],
];

for (const [name, run, cause] of refusals) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(run, (error) => error instanceof ChainRefused && error.why === cause);
  });
}
