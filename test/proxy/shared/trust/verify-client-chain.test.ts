import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import net, { type AddressInfo } from 'node:net';
import test from 'node:test';
import tls from 'node:tls';
import { SignatureCache } from '../../../../policies/x509/chain/signature-cache.ts';
import { createAuthority, type Issued } from '../../../../proxy/cli/pki/authority.ts';
import { TlsFront } from '../../../../proxy/data-plane/tls/handshake.ts';
import { presentedChain } from '../../../../proxy/data-plane/tls/presented-chain.ts';
import type { StorePlan } from '../../../../proxy/shared/listener-plan.ts';
import type { ChainVerdict } from '../../../../proxy/shared/trust/chain-verdict.ts';
import { type ClientTerms, ListenerTrust } from '../../../../proxy/shared/trust/listener-trust.ts';
import { ChainRefused, verifyClientChain } from '../../../../proxy/shared/trust/verify-client-chain.ts';

const plant = await createAuthority({ commonName: 'Plant CA' });
/** Another authority of the very same name. */
const twin = await createAuthority({ commonName: 'Plant CA' });
const foreign = await createAuthority({ commonName: 'Foreign CA' });
const middle = await plant.intermediate({ commonName: 'Plant CA, line 1' });
const server = await plant.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Handshakes with the given client certificates (the leaf first) and judges. */
async function judged(
  stores: Readonly<Record<string, string>>,
  client: Issued | null,
  more = '',
  terms: Partial<ClientTerms> = {},
  store: Partial<StorePlan> = {},
): Promise<ChainVerdict> {
  const all = { clientAuth: 'required', eku: 'strict', clockSkew: 0, profile: 'mozilla-modern', ...terms } as const;
  const front = new TlsFront({
    pq: 'prefer',
    certificate: server.cert,
    key: server.key,
    certificates: [],
    ...all,
    ca: Object.values(stores),
  });
  const revocation = { mode: 'off', ocspHosts: [], maxStaleness: 0, onStale: 'deny' } as const;
  const plan = { anchors: 'roots', pins: [], revocation, ...store } as const;
  const trust = new ListenerTrust(
    Object.fromEntries(Object.entries(stores).map(([name, certificates]) => [name, { certificates, ...plan }])),
    all,
  );
  const raw = net.createServer();
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<net.Socket>((resolve) => raw.once('connection', resolve));
  const { port } = raw.address() as AddressInfo;
  const credentials = client === null ? {} : { cert: client.cert + more, key: client.key };
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...credentials });
  socket.on('error', () => {});
  try {
    const verified = await front.handshake(await accepted, undefined);
    return verifyClientChain(presentedChain(verified), trust, Date.now(), new SignatureCache());
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
    const verdict = await judged(one, null, '', { clientAuth });
    assert.deepEqual([verdict.store, verdict.chain], ['', []]);
  }
  assert.equal((await judged(one, await device(plant), '', { clientAuth: 'optional' })).store, 'plant');
  assert.equal((await judged(one, await device(plant), '', { clientAuth: 'none' })).store, '', 'none was asked for');
  await assert.rejects(async () => judged(one, await device(foreign), '', { clientAuth: 'optional' }), ChainRefused);
});

const inAnHour = () =>
  device(plant, { notBefore: new Date(Date.now() + HOUR), notAfter: new Date(Date.now() + 2 * HOUR) });

test('what a store or a listener allows is allowed: an intermediate as anchor, no purpose, a clock that is off, a pinned key', async () => {
  assert.equal((await judged({ line: middle.cert }, await device(middle), '', {}, { anchors: 'any' })).store, 'line');
  assert.equal((await judged(one, await device(plant, { eku: 'none' }), '', { eku: 'lenient' })).store, 'plant');
  assert.equal((await judged(one, await inAnHour(), '', { clockSkew: 2 * HOUR })).store, 'plant');
  const spki = new X509Certificate(plant.cert).publicKey.export({ type: 'spki', format: 'der' });
  const pins = [createHash('sha256').update(spki).digest('hex')];
  assert.equal((await judged(one, await device(plant), '', {}, { pins })).store, 'plant');
});

test('chain tell by what a session is found again', async () => {
  const leaf = await device(middle);
  const { chain, facts } = await judged(one, leaf, middle.cert);
  const own = new X509Certificate(leaf.cert);
  assert.equal(chain.length, 3);
  assert.deepEqual(
    [chain[0]?.certificate.serial, chain[0]?.certificate.notAfter],
    [own.serialNumber, own.validToDate.getTime()],
  );
  assert.equal(chain[0]?.sha256, createHash('sha256').update(own.raw).digest('hex'));
  assert.equal(chain[2]?.sha256, createHash('sha256').update(new X509Certificate(plant.cert).raw).digest('hex'));
  assert.equal(facts.serial, own.serialNumber);
});

const refusals: readonly [string, () => Promise<unknown>, string][] = [
  ['no certificate', () => judged(one, null), 'no-certificate'],
  ['a foreign CA', async () => judged(one, await device(foreign)), 'unknown-ca'],
  ['a foreign CA of the same name', async () => judged(one, await device(twin)), 'bad-signature'],
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
        await device(plant, { notBefore: new Date(Date.now() + 2 * DAY), notAfter: new Date(Date.now() + 3 * DAY) }),
      ),
    'not-yet-valid',
  ],
  ['a leaf of the next hour', async () => judged(one, await inAnHour()), 'clock-skew-suspected'],
  [
    'a key that is not pinned',
    async () => judged(one, await device(plant), '', {}, { pins: ['00'.repeat(32)] }),
    'pin-mismatch',
  ],
  ['no purpose', async () => judged(one, await device(plant, { eku: 'none' })), 'wrong-eku'],
  [
    'an intermediate alone, which is no root',
    async () => judged({ line: middle.cert }, await device(middle)),
    'unknown-ca',
  ],
  ['a leaf as an authority', async () => judged(one, await device(foreign), (await device(plant)).cert), 'unknown-ca'],
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
